#include "kernels.hpp"

#if VERBATIM_X86_KERNELS

#include <immintrin.h>

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

/** Loads a vector whole, keeps its allowed lanes and stores it whole: masked stores cost several times as much. */
__attribute__((target("avx2"))) void FillWord(float* columns, uint32_t allowed, __m256 values) noexcept {
  __m256i lane_bits = _mm256_setr_epi32(1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7);
  const __m256i bits = _mm256_set1_epi32(static_cast<int32_t>(allowed));
  for (size_t i = 0; i < kWordBits; i += kLanes) {
    const __m256i is_allowed = _mm256_cmpeq_epi32(_mm256_and_si256(bits, lane_bits), lane_bits);
    const __m256 kept = _mm256_blendv_ps(values, _mm256_loadu_ps(columns + i), _mm256_castsi256_ps(is_allowed));
    _mm256_storeu_ps(columns + i, kept);
    lane_bits = _mm256_slli_epi32(lane_bits, kLanes);
  }
}

__attribute__((target("avx2"))) void MaskedFill(float* row, size_t width, const uint32_t* bitmask,
                                                float value) noexcept {
  const __m256 values = _mm256_set1_ps(value);
  const size_t words = width / kWordBits;
  for (size_t word = 0; word < words; ++word) {
    const size_t next = SkipEmptyWords(bitmask, word, words);
    if (next != word) Fill(row + word * kWordBits, (next - word) * kWordBits, value);
    if (next == words) return;
    FillWord(row + next * kWordBits, bitmask[next], values);
    word = next;
  }
}

}  // namespace

const MaskedFillKernels kMaskedFillAvx2 = {Fill, MaskedFill};

}  // namespace verbatim

#endif
