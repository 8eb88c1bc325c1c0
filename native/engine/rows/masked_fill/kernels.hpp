#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#if (defined(__x86_64__) || defined(__i386__)) && (defined(__GNUC__) || defined(__clang__))
#define VERBATIM_X86_KERNELS 1
#else
#define VERBATIM_X86_KERNELS 0
#endif

namespace verbatim {

/** What the masked fill is made of, for one instruction set. All of them do the same. */
struct MaskedFillKernels {
  /** Assigns `value` to row[0 .. width). */
  void (*fill)(float* row, size_t width, float value) noexcept;
  /** MaskedFill, on rows of a whole number of words: `width` is a multiple of 32. */
  void (*masked_fill)(float* row, size_t width, const uint32_t* bitmask, float value) noexcept;
};

extern const MaskedFillKernels kMaskedFillPortable;
#if VERBATIM_X86_KERNELS
extern const MaskedFillKernels kMaskedFillAvx2;
extern const MaskedFillKernels kMaskedFillAvx512;
#endif

/** The first word at or after `word` that is not 0, or `words`. */
inline size_t SkipEmptyWords(const uint32_t* bitmask, size_t word, size_t words) {
  while (word < words && bitmask[word] == 0) ++word;
  return word;
}

/** Assigns `value` to the columns that the bits of `disallowed` name, one by one. */
inline void FillBits(float* columns, uint32_t disallowed, float value) noexcept {
  for (; disallowed != 0; disallowed &= disallowed - 1) columns[std::countr_zero(disallowed)] = value;
}

}  // namespace verbatim
