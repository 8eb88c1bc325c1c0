#include "block_builder.hpp"

#include <algorithm>
#include <bit>

#include "radix_sort.hpp"
#include "suffix_array.hpp"

namespace verbatim {
namespace {

/** How deep natural text is sorted: what is heavy beyond this many tokens repeats whole passages. */
constexpr int32_t kDepthLimit = 6;

/** A block is repetitive if more than one in this many of its candidates is heavy beyond kDepthLimit. */
constexpr int64_t kRepetitive = 32;

int BitsFor(uint64_t largest) { return std::bit_width(largest); }

}  // namespace

void BlockBuilder::Build() {
  SortByTwoTokens();
  GrowFromSorted();
  if (heavy_left_ * kRepetitive > block_.size()) SortBySuffix();
  block_.nodes_.shrink_to_fit();
  block_.child_tokens_.shrink_to_fit();
  block_.child_lows_.shrink_to_fit();
  block_.child_nodes_.shrink_to_fit();
}

uint32_t BlockBuilder::KeyAt(int32_t position, int32_t depth) const {
  const size_t next = static_cast<size_t>(position) + static_cast<size_t>(depth);
  if (next >= block_.words_.size() || !IsContinuation(block_.words_[next])) return 0;
  return static_cast<uint32_t>(block_.words_[next]) + 1;
}

void BlockBuilder::SortByTwoTokens() {
  const std::vector<Word>& words = block_.words_;
  Word largest = 0;
  for (const Word word : words) largest |= TokenOf(word);
  const int token_bits = BitsFor(static_cast<uint64_t>(largest) + 1);
  const int position_bits = BitsFor(words.size());

  items_.clear();
  items_.reserve(words.size());
  if (position_bits + 2 * token_bits <= 64) {
    for (size_t p = 0; p < words.size(); ++p) {
      if (!IsSearchable(words[p])) continue;
      const uint64_t first = static_cast<uint64_t>(TokenOf(words[p]));
      const uint64_t second = KeyAt(static_cast<int32_t>(p), 1);
      items_.push_back(((first << token_bits | second) << position_bits) | p);
    }
    RadixSort(items_, spare_, position_bits, position_bits + 2 * token_bits);
  } else {
    // Ids too wide for two of them and a position in one item: sort by the second token, then, stably, by the first.
    for (size_t p = 0; p < words.size(); ++p) {
      if (IsSearchable(words[p])) items_.push_back(uint64_t{KeyAt(static_cast<int32_t>(p), 1)} << 32 | p);
    }
    RadixSort(items_, spare_, 32, 64);
    for (uint64_t& item : items_) {
      const uint64_t p = item & UINT32_MAX;
      item = static_cast<uint64_t>(TokenOf(words[p])) << 32 | p;
    }
    RadixSort(items_, spare_, 32, 64);
  }

  const uint64_t position_mask = position_bits + 2 * token_bits <= 64 ? (uint64_t{1} << position_bits) - 1 : UINT32_MAX;
  block_.positions_.resize(items_.size());
  for (size_t i = 0; i < items_.size(); ++i) block_.positions_[i] = static_cast<int32_t>(items_[i] & position_mask);
}

void BlockBuilder::GrowFromSorted() {
  ClearNodes();
  GrowNode(0, 0, static_cast<int32_t>(block_.positions_.size()));
}

/** Appends the node of positions_[low, high), its heavy children before it; returns its index. */
int32_t BlockBuilder::GrowNode(int32_t depth, int32_t low, int32_t high) {
  const std::vector<int32_t>& positions = block_.positions_;
  struct Group {
    uint32_t key;
    int32_t low;
    int32_t node;
  };
  std::vector<Group> groups;
  for (int32_t i = low; i < high; ++i) {
    const size_t position = static_cast<size_t>(positions[static_cast<size_t>(i)]);
    const uint32_t key = depth == 0 ? static_cast<uint32_t>(TokenOf(block_.words_[position])) + 1
                                    : KeyAt(static_cast<int32_t>(position), depth);
    if (key == 0 || (!groups.empty() && groups.back().key == key)) continue;
    groups.push_back({key, i, Block::kNoNode});
  }
  for (size_t g = 0; g < groups.size(); ++g) {
    const int32_t end = g + 1 < groups.size() ? groups[g + 1].low : high;
    if (end - groups[g].low <= Block::kHeavy) continue;
    if (depth + 1 == kDepthLimit) {
      heavy_left_ += end - groups[g].low;
      continue;
    }
    if (depth + 1 >= 2) SortByKey(depth + 1, groups[g].low, end);
    groups[g].node = GrowNode(depth + 1, groups[g].low, end);
  }
  const int32_t first_child = static_cast<int32_t>(block_.child_tokens_.size());
  for (const Group& group : groups) {
    block_.child_tokens_.push_back(static_cast<int32_t>(group.key - 1));
    block_.child_lows_.push_back(group.low);
    block_.child_nodes_.push_back(group.node);
  }
  block_.nodes_.push_back({depth, low, high, first_child, static_cast<int32_t>(groups.size())});
  return static_cast<int32_t>(block_.nodes_.size()) - 1;
}

/** Sorts positions_[low, high) by the token that follows their first `depth`; positions stay ascending among equals. */
void BlockBuilder::SortByKey(int32_t depth, int32_t low, int32_t high) {
  const auto begin = block_.positions_.begin() + low;
  const auto end = block_.positions_.begin() + high;
  items_.clear();
  bool same = true;
  for (auto position = begin; position != end; ++position) {
    const uint64_t key = KeyAt(*position, depth);
    items_.push_back(key << 32 | static_cast<uint32_t>(*position));
    same = same && key == items_.front() >> 32;
  }
  if (same) return;
  constexpr size_t kWorthRadix = 1024;
  if (items_.size() < kWorthRadix) {
    std::sort(items_.begin(), items_.end());
  } else {
    RadixSort(items_, spare_, 32, 64);
  }
  std::transform(items_.begin(), items_.end(), begin, [](uint64_t item) { return static_cast<int32_t>(item); });
}

void BlockBuilder::SortBySuffix() {
  // The text: tokens renamed 1, 2, … in order, and a 0 at every run edge, which no common prefix contains.
  const std::span<const int32_t> tokens = block_.child_tokens(block_.root());
  std::vector<int32_t> text;
  std::vector<int32_t> origin;
  text.reserve(block_.words_.size() + block_.words_.size() / 8);
  origin.reserve(text.capacity());
  for (size_t p = 0; p < block_.words_.size(); ++p) {
    const Word word = block_.words_[p];
    if (!IsContinuation(word) && !text.empty()) {
      text.push_back(0);
      origin.push_back(-1);
    }
    if (!IsSearchable(word)) continue;
    const auto rank = std::lower_bound(tokens.begin(), tokens.end(), TokenOf(word)) - tokens.begin();
    text.push_back(static_cast<int32_t>(rank) + 1);
    origin.push_back(static_cast<int32_t>(p));
  }

  std::vector<int32_t> order = SuffixArray(text, static_cast<int32_t>(tokens.size()) + 1);
  std::vector<int32_t> common = CommonPrefixes(text, order);
  const size_t edges = text.size() - block_.positions_.size();
  for (size_t i = 0; i < block_.positions_.size(); ++i) {
    block_.positions_[i] = origin[static_cast<size_t>(order[edges + i])];
  }
  common.erase(common.begin(), common.begin() + static_cast<std::ptrdiff_t>(edges));
  GrowFromCommonPrefixes(common);
}

/**
 * The nodes are the stretches of the order whose suffixes share more with each other than with their neighbours:
 * one sweep with a stack of open stretches finds them all, inner before outer. Only heavy ones become nodes.
 */
void BlockBuilder::GrowFromCommonPrefixes(const std::vector<int32_t>& common) {
  ClearNodes();
  struct Stretch {
    int32_t depth;
    int32_t low;
    int32_t last_part;
  };
  const int32_t count = static_cast<int32_t>(common.size());
  // A stretch parts where the common prefix is exactly its depth; its parts are chained from the last to the first.
  std::vector<int32_t> previous_part(common.size());
  // The node of the widest heavy stretch closed so far that begins here.
  std::vector<int32_t> node_at(common.size(), Block::kNoNode);
  std::vector<int32_t> parts;

  const auto close = [&](const Stretch& stretch, int32_t high) {
    const bool is_root = stretch.depth == 0;
    if (high - stretch.low <= Block::kHeavy && !is_root) return;
    parts.clear();
    for (int32_t part = stretch.last_part; part != stretch.low; part = previous_part[static_cast<size_t>(part)]) {
      parts.push_back(part);
    }
    if (high > stretch.low) parts.push_back(stretch.low);
    std::reverse(parts.begin(), parts.end());
    const int32_t first_child = static_cast<int32_t>(block_.child_tokens_.size());
    for (size_t i = 0; i < parts.size(); ++i) {
      const int32_t low = parts[i];
      const int32_t end = i + 1 < parts.size() ? parts[i + 1] : high;
      const int32_t position = block_.positions_[static_cast<size_t>(low)];
      const uint32_t key = is_root ? static_cast<uint32_t>(TokenOf(block_.words_[static_cast<size_t>(position)])) + 1
                                   : KeyAt(position, stretch.depth);
      if (key == 0) continue;
      block_.child_tokens_.push_back(static_cast<int32_t>(key - 1));
      block_.child_lows_.push_back(low);
      block_.child_nodes_.push_back(end - low > Block::kHeavy ? node_at[static_cast<size_t>(low)] : Block::kNoNode);
    }
    const int32_t child_count = static_cast<int32_t>(block_.child_tokens_.size()) - first_child;
    block_.nodes_.push_back({stretch.depth, stretch.low, high, first_child, child_count});
    if (count > 0) node_at[static_cast<size_t>(stretch.low)] = static_cast<int32_t>(block_.nodes_.size()) - 1;
  };

  std::vector<Stretch> open{{0, 0, 0}};
  for (int32_t i = 1; i < count; ++i) {
    const int32_t depth = common[static_cast<size_t>(i)];
    int32_t low = i - 1;
    while (open.back().depth > depth) {
      low = open.back().low;
      close(open.back(), i);
      open.pop_back();
    }
    if (open.back().depth < depth) open.push_back({depth, low, low});
    previous_part[static_cast<size_t>(i)] = open.back().last_part;
    open.back().last_part = i;
  }
  for (; !open.empty(); open.pop_back()) close(open.back(), count);
}

void BlockBuilder::ClearNodes() {
  block_.nodes_.clear();
  block_.child_tokens_.clear();
  block_.child_lows_.clear();
  block_.child_nodes_.clear();
}

}  // namespace verbatim
