#include "order.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include "../sorting/sort_buffer.hpp"
#include "../sorting/suffix_array.hpp"

namespace verbatim {
namespace {

/** Symbols of a suffix array's text: 0 between runs, and the bytes from 1 on. */
constexpr int32_t kAlphabet = 257;

/** Bytes that are compared at once. */
constexpr int32_t kWidth = 8;
/** In place of the length of what is left of a run: more than kWidth bytes. */
constexpr int32_t kMore = kWidth + 1;

/** kWidth bytes, the first one highest; written out, since compilers make one load of it. */
uint64_t BigEndian(const uint8_t* bytes) {
  const auto at = [bytes](int i) { return uint64_t{bytes[i]} << (56 - 8 * i); };
  return at(0) | at(1) | at(2) | at(3) | at(4) | at(5) | at(6) | at(7);
}

/** Sorts starts by the bytes that follow, from the first on. */
class PrefixSort {
 public:
  explicit PrefixSort(std::span<const TextWord> words) : size_(words.size()), bytes_(size_ + kWidth), left_(size_ + 1) {
    for (size_t i = 0; i < size_; ++i) bytes_[i] = ByteOf(words[i]);
    for (size_t i = size_; i-- > 0;) {
      const bool goes_on = i + 1 < size_ && ContinuesRun(words[i + 1]);
      left_[i] = goes_on ? static_cast<uint8_t>(std::min(left_[i + 1] + 1, kMore)) : uint8_t{1};
    }
    SortByFirst(words);
  }

  /** Whether it was worth while: false where the text repeats itself too much, and `order` is unfinished. */
  bool Run(TextOrder& order) {
    const std::span<const uint64_t> items = items_.items();
    order.starts.resize(items.size());
    order.common.resize(items.size());
    const uint64_t position = (uint64_t{1} << position_bits_) - 1;
    for (size_t i = 0; i < items.size(); ++i) order.starts[i] = static_cast<int32_t>(items[i] & position);
    for (size_t low = 0; low < items.size();) {
      const uint64_t first = items[low] >> position_bits_;
      size_t high = low + 1;
      while (high < items.size() && items[high] >> position_bits_ == first) ++high;
      if (low > 0) order.common[low] = CommonSymbols(first ^ (items[low - 1] >> position_bits_));
      // The last of the symbols once more: behind it the run may have ended.
      if (high - low > 1 && !Refine(order, {low, high, SymbolsOf(first) - 1})) return false;
      low = high;
    }
    return true;
  }

 private:
  /** Starts [low, high) of the order, which share `depth` bytes. */
  struct Group {
    size_t low;
    size_t high;
    int32_t depth;
  };
  /** A start, and what follows its first bytes: from the highest of `bytes` on, and up to kMore as they are counted. */
  struct Keyed {
    uint64_t bytes;
    int32_t count;
    int32_t start;

    bool operator<(const Keyed& other) const {
      return bytes != other.bytes ? bytes < other.bytes : count < other.count;
    }
  };
  /** Groups up to here are sorted by insertion. */
  static constexpr size_t kFew = 20;
  /** So often may each start be looked at, on average. */
  static constexpr size_t kPatience = 5;

  /** One item holds a start's position and above it as many of its first bytes as fit, as symbols of few bits. */
  void SortByFirst(std::span<const TextWord> words) {
    std::array<bool, 256> is_used = {};
    for (const TextWord word : words) is_used[ByteOf(word)] = true;
    std::array<uint64_t, 256> symbols;
    uint64_t symbol = 0;
    for (size_t byte = 0; byte < symbols.size(); ++byte) symbols[byte] = is_used[byte] ? ++symbol : 0;
    position_bits_ = std::bit_width(size_);
    symbol_bits_ = std::bit_width(symbol);
    symbols_ = std::min(kWidth, (64 - position_bits_) / std::max(1, symbol_bits_));
    const int highest = symbol_bits_ * (symbols_ - 1);
    uint64_t* const items = items_.Reset(size_);
    uint64_t first = 0;
    size_t count = size_;
    for (size_t i = size_; i-- > 0;) {
      first = symbols[ByteOf(words[i])] << highest | (left_[i] == 1 ? 0 : first >> symbol_bits_);
      if (IsStart(words[i])) items[--count] = first << position_bits_ | i;
    }
    // Items were written from the end, so that equal ones lie in the order of the text.
    std::copy(items + count, items + size_, items);
    items_.SetSize(size_ - count);
    items_.Sort(position_bits_, position_bits_ + symbol_bits_ * symbols_);
  }

