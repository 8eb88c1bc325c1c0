#include "masked_fill_kernels.hpp"

#if VERBATIM_X86_KERNELS

#include <immintrin.h>

#include <bit>

namespace verbatim {
namespace {

constexpr size_t kLanes = 8;
constexpr size_t kWordBits = 32;

__attribute__((target("avx2"))) void Fill(float* row, size_t width, float value) noexcept {
  if (width < kLanes) {
    for (size_t i = 0; i < width; ++i) row[i] = value;
    return;
  }
  const __m256 values = _mm256_set1_ps(value);
  // The first and the last vector may overlap the aligned ones between them.
  _mm256_storeu_ps(row, values);
  const size_t misaligned = reinterpret_cast<uintptr_t>(row) / sizeof(float) % kLanes;
  size_t i = kLanes - misaligned;
  for (; i + 4 * kLanes <= width; i += 4 * kLanes) {
    _mm256_store_ps(row + i, values);
    _mm256_store_ps(row + i + kLanes, values);
    _mm256_store_ps(row + i + 2 * kLanes, values);
    _mm256_store_ps(row + i + 3 * kLanes, values);
  }
  for (; i + kLanes <= width; i += kLanes) _mm256_store_ps(row + i, values);
  _mm256_storeu_ps(row + width - kLanes, values);
}

/** Few allowed columns are saved, filled over and restored; otherwise the disallowed ones are written one by one. */
__attribute__((target("avx2,bmi,popcnt"))) void FillWord(float* columns, uint32_t allowed, __m256 values,
                                                         float value) noexcept {
  constexpr int kSaved = 8;
  if (std::popcount(allowed) > kSaved) {
    FillBits(columns, ~allowed, value);
    return;
  }
  float saved[kSaved];
  int count = 0;
  for (uint32_t bits = allowed; bits != 0; bits &= bits - 1) saved[count++] = columns[std::countr_zero(bits)];
  for (size_t i = 0; i < kWordBits; i += kLanes) _mm256_storeu_ps(columns + i, values);
  count = 0;
  for (uint32_t bits = allowed; bits != 0; bits &= bits - 1) columns[std::countr_zero(bits)] = saved[count++];
}

__attribute__((target("avx2,bmi,popcnt"))) void MaskedFill(float* row, size_t width, const uint32_t* bitmask,
                                                           float value) noexcept {
  const __m256 values = _mm256_set1_ps(value);
  const size_t words = width / kWordBits;
  for (size_t word = 0; word < words; ++word) {
    const size_t next = SkipEmptyWords(bitmask, word, words);
    if (next != word) Fill(row + word * kWordBits, (next - word) * kWordBits, value);
    if (next == words) return;
    FillWord(row + next * kWordBits, bitmask[next], values, value);
    word = next;
  }
}

}  // namespace

const MaskedFillKernels kMaskedFillAvx2 = {Fill, MaskedFill};

}  // namespace verbatim

#endif
