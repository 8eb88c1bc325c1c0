#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "twin.hpp"

namespace verbatim::cuda::tests {

/** The verbs of a batch, carried out by an engine and its oracle. */
class BatchVerbs {
 public:
  explicit BatchVerbs(Twin& twin) : twin_(twin) {
    const Plan& plan = twin.plan();
    const size_t row_entries = static_cast<size_t>(plan.options.vocab_size) + 2 * kMostPadding;
    const size_t bytes = 4 * (kMostPadding + row_entries * static_cast<size_t>(plan.max_logits_rows));
    for (std::unique_ptr<Slot>& slot : slots_) slot = std::make_unique<Slot>(bytes);
  }

  /** Entries that are no logits: before the rows, and between the vocabulary and the next row, twice. */
  static constexpr int32_t kMostPadding = 40;

  /** vbt_accept, or vbt_step. */
  void Accept(const Batch& batch, std::vector<int32_t> tokens, vbt_memory memory, bool is_step, cudaStream_t stream) {
    twin_.oracle().Accept(batch, tokens);
    const vbt_rows rows = Send(batch, stream);
    const int32_t* given = memory == VBT_DEVICE ? twin_.inputs().Send(tokens, stream) : tokens.data();
    AcceptOnEngine(rows, given, memory, is_step, stream);
    // The library read host memory before it returned; and of what is on the device this is not the memory.
    tokens.assign(tokens.size(), 0);
  }

  /** @param counts may be anything */
  void Rollback(const Batch& batch, const std::vector<int32_t>& counts, cudaStream_t stream) {
    twin_.oracle().Rollback(batch, counts);
    const vbt_rows rows = Send(batch, stream);
    const int32_t* given = twin_.inputs().Send(counts, stream);
    ExpectOk(engine(), vbt_rollback(engine(), &rows, given, stream), "vbt_rollback");
  }

  void Apply(const Batch& batch, LogitsImage logits, cudaStream_t stream) {
    const vbt_rows rows = Send(batch, stream);
    Slot& slot = Upload(logits, stream);
    ApplyOnEngine(rows, batch, logits, slot, stream);
    Download(slot, std::move(logits), stream);
  }

  void Sample(const Batch& batch, const LogitsImage& logits, cudaStream_t stream) {
    const vbt_rows rows = Send(batch, stream);
    Slot& slot = Upload(logits, stream);
    SampleOnEngine(rows, batch, logits, slot, stream);
    Download(slot, logits, stream);
  }

  /** A decoding step that never leaves the device: vbt_apply, vbt_sample, then vbt_step with what was sampled. */
  void Decode(const Batch& batch, LogitsImage logits, cudaStream_t stream, cudaStream_t step_stream) {
    const vbt_rows rows = Send(batch, stream);
    Slot& slot = Upload(logits, stream);
    ApplyOnEngine(rows, batch, logits, slot, stream);
    const auto [tokens, sampled] = SampleOnEngine(rows, batch, logits, slot, stream);
    twin_.oracle().Accept(batch, sampled);
    AcceptOnEngine(rows, tokens, VBT_DEVICE, true, step_stream);
    Download(slot, std::move(logits), stream);
  }

