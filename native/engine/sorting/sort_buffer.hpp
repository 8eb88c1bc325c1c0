#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "scratch.hpp"

namespace verbatim {

/** Items to sort and as much scratch; neither is initialised, since a large buffer costs as much to clear as to sort.
 */
class SortBuffer {
 public:
  /** Room for `capacity` items, to be written from the result on; what was there is lost. */
  uint64_t* Reset(size_t capacity) {
    size_ = 0;
    if (capacity > capacity_) {
      memory_ = AllocateScratch(2 * capacity);
      items_ = memory_.get();
      spare_ = items_ + capacity;
      capacity_ = capacity;
    }
    return items_;
  }
  /** How many items were written. */
  void SetSize(size_t size) { size_ = size; }
  std::span<const uint64_t> items() const { return {items_, size_}; }

  /**
   * Sorts by the bits [low_bit, high_bit), stably, a digit at a time from the lowest; digits that all items share are
   * skipped. Few items get narrow digits, so that counting them stays cheap.
   */
  void Sort(int low_bit, int high_bit) {
    constexpr size_t kMany = 1 << 14;
    if (size_ < kMany) {
      SortByDigits<8>(low_bit, high_bit);
    } else {
      SortByDigits<12>(low_bit, high_bit);
    }
  }

 private:
  template <int kDigitBits>
  void SortByDigits(int low_bit, int high_bit) {
    if (size_ == 0) return;
    std::array<uint32_t, size_t{1} << kDigitBits> next;
    for (int shift = low_bit; shift < high_bit; shift += kDigitBits) {
      const uint64_t mask = (uint64_t{1} << std::min(kDigitBits, high_bit - shift)) - 1;
      const uint64_t* const items = items_;
      uint64_t* const spare = spare_;
      next.fill(0);
      for (size_t i = 0; i < size_; ++i) ++next[(items[i] >> shift) & mask];
      if (next[(items[0] >> shift) & mask] == size_) continue;
      uint32_t start = 0;
      for (uint32_t& count : next) start += std::exchange(count, start);
      for (size_t i = 0; i < size_; ++i) spare[next[(items[i] >> shift) & mask]++] = items[i];
      std::swap(items_, spare_);
    }
  }

  Scratch memory_;
  uint64_t* items_ = nullptr;
  uint64_t* spare_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace verbatim
