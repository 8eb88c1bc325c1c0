/**
 * The masked fill against a plain loop, bit by bit, memory before, between and after the rows included.
 *
 *   masked_fill [cases] [seed]
 *
 * Prints `ok` and the number of entries that were compared.
 */
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "../../../cuda/kernels/sampling/float_formats.cuh"
#include "../../../cuda/kernels/state/launchers.hpp"
#include "../kit/engine_tables.hpp"
#include "../kit/logits.hpp"

namespace verbatim::cuda::tests {
namespace {

constexpr int64_t kDefaultCases = 1'500;
/** Entries after the last row. */
constexpr int64_t kGuard = 40;

struct Shape {
  vbt_dtype dtype;
  int32_t vocab_size;
  int32_t width;
  int64_t stride;
  int64_t offset;
  int32_t rows;
  int32_t sequences;

  std::string ToString() const {
    return "type " + std::to_string(dtype) + ", vocabulary " + std::to_string(vocab_size) + ", width " +
           std::to_string(width) + ", stride " + std::to_string(stride) + ", offset " + std::to_string(offset) + ", " +
           std::to_string(rows) + " rows";
  }
};

int64_t compared = 0;

/** Around where words of a mask, windows and vectors end. */
int32_t SomeVocabSize(Random& random) {
  const int32_t unit = random.Of({1, 32, 128, 1'024, 2'048, 4'096});
  return std::max(1, unit * random.Between(1, unit == 1 ? 100 : 3) + random.Between(-3, 3));
}

Shape SomeShape(Random& random) {
  Shape shape = {};
  shape.dtype = random.Of({VBT_FLOAT32, VBT_FLOAT16, VBT_BFLOAT16});
  shape.vocab_size = SomeVocabSize(random);
  shape.width = shape.vocab_size + (random.OneIn(3) ? 0 : random.Between(0, 40));
  shape.stride = shape.width + (random.OneIn(3) ? 0 : random.Between(0, 9));
  shape.offset = random.Between(0, 16);
  shape.rows = random.Between(1, 6);
  shape.sequences = random.Between(1, 6);
  return shape;
}

float SomeMaskValue(Random& random) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto noise = std::bit_cast<float>(static_cast<uint32_t>(random.Next() >> 32));
  return random.Of(
      {-kInfinity, -kInfinity, -1e4F, 0.0F, -0.0F, 65'520.0F, -1e-7F, -3.4e38F, std::isnan(noise) ? -1.0F : noise});
}

void FillTables(EngineTables& tables, Random& random) {
  for (int32_t number = 0; number < tables.max_sequences(); ++number) {
    // The first one is in a span.
    if (number > 0 && random.OneIn(8)) tables.sequence(number).is_live = 0;
    if (number > 0 && random.OneIn(5)) {
      tables.LiftMask(number);
      continue;
    }
    tables.SetMask(number, random.Of<std::vector<int32_t>>({{1, 1, 1, 1}, {40, 1, 4, 1}, {1, 0, 0, 0}, {0, 1, 0, 0}}),
                   random);
  }
}

/** Fills on the device and in a loop, and compares. */
void Check(const Shape& shape, EngineTables& tables, const RowsOnDevice& rows, float mask_value, Random& random) {
  LogitsImage expected(shape.dtype, shape.rows, shape.width, shape.stride, shape.offset);
  expected.bytes.resize(expected.bytes.size() + static_cast<size_t>(kGuard) * SizeOf(shape.dtype));
  expected.FillWithNoise(random);

  const DeviceBuffer<uint8_t> logits(expected.bytes);
  const EngineView engine = tables.Upload();
  const Stream stream;
  const LogitsView view = {logits.data() + expected.Entry(0, 0), shape.dtype, shape.width, shape.stride};
  ExpectCuda(LaunchMaskedFill(engine, rows.view(), view, mask_value, stream.get()), "LaunchMaskedFill");
  stream.Synchronize();

  uint64_t bad_rows = 0;
  const uint32_t masked = RoundedTo(shape.dtype, mask_value);
  for (int32_t row = 0; row < shape.rows; ++row) {
    const std::optional<int32_t> sequence = tables.Find(rows.SequenceOf(row));
    if (!sequence && !rows.IsEmpty(row)) ++bad_rows;
    if (!sequence || !tables.IsMasked(*sequence)) continue;
    for (int32_t column = 0; column < shape.width; ++column) {
      if (!tables.Allows(*sequence, column)) expected.SetBits(row, column, masked);
    }
  }
  const std::vector<uint8_t> filled = logits.Read();
  const auto [actual, wanted] = std::mismatch(filled.begin(), filled.end(), expected.bytes.begin());
  if (actual != filled.end()) {
    const auto entry = (actual - filled.begin()) / static_cast<std::ptrdiff_t>(SizeOf(shape.dtype)) - shape.offset;
    throw Mismatch(shape.ToString() + ", mask value " + std::to_string(mask_value) + ": row " +
                   std::to_string(entry / shape.stride) + ", column " + std::to_string(entry % shape.stride) +
                   " differs");
  }
  ExpectEqual(tables.BadRowsOnDevice(), bad_rows, shape.ToString() + ": the number of bad rows");
  tables.ExpectSameOnDevice();
  compared += static_cast<int64_t>(expected.bytes.size() / SizeOf(shape.dtype));
}

void CheckRows(const Shape& shape, const RowsOnDevice& rows, Random& random) {
  EngineTables tables(shape.vocab_size, shape.sequences);
  FillTables(tables, random);
  Check(shape, tables, rows, SomeMaskValue(random), random);
}

void CheckSome(Random& random) {
  const Shape shape = SomeShape(random);
  CheckRows(shape, RowsOnDevice::Some(shape.rows, shape.sequences, random), random);
}

/** Real vocabularies, in rows wider than they are. */
void CheckLargeVocabularies(Random& random) {
  for (const int32_t vocab_size : {151'936, 151'669}) {
    for (const vbt_dtype dtype : {VBT_FLOAT32, VBT_FLOAT16, VBT_BFLOAT16}) {
      const Shape shape = {dtype, vocab_size, 151'936, 151'936 + random.Below(2), random.Below(9), 2, 2};
      CheckRows(shape, RowsOnDevice(shape.rows), random);
    }
  }
}

/** So wide that each warp fills several windows. */
void CheckWidestRow(Random& random) {
  CheckRows({VBT_BFLOAT16, 299'001, 300'000, 300'001, 3, 1, 1}, RowsOnDevice(1), random);
}

/** More rows than the second dimension of a grid can have. */
void CheckManyRows(Random& random) {
  const Shape shape = {VBT_FLOAT16, 7, 8, 9, 1, 65'600, 3};
  std::vector<int32_t> sequences;
  for (int32_t row = 0; row < shape.rows; ++row) sequences.push_back(random.OneIn(4) ? random.Below(4) : -1);
  CheckRows(shape, RowsOnDevice(std::move(sequences)), random);
}

template <typename Format>
void CheckFormat(vbt_dtype dtype, Random& random) {
  for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const float expected = ValueOf(dtype, bits);
    const float actual = Format::ToFloat(static_cast<typename Format::Bits>(bits));
    const bool is_same = std::isnan(expected) ? std::isnan(actual) : BitsOf(expected) == BitsOf(actual);
    Expect(is_same, "type " + std::to_string(dtype) + ": bits " + std::to_string(bits) + " became another float");
    if (std::isnan(expected)) continue;
    // The value itself, its neighbours among floats, and what lies halfway to the next value.
    for (const uint32_t halfway : {0U, 0x1000U, 0x8000U}) {
      for (const int32_t step : {-1, 0, 1}) {
        const float value = FloatOf(BitsOf(expected) + halfway + static_cast<uint32_t>(step));
        if (std::isnan(value)) continue;
        ExpectEqual<uint32_t>(Format::FromFloat(value), RoundedTo(dtype, value),
                              "type " + std::to_string(dtype) + ": the bits of " + std::to_string(value));
      }
    }
  }
  for (int i = 0; i < 200'000; ++i) {
    const float value = FloatOf(static_cast<uint32_t>(random.Next() >> 32));
    if (std::isnan(value)) continue;
    ExpectEqual<uint32_t>(Format::FromFloat(value), RoundedTo(dtype, value),
                          "type " + std::to_string(dtype) + ": the bits of " + std::to_string(value));
  }
}

int Run(int64_t cases, uint64_t seed) {
  Random random(seed);
  CheckFormat<Float16>(VBT_FLOAT16, random);
  CheckFormat<Bfloat16>(VBT_BFLOAT16, random);
  for (int64_t i = 0; i < cases; ++i) {
    Random of_case(seed * 1'000'003 + static_cast<uint64_t>(i));
    CheckSome(of_case);
  }
  CheckLargeVocabularies(random);
  CheckWidestRow(random);
  CheckManyRows(random);
  std::printf("ok %lld\n", static_cast<long long>(compared));
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace verbatim::cuda::tests

int main(int argument_count, char** arguments) {
  namespace tests = verbatim::cuda::tests;
  const int64_t cases = argument_count > 1 ? std::atoll(arguments[1]) : tests::kDefaultCases;
  const uint64_t seed = argument_count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
  try {
    return tests::Run(cases, seed);
  } catch (const std::exception& error) {
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), error.what());
    return EXIT_FAILURE;
  }
}
