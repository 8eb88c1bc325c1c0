#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace verbatim {

/**
 * Sorts `items` by their bits [low_bit, high_bit), stably, a digit at a time from the lowest; digits that all items
 * share are skipped. `spare` is scratch.
 */
inline void RadixSort(std::vector<uint64_t>& items, std::vector<uint64_t>& spare, int low_bit, int high_bit) {
  constexpr int kDigitBits = 9;
  constexpr uint64_t kDigits = uint64_t{1} << kDigitBits;
  spare.resize(items.size());
  for (int shift = low_bit; shift < high_bit; shift += kDigitBits) {
    const uint64_t mask = (uint64_t{1} << std::min(kDigitBits, high_bit - shift)) - 1;
    std::array<uint32_t, kDigits> next{};
    for (const uint64_t item : items) ++next[(item >> shift) & mask];
    if (!items.empty() && next[(items[0] >> shift) & mask] == items.size()) continue;
    uint32_t start = 0;
    for (uint32_t& count : next) start += std::exchange(count, start);
    for (const uint64_t item : items) spare[next[(item >> shift) & mask]++] = item;
    items.swap(spare);
  }
}

}  // namespace verbatim
