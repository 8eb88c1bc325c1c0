#include <algorithm>

#include "kernels.hpp"

namespace verbatim {
namespace {

constexpr size_t kWordBits = 32;

void Fill(float* row, size_t width, float value) noexcept { std::fill_n(row, width, value); }

void MaskedFill(float* row, size_t width, const uint32_t* bitmask, float value) noexcept {
  const size_t words = width / kWordBits;
  for (size_t word = 0; word < words; ++word) {
    const size_t next = SkipEmptyWords(bitmask, word, words);
    Fill(row + word * kWordBits, (next - word) * kWordBits, value);
    if (next == words) return;
    FillBits(row + next * kWordBits, ~bitmask[next], value);
    word = next;
  }
}

}  // namespace

const MaskedFillKernels kMaskedFillPortable = {Fill, MaskedFill};

}  // namespace verbatim
