#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace verbatim {

/** Items to sort and as much scratch; neither is initialised, since a large buffer costs as much to clear as to sort.
 */
class SortBuffer {
 public:
  /** Room for `capacity` items; what was there is lost. */
  void Reset(size_t capacity) {
    size_ = 0;
    if (capacity <= capacity_) return;
    items_ = std::make_unique_for_overwrite<uint64_t[]>(capacity);
    spare_ = std::make_unique_for_overwrite<uint64_t[]>(capacity);
    capacity_ = capacity;
  }
  void Push(uint64_t item) { items_[size_++] = item; }
  std::span<const uint64_t> items() const { return {items_.get(), size_}; }

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
      const uint64_t* const items = items_.get();
      uint64_t* const spare = spare_.get();
      next.fill(0);
      for (size_t i = 0; i < size_; ++i) ++next[(items[i] >> shift) & mask];
      if (next[(items[0] >> shift) & mask] == size_) continue;
      uint32_t start = 0;
      for (uint32_t& count : next) start += std::exchange(count, start);
      for (size_t i = 0; i < size_; ++i) spare[next[(items[i] >> shift) & mask]++] = items[i];
      items_.swap(spare_);
    }
  }

  std::unique_ptr<uint64_t[]> items_;
  std::unique_ptr<uint64_t[]> spare_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace verbatim