  /** Symbols before the first in which two items differ. */
  int32_t CommonSymbols(uint64_t difference) const {
    return symbols_ - 1 - (std::bit_width(difference) - 1) / symbol_bits_;
  }
  /** Symbols of an item before its run ends. */
  int32_t SymbolsOf(uint64_t first) const { return symbols_ - std::countr_zero(first) / symbol_bits_; }

  Keyed KeyOf(int32_t start, int32_t depth) const {
    const size_t at = static_cast<size_t>(start) + static_cast<size_t>(depth);
    const int32_t count = left_[at];
    uint64_t bytes = BigEndian(bytes_.data() + at);
    if (count < kWidth) bytes = bytes >> 8 * (kWidth - count) << 8 * (kWidth - count);
    return {bytes, count, start};
  }

  bool Refine(TextOrder& order, const Group& whole) {
    groups_.assign(1, whole);
    while (!groups_.empty()) {
      const auto [low, high, depth] = groups_.back();
      groups_.pop_back();
      const size_t size = high - low;
      looked_at_ += size;
      if (looked_at_ > kPatience * size_) return false;
      keyed_.clear();
      for (size_t i = low; i < high; ++i) keyed_.push_back(KeyOf(order.starts[i], depth));
      if (size <= kFew) {
        SortByInsertion();
      } else {
        std::sort(keyed_.begin(), keyed_.end());
      }
      size_t group = low;
      for (size_t i = 0; i < size; ++i) {
        const Keyed& key = keyed_[i];
        order.starts[low + i] = key.start;
        if (i == 0) continue;
        const Keyed& before = keyed_[i - 1];
        const int32_t same = std::countl_zero(key.bytes ^ before.bytes) / 8;
        // Behind a run's end there are zeros here, which the larger of the two may have as bytes.
        order.common[low + i] = depth + std::min(same, before.count);
        if (before < key) {
          Push({group, low + i, depth + kWidth}, before.count);
          group = low + i;
        }
      }
      Push({group, high, depth + kWidth}, keyed_.back().count);
    }
    return true;
  }

  /** Keeps a group for later if it is of many places and goes on behind bytes of which so many were left. */
  void Push(const Group& group, int32_t count) {
    if (group.high - group.low > kFewPlaces && count == kMore) groups_.push_back(group);
  }

  void SortByInsertion() {
    for (size_t i = 1; i < keyed_.size(); ++i) {
      const Keyed key = keyed_[i];
      size_t at = i;
      for (; at > 0 && key < keyed_[at - 1]; --at) keyed_[at] = keyed_[at - 1];
      keyed_[at] = key;
    }
  }

  size_t size_;
  std::vector<uint8_t> bytes_;
  /** Bytes from each position to its run's end, up to kMore. */
  std::vector<uint8_t> left_;
  SortBuffer items_;
  int position_bits_ = 0;
  int symbol_bits_ = 0;
  int symbols_ = 0;
  std::vector<Group> groups_;
  std::vector<Keyed> keyed_;
  size_t looked_at_ = 0;
};

TextOrder OrderBySuffixArray(std::span<const TextWord> words) {
  std::vector<int32_t> text;
  std::vector<int32_t> origin;
  text.reserve(words.size() + 16);
  origin.reserve(words.size() + 16);
  for (size_t position = 0; position < words.size(); ++position) {
    const TextWord word = words[position];
    if (!ContinuesRun(word) && !text.empty() && text.back() != 0) {
      text.push_back(0);
      origin.push_back(-1);
    }
    if ((word & kSearchable) == 0) continue;
    text.push_back(ByteOf(word) + 1);
    origin.push_back(static_cast<int32_t>(position));
  }
  const std::vector<int32_t> sorted = SuffixArray(text, kAlphabet);
  const std::vector<int32_t> common = CommonPrefixes(text, sorted);
  TextOrder order;
  int32_t shared = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const int32_t position = origin[static_cast<size_t>(sorted[i])];
    // Between two starts lie suffixes that are none: the two share what all of them share.
    shared = std::min(shared, common[i]);
    if (position < 0 || !IsStart(words[static_cast<size_t>(position)])) continue;
    order.starts.push_back(position);
    order.common.push_back(shared);
    shared = INT32_MAX;
  }
  order.starts.shrink_to_fit();
  order.common.shrink_to_fit();
  return order;
}

}  // namespace

TextOrder OrderStarts(std::span<const TextWord> words) {
  TextOrder order;
  if (PrefixSort(words).Run(order)) return order;
  return OrderBySuffixArray(words);
}

}  // namespace verbatim
