#pragma once

#include <cuda_runtime.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "../../../cuda/kernels/state/launchers.hpp"
#include "engine_tables.hpp"
#include "logits.hpp"
#include "sampling_reference.hpp"

/** Batches to sample from, of all kinds, and the launch itself. */

namespace verbatim::cuda::tests {

/** What is in a token that nobody wrote. */
constexpr int32_t kUntouched = -77;
/** Tokens after the last row's. */
constexpr int32_t kTokenGuard = 4;

constexpr float kInfiniteLogit = std::numeric_limits<float>::infinity();

/** A batch: a row of logits for each row, and the tables that say how tokens are drawn. */
struct SamplingBatch {
  EngineTables tables;
  LogitsImage logits;
  RowsOnDevice rows;

  std::vector<ReferenceChoice::Token> TokensOf(int32_t row, int32_t sequence) const {
    std::vector<ReferenceChoice::Token> tokens;
    for (int32_t id = 0; id < tables.vocab_size(); ++id) {
      const float logit = logits.Value(row, id);
      if (std::isfinite(logit) && tables.Allows(sequence, id)) tokens.push_back({id, logit, 0});
    }
    return tokens;
  }
};

/** Launches once and reads the tokens back. */
class Sampler {
 public:
  explicit Sampler(SamplingBatch& batch)
      : batch_(batch),
        engine_(batch.tables.Upload()),
        logits_(batch.logits.bytes),
        tokens_(static_cast<size_t>(batch.rows.count() + kTokenGuard)) {}

  std::vector<int32_t> Draw() {
    tokens_.Write(std::vector<int32_t>(tokens_.count(), kUntouched));
    const LogitsImage& image = batch_.logits;
    const LogitsView view = {logits_.data() + image.Entry(0, 0), image.dtype, image.width, image.stride};
    ExpectCuda(LaunchSampleAllowed(engine_, batch_.rows.view(), view, tokens_.data(), stream_.get()),
               "LaunchSampleAllowed");
    stream_.Synchronize();
    return tokens_.Read();
  }

 private:
  SamplingBatch& batch_;
  EngineView engine_;
  DeviceBuffer<uint8_t> logits_;
  DeviceBuffer<int32_t> tokens_;
  Stream stream_;
};

/** Logits of one row, of a kind that some way of drawing may get wrong. */
inline void FillRow(LogitsImage& logits, int32_t row, Random& random) {
  const auto noise = [&] { return static_cast<float>(random.Below(1 << 20)) * 0x1p-20F; };
  const int kind = random.Below(8);
  const bool is_wide = logits.dtype != VBT_FLOAT16;
  const float scale = random.Of({0.01F, 1.0F, 4.0F, 4.0F, 30.0F, is_wide ? 1e30F : 1e4F});
  const int32_t levels = random.Between(1, 60);
  const int32_t only = random.Below(logits.width);
  const bool has_odd_values = random.OneIn(3);
  float last = scale;
  for (int32_t column = 0; column < logits.width; ++column) {
    float value = (noise() + noise() + noise() + noise() - 2) * scale;
    if (kind == 0) value = static_cast<float>(random.Below(levels) - levels / 2) * 0.5F;
    if (kind == 1) value = scale;
    if (kind == 2) value = column == only ? -3.0F : -kInfiniteLogit;
    if (kind == 3) value = column == only ? 12.0F : noise();
    if (kind == 4) value = column % 2 == 0 ? 0.0F : -0.0F;
    // By rank as by id, so that a draw near 1 is of the last token kept.
    if (kind == 6) value = last -= noise() * scale * random.Of({0.001F, 0.01F, 0.1F});
    if (kind == 5 && random.OneIn(8)) value = std::nanf("");
    if (has_odd_values && random.OneIn(12)) value = random.Of({kInfiniteLogit, -kInfiniteLogit, std::nanf(""), -0.0F});
    logits.SetBits(row, column, RoundedTo(logits.dtype, value));
  }
}

/** A seed, the best of so many, of which a draw is near 1: it takes one of the last tokens. */
inline uint64_t SeedOfLargeDraw(uint64_t draw, int tries, Random& random) {
  uint64_t best = random.Next();
  for (int i = 0; i < tries; ++i) {
    const uint64_t seed = random.Next();
    if (ReferenceUniform(seed, draw) > ReferenceUniform(best, draw)) best = seed;
  }
  return best;
}

inline SamplingState SomeSampling(int32_t vocab_size, Random& random) {
  SamplingState sampling = {};
  sampling.temperature = random.Of({0.0F, 0.3F, 1.0F, 1.0F, 1.7F, 100.0F, 1e-6F, 3e38F, 1e-42F});
  sampling.top_k =
      random.Of({0, 0, 0, 1, 2, 5, 50, 1'000, 2'047, 2'048, 2'049, 5'000, vocab_size - 1, vocab_size, vocab_size + 1});
  sampling.top_p = random.Of({1.0F, 1.0F, 0.999F, 0.9F, 0.5F, 0.1F, 1e-6F});
  sampling.min_p = random.Of({0.0F, 0.0F, 0.0F, 0.03F, 0.4F, 1.0F});
  // Past a word of the counter, sometimes.
  sampling.draws = random.OneIn(3) ? random.Next() : random.OneIn(2) ? 0xffff'ffffU : 0;
  sampling.seed = random.OneIn(2) ? random.Next() : SeedOfLargeDraw(sampling.draws, 300, random);
  return sampling;
}

inline SamplingBatch SomeBatch(vbt_dtype dtype, int32_t vocab_size, int32_t sequences, Random& random) {
  const int32_t width = vocab_size + (random.OneIn(3) ? 0 : random.Between(0, 40));
  const int64_t stride = width + (random.OneIn(3) ? 0 : random.Between(0, 9));
  EngineTables tables(vocab_size, sequences);
  RowsOnDevice rows = RowsOnDevice::Some(sequences, sequences, random);
  LogitsImage logits(dtype, rows.count(), width, stride, random.Between(0, 16));
  for (int32_t row = 0; row < rows.count(); ++row) FillRow(logits, row, random);
  for (int32_t number = 0; number < sequences; ++number) {
    if (random.OneIn(10)) tables.sequence(number).is_live = 0;
    if (random.OneIn(10)) tables.status(number) = VBT_SEQUENCE_TOKEN_NOT_ALLOWED;
    tables.sequence(number).sampling = SomeSampling(vocab_size, random);
    if (random.OneIn(3)) {
      tables.LiftMask(number);
      continue;
    }
    tables.SetMask(number, random.Of<std::vector<int32_t>>({{30, 0, 1, 0}, {1, 1, 1, 1}, {0, 1, 0, 0}, {0, 0, 0, 1}}),
                   random);
    if (random.OneIn(2)) tables.Allow(number, random.Below(vocab_size));
  }
  return {std::move(tables), std::move(logits), std::move(rows)};
}

}  // namespace verbatim::cuda::tests
