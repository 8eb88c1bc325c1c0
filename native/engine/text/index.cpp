#include "index.hpp"

#include <algorithm>

#include "order.hpp"

namespace verbatim {

TextIndex::TextIndex(const TokenTrie& trie, std::span<const TextWord> words)
    : words_(words), has_own_edges_(HasOwnEdges(words)), gaps_(words) {
  TextOrder order = OrderStarts(words);
  paths_ = TextPaths(trie, words, order);
  order_ = std::move(order.starts);
  common_ = std::move(order.common);
  least_common_ = Least(common_);
  earliest_ = Least(order_);
  latest_ = Greatest(order_);
}

TextIndex::Part TextIndex::Narrow(const Interval& interval, std::span<const uint8_t> bytes) const {
  const int32_t depth = interval.depth;
  const int32_t low = interval.low;
  const int32_t high = interval.high;
  const auto first = std::partition_point(order_.begin() + low, order_.begin() + high,
                                          [&](int32_t place) { return Compare(place, depth, bytes) < 0; });
  const int32_t begin = static_cast<int32_t>(first - order_.begin());
  int32_t end = begin;
  if (begin < high && Compare(*first, depth, bytes) == 0) {
    end = NextDifferent(begin + 1, high, depth + static_cast<int32_t>(bytes.size()) - 1);
  }
  if (end - begin > kFewPlaces) return {begin, end, false};
  return {std::max(low, begin - kFewPlaces), std::min(high, begin + kFewPlaces), true};
}

int32_t TextIndex::Compare(int32_t place, int32_t depth, std::span<const uint8_t> bytes) const {
  size_t position = static_cast<size_t>(place) + static_cast<size_t>(depth);
  for (const uint8_t byte : bytes) {
    if (position >= words_.size()) return -1;
    const TextWord word = words_[position];
    if (position > static_cast<size_t>(place) && !ContinuesRun(word)) return -1;
    if (ByteOf(word) != byte) return ByteOf(word) < byte ? -1 : 1;
    ++position;
  }
  return 0;
}

size_t TextIndex::bytes() const {
  return sizeof(*this) + paths_.bytes() + (order_.capacity() + common_.capacity()) * sizeof(int32_t) +
         least_common_.bytes() + earliest_.bytes() + latest_.bytes();
}

}  // namespace verbatim