  /**
   * Draws two tokens of a sequence, and the same two again: the seed and the number of the draw decide, in a fork too.
   * @param logits two rows, which this makes equal
   */
  void Draw(int32_t number, LogitsImage logits, const vbt_sampling& sampling, cudaStream_t stream) {
    for (int32_t column = 0; column < logits.width; ++column) logits.SetBits(1, column, logits.Bits(0, column));
    const SequenceOracle& oracle = *twin_.oracle().Find(number);
    const auto may_be_drawn = [&](int32_t token) {
      return token >= 0 && token < twin_.plan().options.vocab_size && std::isfinite(logits.Value(0, token)) &&
             (!oracle.in_span() || oracle.Allows(token));
    };
    const auto set_sampling = [&] {
      ExpectOk(engine(), vbt_set_sampling(engine(), number, &sampling, stream), "vbt_set_sampling");
    };
    Slot& slot = Upload(logits, stream);
    const auto draw = [&](int32_t second) {
      const vbt_rows rows = Send({2, std::vector<int32_t>{number, second}}, stream);
      int32_t* tokens = twin_.outputs().Send(std::vector<int32_t>(2, kUntouched), stream);
      const vbt_logits view = ViewOf(logits, slot);
      ExpectOk(engine(), vbt_sample(engine(), &rows, &view, tokens, stream), "vbt_sample");
      return twin_.outputs().Fetch(tokens, 2, stream);
    };
    set_sampling();
    const int32_t* first = draw(-1);
    const int32_t fork = twin_.oracle().LowestFree();
    if (fork != -1) twin_.Fork(number, stream);
    const int32_t* second = draw(fork);
    if (fork != -1) twin_.Close(fork, stream);
    set_sampling();
    const int32_t* first_again = draw(-1);
    const int32_t* second_again = draw(-1);
    ExpectCuda(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
    Expect(may_be_drawn(first[0]) && may_be_drawn(second[0]),
           "a token was drawn that must not be: " + std::to_string(first[0]) + ", then " + std::to_string(second[0]));
    ExpectEqual(first_again[0], first[0], "the first draw, again");
    ExpectEqual(second_again[0], second[0], "the second draw, again");
    if (fork != -1) ExpectEqual(second[1], second[0], "the second draw of a fork");
  }

  void Draft(const Batch& batch, int32_t max, bool latest, cudaStream_t stream) {
    const vbt_rows rows = Send(batch, stream);
    const auto row_count = static_cast<size_t>(batch.count);
    Arena& outputs = twin_.outputs();
    const std::vector<int32_t> before(row_count * static_cast<size_t>(max), kUntouched);
    int32_t* tokens = outputs.Send(before, stream);
    int32_t* counts = outputs.Send(std::vector<int32_t>(row_count, kUntouched), stream);
    auto drafts = twin_.oracle().Draft(batch, max, latest);
    ExpectOk(engine(), vbt_draft(engine(), &rows, max, latest ? 1 : 0, tokens, counts, stream), "vbt_draft");
    const int32_t* told_tokens = outputs.Fetch(tokens, before.size(), stream);
    const int32_t* told_counts = outputs.Fetch(counts, row_count, stream);
    for (const auto& draft : drafts) {
      if (!draft || draft->empty()) continue;
      twin_.histogram().Add("rule", "11");
      twin_.histogram().AddSize(latest ? "drafted latest" : "drafted agreed", static_cast<int64_t>(draft->size()));
    }
    twin_.Later(stream, [=, drafts = std::move(drafts)] {
      for (size_t row = 0; row < row_count; ++row) {
        const std::vector<int32_t> expected = drafts[row].value_or(std::vector<int32_t>());
        const std::string where = "row " + std::to_string(row) + " of a draft";
        ExpectEqual(told_counts[row], static_cast<int32_t>(expected.size()), where + ", its count");
        for (size_t i = 0; i < expected.size(); ++i) {
          ExpectEqual(told_tokens[row * static_cast<size_t>(max) + i], expected[i], where + ", token");
        }
      }
    });
  }

  /** vbt_poll to pinned memory. */
  void Poll(cudaStream_t stream) {
    const auto count = static_cast<size_t>(twin_.oracle().max_sequences());
    int32_t* statuses = twin_.outputs().TakePinned(count);
    ExpectOk(engine(), vbt_poll(engine(), statuses, stream), "vbt_poll");
    twin_.Later(stream, [=, expected = twin_.oracle().Statuses()] {
      for (size_t i = 0; i < count; ++i) ExpectEqual(statuses[i], expected[i], "a polled status");
    });
  }

 private:
  static constexpr int32_t kUntouched = -77;

  /** Memory that logits lie in, and what they are uploaded from and fetched to. */
  struct Slot {
    explicit Slot(size_t bytes) : device(bytes), upload(bytes), download(bytes) {}

    DeviceBuffer<uint8_t> device;
    PinnedBuffer<uint8_t> upload;
    PinnedBuffer<uint8_t> download;
    std::optional<cudaStream_t> used_on;
  };

  vbt_engine* engine() const { return twin_.engine(); }

  vbt_rows Send(const Batch& batch, cudaStream_t stream) {
    const int32_t* map = batch.sequences ? twin_.inputs().Send(*batch.sequences, stream) : nullptr;
    twin_.histogram().AddSize("rows", batch.count);
    return {sizeof(vbt_rows), batch.count, map};
  }

  void AcceptOnEngine(vbt_rows rows, const int32_t* tokens, vbt_memory memory, bool is_step, cudaStream_t stream) {
    if (is_step) {
      ExpectOk(engine(), vbt_step(engine(), &rows, tokens, memory, stream), "vbt_step");
    } else {
      ExpectOk(engine(), vbt_accept(engine(), &rows, tokens, memory, stream), "vbt_accept");
    }
    rows = {};
  }

  Slot& Upload(const LogitsImage& logits, cudaStream_t stream) {
    Slot& slot = *slots_[next_slot_++ % slots_.size()];
    if (slot.used_on) twin_.SettleStream(*slot.used_on);
    slot.used_on = stream;
    Expect(logits.bytes.size() <= slot.device.count(), "the test's logits are too large");
    std::copy(logits.bytes.begin(), logits.bytes.end(), slot.upload.data());
    ExpectCuda(
        cudaMemcpyAsync(slot.device.data(), slot.upload.data(), logits.bytes.size(), cudaMemcpyHostToDevice, stream),
        "cudaMemcpyAsync");
    return slot;
  }

  /** Compares all of the memory, the entries between rows too. */
  void Download(Slot& slot, LogitsImage expected, cudaStream_t stream) {
    ExpectCuda(cudaMemcpyAsync(slot.download.data(), slot.device.data(), expected.bytes.size(), cudaMemcpyDeviceToHost,
                               stream),
               "cudaMemcpyAsync");
    const uint8_t* told = slot.download.data();
    twin_.Later(stream, [told, expected = std::move(expected)] {
      if (std::equal(expected.bytes.begin(), expected.bytes.end(), told)) return;
      size_t byte = 0;
      while (told[byte] == expected.bytes[byte]) ++byte;
      const auto entry = static_cast<int64_t>(byte / SizeOf(expected.dtype)) - expected.offset;
      Expect(entry >= 0, "entries before the logits were overwritten");
      uint32_t bits = 0;
      std::memcpy(&bits, told + byte / SizeOf(expected.dtype) * SizeOf(expected.dtype), SizeOf(expected.dtype));
      const auto row = static_cast<int32_t>(entry / expected.stride);
      ExpectEqual(bits, expected.Bits(row, entry % expected.stride),
                  "the bits of a logit, row " + std::to_string(row) + ", column " +
                      std::to_string(entry % expected.stride) + ", dtype " + std::to_string(expected.dtype));
    });
  }

  static vbt_logits ViewOf(const LogitsImage& logits, Slot& slot) {
    return {sizeof(vbt_logits), slot.device.data() + logits.Entry(0, 0), logits.dtype, logits.width, logits.stride};
  }

  /** Masks `logits` as the engine should have. */
  void ApplyOnEngine(vbt_rows rows, const Batch& batch, LogitsImage& logits, Slot& slot, cudaStream_t stream) {
    vbt_logits view = ViewOf(logits, slot);
    ExpectOk(engine(), vbt_apply(engine(), &rows, &view, stream), "vbt_apply");
    view = {};
    twin_.oracle().Apply(batch, logits, twin_.plan().options.mask_value);
    twin_.histogram().Add("rule", "7");
    twin_.histogram().Add("dtype", std::to_string(logits.dtype));
  }

  /** What the engine samples, on the device and as it should be. */
  std::pair<const int32_t*, std::vector<int32_t>> SampleOnEngine(vbt_rows rows, const Batch& batch,
                                                                 const LogitsImage& logits, Slot& slot,
                                                                 cudaStream_t stream) {
    const auto count = static_cast<size_t>(batch.count);
    const std::vector<int32_t> before(count, kUntouched);
    int32_t* tokens = twin_.outputs().Send(before, stream);
    vbt_logits view = ViewOf(logits, slot);
    ExpectOk(engine(), vbt_sample(engine(), &rows, &view, tokens, stream), "vbt_sample");
    view = {};
    std::vector<int32_t> expected = twin_.oracle().Sample(batch, logits, before);
    const int32_t* told = twin_.outputs().Fetch(tokens, count, stream);
    for (const int32_t token : expected) twin_.histogram().Add("sampled", token < 0 ? std::to_string(token) : "token");
    twin_.Later(stream, [told, count, expected] {
      for (size_t row = 0; row < count; ++row) {
        ExpectEqual(told[row], expected[row], "the token sampled in row " + std::to_string(row));
      }
    });
    return {tokens, std::move(expected)};
  }

  Twin& twin_;
  std::array<std::unique_ptr<Slot>, 3> slots_;
  size_t next_slot_ = 0;
};

}  // namespace verbatim::cuda::tests
