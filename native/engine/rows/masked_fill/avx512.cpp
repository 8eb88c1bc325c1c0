#include "kernels.hpp"

#if VERBATIM_X86_KERNELS

#include <immintrin.h>

namespace verbatim {
namespace {

constexpr size_t kLanes = 16;
constexpr size_t kWordBits = 32;

__attribute__((target("avx512f"))) void Fill(float* row, size_t width, float value) noexcept {
  const __m512 values = _mm512_set1_ps(value);
  if (width < kLanes) {
    _mm512_mask_storeu_ps(row, static_cast<__mmask16>((1U << width) - 1), values);
    return;
  }
  // The first and the last vector may overlap the aligned ones between them.
  _mm512_storeu_ps(row, values);
  const size_t misaligned = reinterpret_cast<uintptr_t>(row) / sizeof(float) % kLanes;
  size_t i = kLanes - misaligned;
  for (; i + 4 * kLanes <= width; i += 4 * kLanes) {
    _mm512_store_ps(row + i, values);
    _mm512_store_ps(row + i + kLanes, values);
    _mm512_store_ps(row + i + 2 * kLanes, values);
    _mm512_store_ps(row + i + 3 * kLanes, values);
  }
  for (; i + kLanes <= width; i += kLanes) _mm512_store_ps(row + i, values);
  _mm512_storeu_ps(row + width - kLanes, values);
}

__attribute__((target("avx512f"))) void MaskedFill(float* row, size_t width, const uint32_t* bitmask,
                                                   float value) noexcept {
  const __m512 values = _mm512_set1_ps(value);
  const size_t words = width / kWordBits;
  for (size_t word = 0; word < words; ++word) {
    const size_t next = SkipEmptyWords(bitmask, word, words);
    if (next != word) Fill(row + word * kWordBits, (next - word) * kWordBits, value);
    if (next == words) return;
    // A masked load and a whole store: on a row that is not cached, masked stores cost twice as much.
    float* columns = row + next * kWordBits;
    const uint32_t allowed = bitmask[next];
    _mm512_storeu_ps(columns, _mm512_mask_loadu_ps(values, static_cast<__mmask16>(allowed), columns));
    columns += kLanes;
    _mm512_storeu_ps(columns, _mm512_mask_loadu_ps(values, static_cast<__mmask16>(allowed >> 16), columns));
    word = next;
  }
}

}  // namespace

const MaskedFillKernels kMaskedFillAvx512 = {Fill, MaskedFill};

}  // namespace verbatim

#endif
