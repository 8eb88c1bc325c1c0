#include "text_block.hpp"

#include <algorithm>

#include "suffix_array.hpp"
#include "text_walk.hpp"

namespace verbatim {
namespace {

constexpr size_t kFanOut = 64;
/** Symbols of a suffix array's text: 0 between runs, and the bytes from 1 on. */
constexpr int32_t kAlphabet = 257;
/** Lets a walk end at the block's end. */
class Unknown : public TextWalk::Beyond {
 public:
  TextWord WordAt(int32_t) const override { return kUnknown; }
};

}  // namespace

TextBlock::TextBlock(std::vector<TextWord> words, bool any_edges) : words_(std::move(words)), any_edges_(any_edges) {
  std::vector<int32_t> text;
  std::vector<int32_t> origin;
  text.reserve(words_.size() + 16);
  origin.reserve(words_.size() + 16);
  for (size_t position = 0; position < words_.size(); ++position) {
    const TextWord word = words_[position];
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
  std::vector<int32_t> kept;
  int32_t shared = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const int32_t position = origin[static_cast<size_t>(sorted[i])];
    // Between two starts lie suffixes that are none: the two share what all of them share.
    shared = std::min(shared, common[i]);
    if (position < 0 || !IsStart(words_[static_cast<size_t>(position)])) continue;
    order_.push_back(position);
    kept.push_back(shared);
    shared = INT32_MAX;
  }
  order_.shrink_to_fit();
  kept.shrink_to_fit();
  levels_.push_back(std::move(kept));
  while (levels_.back().size() > kFanOut) {
    const std::vector<int32_t>& below = levels_.back();
    std::vector<int32_t> least;
    for (size_t i = 0; i < below.size(); i += kFanOut) {
      least.push_back(
          *std::min_element(below.begin() + static_cast<std::ptrdiff_t>(i),
                            below.begin() + static_cast<std::ptrdiff_t>(std::min(below.size(), i + kFanOut))));
    }
    levels_.push_back(std::move(least));
  }
}

int32_t TextBlock::NextDifferent(int32_t from, int32_t end, int32_t most) const {
  size_t i = static_cast<size_t>(from);
  size_t level = 0;
  for (;;) {
    const std::vector<int32_t>& least = levels_[level];
    // To the end of the group, or of the level.
    const size_t group_end = std::min(least.size(), (i / kFanOut + 1) * kFanOut);
    while (i < group_end && least[i] > most) ++i;
    if (i < group_end) {
      if (level == 0) return std::min(static_cast<int32_t>(i), end);
      i *= kFanOut;
      --level;
      continue;
    }
    if (i >= least.size()) return end;
    // Past a group's end everything of the next groups is to be looked at: from one level above, if there is one.
    if (level + 1 < levels_.size()) {
      ++level;
      i /= kFanOut;
    }
    if (level == 0 && static_cast<int32_t>(i) >= end) return end;
  }
}

std::shared_ptr<const TextContinuations> TextBlock::ContinuationsOf(const TokenTrie& trie, std::span<const uint8_t> tag,
                                                                    const Interval& interval, bool run_goes_on) const {
  Key key = {{tag.begin(), tag.end()}, run_goes_on, interval};
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const auto known = kept_.find(key); known != kept_.end()) return known->second;
  auto found = std::make_shared<TextContinuations>();
  const Unknown unknown;
  TextWalk(trie, tag, *found)
      .Interval(*this, interval.depth, interval.low, interval.high, run_goes_on ? &unknown : nullptr);
  std::sort(found->tokens.begin(), found->tokens.end());
  kept_ids_ += found->tokens.size();
  if (kept_ids_ > kKeptPerByte * words_.size() + static_cast<size_t>(trie.vocab_size())) {
    kept_.clear();
    kept_ids_ = found->tokens.size();
  }
  kept_.emplace(std::move(key), found);
  return found;
}

size_t TextBlock::bytes() const {
  size_t total = sizeof(*this) + words_.capacity() * sizeof(TextWord) + order_.capacity() * sizeof(int32_t);
  for (const std::vector<int32_t>& level : levels_) total += level.capacity() * sizeof(int32_t);
  return total;
}

}  // namespace verbatim
