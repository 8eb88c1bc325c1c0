/**
 * Compares every kernel of the masked fill that this machine can run, and the C ABI over them, with a plain loop: the
 * dispatch would otherwise hide all but one of them from the tests. Prints `ok` and the number of comparisons.
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "../../native/engine/rows/masked_fill/kernels.hpp"
#include "../../native/include/verbatim.h"

namespace {

constexpr size_t kLargestWidth = 200;
constexpr size_t kOffsets = 17;
constexpr uint32_t kSignallingNan = 0xFFA1'2345U;

std::mt19937 random_bits(20260101);
long comparisons = 0;

uint32_t RandomMask() {
  // Empty, full, sparse and dense words all have code of their own.
  switch (random_bits() % 4) {
    case 0:
      return 0;
    case 1:
      return ~0U;
    case 2:
      return 1U << (random_bits() % 32);
    default:
      return static_cast<uint32_t>(random_bits());
  }
}

struct Row {
  std::vector<uint32_t> bits;
  size_t offset;
  size_t width;

  float* logits() { return reinterpret_cast<float*>(bits.data()) + offset; }
};

/** A row of NaNs with different payloads, with columns before and after it that nothing may touch. */
Row MakeRow(size_t offset, size_t width) {
  Row row = {std::vector<uint32_t>(offset + width + 16), offset, width};
  for (size_t i = 0; i < row.bits.size(); ++i) row.bits[i] = kSignallingNan + static_cast<uint32_t>(i);
  return row;
}

template <typename Fill>
void Compare(const char* name, size_t offset, size_t width, const std::vector<uint32_t>& mask, float value,
             const Fill& fill) {
  Row actual = MakeRow(offset, width);
  Row expected = actual;
  for (size_t i = 0; i < width; ++i) {
    if ((mask[i / 32] >> (i % 32) & 1) == 0) std::memcpy(&expected.bits[offset + i], &value, sizeof value);
  }
  fill(actual.logits());
  ++comparisons;
  if (actual.bits == expected.bits) return;
  std::printf("%s differs at offset %zu, width %zu\n", name, offset, width);
  std::exit(1);
}

void CompareKernels(const char* name, const verbatim::MaskedFillKernels& kernels, size_t offset, size_t width,
                    const std::vector<uint32_t>& mask, float value) {
  const std::vector<uint32_t> nothing(mask.size(), 0);
  Compare(name, offset, width, nothing, value, [&](float* row) { kernels.fill(row, width, value); });
  const size_t whole = width - width % 32;
  Compare(name, offset, whole, mask, value, [&](float* row) { kernels.masked_fill(row, whole, mask.data(), value); });
}

void CompareAll(size_t offset, size_t width, float value) {
  std::vector<uint32_t> mask(width / 32 + 1);
  for (uint32_t& word : mask) word = RandomMask();
  std::vector<int32_t> ids;
  for (size_t i = 0; i < width; ++i) {
    if ((mask[i / 32] >> (i % 32) & 1) != 0) ids.push_back(static_cast<int32_t>(i));
  }
  ids.push_back(static_cast<int32_t>(width));
  CompareKernels("portable", verbatim::kMaskedFillPortable, offset, width, mask, value);
#if VERBATIM_X86_KERNELS
  if (__builtin_cpu_supports("avx2")) {
    CompareKernels("avx2", verbatim::kMaskedFillAvx2, offset, width, mask, value);
  }
  if (__builtin_cpu_supports("avx512f")) {
    CompareKernels("avx512", verbatim::kMaskedFillAvx512, offset, width, mask, value);
  }
#endif
  Compare("verbatim_masked_fill", offset, width, mask, value, [&](float* row) {
    if (verbatim_masked_fill(row, width, mask.data(), value) != VERBATIM_OK) std::abort();
  });
  Compare("verbatim_masked_fill_ids", offset, width, mask, value, [&](float* row) {
    if (verbatim_masked_fill_ids(row, width, ids.data(), ids.size(), value) != VERBATIM_OK) std::abort();
  });
}

}  // namespace

int main() {
  const float values[] = {-__builtin_inff(), -1e4F, 0.0F};
  for (size_t width = 0; width <= kLargestWidth; ++width) {
    for (size_t offset = 0; offset < kOffsets; ++offset) CompareAll(offset, width, values[(width + offset) % 3]);
  }
  // Wide enough for gaps between ids, and for more than one block.
  for (size_t width = 9000; width < 9040; ++width) CompareAll(width % kOffsets, width, values[0]);

  // What is refused changes nothing.
  const std::vector<uint32_t> all(8, ~0U);
  const int32_t descending[] = {5, 3};
  const int32_t negative[] = {-1, 3};
  for (const int32_t* ids : {descending, negative}) {
    Compare("refusal", 0, 64, all, 0, [&](float* row) {
      if (verbatim_masked_fill_ids(row, 64, ids, 2, 0) != VERBATIM_INVALID_ARGUMENT) std::abort();
    });
  }
  std::printf("ok %ld\n", comparisons);
  return 0;
}
