#include "masked_fill.hpp"

#include <algorithm>
#include <array>

#include "masked_fill_kernels.hpp"

namespace verbatim {
namespace {

constexpr size_t kWordBits = 32;

const MaskedFillKernels& ChooseKernels() noexcept {
#if VERBATIM_X86_KERNELS
  if (__builtin_cpu_supports("avx512f")) return kMaskedFillAvx512;
  if (__builtin_cpu_supports("avx2")) return kMaskedFillAvx2;
#endif
  return kMaskedFillPortable;
}

const MaskedFillKernels& Kernels() noexcept {
  static const MaskedFillKernels& kernels = ChooseKernels();
  return kernels;
}

}  // namespace

void MaskedFill(float* row, size_t width, const uint32_t* bitmask, float value) noexcept {
  const size_t whole = width - width % kWordBits;
  Kernels().masked_fill(row, whole, bitmask, value);
  if (whole == width) return;
  const uint32_t tail = (uint32_t{1} << (width - whole)) - 1;
  FillBits(row + whole, ~bitmask[whole / kWordBits] & tail, value);
}

namespace {

/** Filling the gaps between the allowed ids wins while the gaps are longer than this, on average. */
constexpr size_t kShortGap = 64;

void FillGaps(float* row, size_t width, const int32_t* ids, size_t count, float value) noexcept {
  const auto fill = Kernels().fill;
  size_t start = 0;
  for (size_t i = 0; i < count; ++i) {
    const auto id = static_cast<size_t>(ids[i]);
    fill(row + start, id - start, value);
    start = id + 1;
  }
  fill(row + start, width - start, value);
}

/** Through a bitmask of a few thousand columns at a time, which needs no memory of its own. */
void FillThroughBitmask(float* row, size_t width, const int32_t* ids, size_t count, float value) noexcept {
  constexpr size_t kColumns = 4096;
  std::array<uint32_t, kColumns / kWordBits> bitmask;
  size_t next = 0;
  for (size_t start = 0; start < width; start += kColumns) {
    const size_t end = std::min(start + kColumns, width);
    bitmask.fill(0);
    while (next < count && static_cast<size_t>(ids[next]) < end) {
      // A word is put together in a register: neighbouring ids would wait for each other's store.
      const size_t word = static_cast<size_t>(ids[next]) / kWordBits;
      uint32_t bits = 0;
      for (; next < count && static_cast<size_t>(ids[next]) / kWordBits == word; ++next) {
        bits |= uint32_t{1} << (static_cast<size_t>(ids[next]) % kWordBits);
      }
      bitmask[word - start / kWordBits] = bits;
    }
    MaskedFill(row + start, end - start, bitmask.data(), value);
  }
}

}  // namespace

void MaskedFillIds(float* row, size_t width, const int32_t* ids, size_t count, float value) noexcept {
  while (count > 0 && static_cast<size_t>(ids[count - 1]) >= width) --count;
  if (count < width / kShortGap) {
    FillGaps(row, width, ids, count, value);
  } else {
    FillThroughBitmask(row, width, ids, count, value);
  }
}

}  // namespace verbatim
