#include "masked_fill.hpp"

#include <algorithm>
#include <array>

#include "kernels.hpp"

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

constexpr size_t kColumns = 4096;

using Columns = std::array<uint32_t, kColumns / kWordBits>;

/** Sets the bits of ascending ids from `start` on, of four stretches in turns: neighbours wait for each other's word.
 */
void SetBits(Columns& bitmask, const int32_t* ids, size_t count, size_t start) noexcept {
  const auto set = [&](int32_t id) {
    const size_t column = static_cast<size_t>(id) - start;
    bitmask[column / kWordBits] |= uint32_t{1} << (column % kWordBits);
  };
  const size_t quarter = count / 4;
  for (size_t i = 0; i < quarter; ++i) {
    set(ids[i]);
    set(ids[i + quarter]);
    set(ids[i + 2 * quarter]);
    set(ids[i + 3 * quarter]);
  }
  for (size_t i = 4 * quarter; i < count; ++i) set(ids[i]);
}

/** Through a bitmask of a few thousand columns at a time, which needs no memory of its own. */
void FillThroughBitmask(float* row, size_t width, const int32_t* ids, size_t count, float value) noexcept {
  Columns bitmask;
  for (size_t start = 0; start < width; start += kColumns) {
    const size_t end = std::min(start + kColumns, width);
    const int32_t* const next = std::lower_bound(ids, ids + count, static_cast<int32_t>(end));
    const size_t taken = static_cast<size_t>(next - ids);
    bitmask.fill(0);
    SetBits(bitmask, ids, taken, start);
    MaskedFill(row + start, end - start, bitmask.data(), value);
    ids = next;
    count -= taken;
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
