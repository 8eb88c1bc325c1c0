#include "block_builder.hpp"

#include <algorithm>
#include <bit>

#include "../sorting/suffix_array.hpp"

namespace verbatim {
namespace {

/** How deep natural text is sorted: what is heavy beyond this many tokens repeats whole passages. */
constexpr int32_t kDepthLimit = 6;

/** A block is repetitive if more than one in this many of its candidates is heavy beyond kDepthLimit. */
constexpr int64_t kRepetitive = 32;

/** Words that a child takes: token, low end and node, and as much again for its bits. */
constexpr size_t kWordsPerChild = 6;

/** The token of a word that a match can go on into, plus one; otherwise 0. */
uint32_t ContinuationKey(Word word) { return static_cast<uint32_t>(std::max(word, Word{-1}) + 1); }

int BitsFor(uint64_t largest) { return static_cast<int>(std::bit_width(largest)); }

}  // namespace

void BlockBuilder::Build() {
  SortByTwoTokens();
  block_.child_tokens_.reserve(block_.positions_.size() / 2);
  block_.child_starts_.reserve(block_.positions_.size() / 2);
  GrowNode(0, 0, static_cast<int32_t>(block_.positions_.size()));
  if (IsRepetitive()) SortBySuffix();
  block_.nodes_.push_back({0, static_cast<int32_t>(block_.child_tokens_.size()), Block::kNoBitmask});
  IndexRoot();
  block_.nodes_.shrink_to_fit();
  block_.child_tokens_.shrink_to_fit();
  block_.child_starts_.shrink_to_fit();
  block_.bitmasks_.shrink_to_fit();
}

bool BlockBuilder::IsRepetitive() const { return heavy_left_ * kRepetitive > block_.size(); }

uint32_t BlockBuilder::KeyAt(int32_t position, int32_t depth) const {
  const size_t next = static_cast<size_t>(position) + static_cast<size_t>(depth);
  if (depth == 0) return static_cast<uint32_t>(TokenOf(block_.words_[next])) + 1;
  return next < block_.words_.size() ? ContinuationKey(block_.words_[next]) : 0;
}

void BlockBuilder::SortByTwoTokens() {
  const std::vector<Word>& words = block_.words_;
  Word largest = 0;
  for (const Word word : words) largest = std::max(largest, TokenOf(word));
  block_.bitmask_words_ = (static_cast<size_t>(largest) >> 5) + 1;
  token_bits_ = BitsFor(static_cast<uint64_t>(largest) + 1);
  position_bits_ = BitsFor(words.size());
  if (position_bits_ + 2 * token_bits_ > 64) {
    SortByTwoWideTokens();
    return;
  }
  uint64_t* const items = items_.Reset(words.size());
  size_t count = 0;
  for (size_t p = 0; p < words.size(); ++p) {
    const uint64_t first = static_cast<uint64_t>(TokenOf(words[p])) + 1;
    const uint64_t second = p + 1 < words.size() ? ContinuationKey(words[p + 1]) : 0;
    items[count] = (first << token_bits_ | second) << position_bits_ | p;
    count += IsSearchable(words[p]) ? 1 : 0;
  }
  items_.SetSize(count);
  items_.Sort(position_bits_, position_bits_ + 2 * token_bits_);
  const uint64_t position_mask = (uint64_t{1} << position_bits_) - 1;
  block_.positions_.resize(count);
  std::transform(items_.items().begin(), items_.items().end(), block_.positions_.begin(),
                 [position_mask](uint64_t item) { return static_cast<int32_t>(item & position_mask); });
}

/** Where two ids and a position do not fit into one item: by the second token, then, stably, by the first. */
void BlockBuilder::SortByTwoWideTokens() {
  const std::vector<Word>& words = block_.words_;
  for (size_t p = 0; p < words.size(); ++p) {
    if (IsSearchable(words[p])) block_.positions_.push_back(static_cast<int32_t>(p));
  }
  const int32_t count = static_cast<int32_t>(block_.positions_.size());
  SortByKey(1, 0, count);
  SortByKey(0, 0, count);
}

/** Appends the parts of positions_[low, high) by the token after the first `depth`: the key and low end of each. */
void BlockBuilder::FindParts(int32_t depth, int32_t low, int32_t high) {
  const auto find = [&](auto&& key_of) {
    uint32_t last_key = 0;
    for (int32_t i = low; i < high; ++i) {
      const uint32_t key = key_of(static_cast<size_t>(i));
      if (key == last_key) continue;
      parts_.push_back({key, i, Block::kNoNode});
      last_key = key;
    }
  };
  const uint64_t* const items = items_.items().data();
  const uint64_t key_mask = (uint64_t{1} << token_bits_) - 1;
  if (depth > 1 || items_.items().empty()) {
    find([&](size_t i) { return KeyAt(block_.positions_[i], depth); });
  } else {
    const int shift = position_bits_ + (depth == 0 ? token_bits_ : 0);
    find([=](size_t i) { return static_cast<uint32_t>(items[i] >> shift & key_mask); });
  }
}

/** Appends the node of positions_[low, high), its heavy children before it; returns its index. */
int32_t BlockBuilder::GrowNode(int32_t depth, int32_t low, int32_t high) {
  const size_t first = parts_.size();
  FindParts(depth, low, high);
  const size_t last = parts_.size();
  // A tree that will not be used need not be finished.
  for (size_t i = first; i < last && !IsRepetitive(); ++i) {
    const int32_t part = parts_[i].low;
    const int32_t end = i + 1 < last ? parts_[i + 1].low : high;
    if (end - part <= (depth == 0 ? Block::kHeavyToken : Block::kHeavy)) continue;
    if (depth + 1 == kDepthLimit) {
      heavy_left_ += end - part;
      continue;
    }
    if (depth + 1 > 1) SortByKey(depth + 1, part, end);
    const int32_t node = GrowNode(depth + 1, part, end);
    parts_[i].node = node;
  }
  const int32_t first_child = static_cast<int32_t>(block_.child_tokens_.size());
  for (const Part& part : std::span(parts_).subspan(first)) {
    block_.child_tokens_.push_back(static_cast<int32_t>(part.key - 1));
    block_.child_starts_.push_back({part.low, part.node});
  }
  parts_.resize(first);
  return AppendNode(depth, first_child);
}

/** Appends a node whose children are those from `first_child` on; returns its index. */
int32_t BlockBuilder::AppendNode(int32_t depth, int32_t first_child) {
  const int32_t child_count = static_cast<int32_t>(block_.child_tokens_.size()) - first_child;
  int32_t bitmask = Block::kNoBitmask;
  // The root's set is the context's to keep; and a bitmask may not take more room than the children do.
  const bool is_dense = static_cast<size_t>(child_count) * kWordsPerChild > block_.bitmask_words_;
  if (depth > 0 && child_count > Block::kWide && is_dense) {
    const size_t begin = block_.bitmasks_.size();
    bitmask = static_cast<int32_t>(begin / block_.bitmask_words_);
    block_.bitmasks_.resize(begin + block_.bitmask_words_);
    for (int32_t i = first_child; i < first_child + child_count; ++i) {
      const int32_t token = block_.child_tokens_[static_cast<size_t>(i)];
      block_.bitmasks_[begin + (static_cast<size_t>(token) >> 5)] |= uint32_t{1} << (token & 31);
    }
  }
  block_.nodes_.push_back({depth, first_child, bitmask});
  return static_cast<int32_t>(block_.nodes_.size()) - 1;
}

/** Where the root's children are many, finds them by token. */
void BlockBuilder::IndexRoot() {
  const size_t first = static_cast<size_t>(block_.nodes_[static_cast<size_t>(block_.root())].first_child);
  if ((block_.child_tokens_.size() - first) * kWordsPerChild < 2 * block_.bitmask_words_) return;
  block_.root_tokens_.resize(block_.bitmask_words_);
  for (size_t i = first; i < block_.child_tokens_.size(); ++i) {
    const int32_t token = block_.child_tokens_[i];
    block_.root_tokens_[static_cast<size_t>(token) >> 5].bits |= uint32_t{1} << (token & 31);
  }
  int32_t before = static_cast<int32_t>(first);
  for (Block::RootTokens& tokens : block_.root_tokens_) {
    tokens.before = before;
    before += std::popcount(tokens.bits);
  }
}

/** Sorts positions_[low, high) by the token that follows their first `depth`; equals keep their order. */
void BlockBuilder::SortByKey(int32_t depth, int32_t low, int32_t high) {
  const auto begin = block_.positions_.begin() + low;
  const size_t count = static_cast<size_t>(high - low);
  uint64_t* const bucket = bucket_.Reset(count);
  bool same = true;
  for (size_t i = 0; i < count; ++i) {
    const int32_t position = begin[static_cast<std::ptrdiff_t>(i)];
    bucket[i] = uint64_t{KeyAt(position, depth)} << 32 | static_cast<uint32_t>(position);
    same = same && bucket[i] >> 32 == bucket[0] >> 32;
  }
  if (same) return;
  bucket_.SetSize(count);
  bucket_.Sort(32, 64);
  std::transform(bucket_.items().begin(), bucket_.items().end(), begin,
                 [](uint64_t item) { return static_cast<int32_t>(item); });
}

void BlockBuilder::SortBySuffix() {
  // The text: tokens renamed 1, 2, … in order, and a 0 at every run edge, which no common prefix contains.
  const std::span<const int32_t> tokens =
      std::span(block_.child_tokens_).subspan(static_cast<size_t>(block_.nodes_.back().first_child));
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
  block_.nodes_.clear();
  block_.child_tokens_.clear();
  block_.child_starts_.clear();
  block_.bitmasks_.clear();
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
      const uint32_t key = KeyAt(position, stretch.depth);
      if (key == 0) continue;
      block_.child_tokens_.push_back(static_cast<int32_t>(key - 1));
      const bool is_heavy = end - low > Block::kHeavy;
      block_.child_starts_.push_back({low, is_heavy ? node_at[static_cast<size_t>(low)] : Block::kNoNode});
    }
    const int32_t node = AppendNode(stretch.depth, first_child);
    if (count > 0) node_at[static_cast<size_t>(stretch.low)] = node;
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

}  // namespace verbatim
