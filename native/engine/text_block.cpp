#include "text_block.hpp"

#include <algorithm>
#include <iterator>

#include "text_order.hpp"
#include "text_walk.hpp"
#include "token_set.hpp"

namespace verbatim {
namespace {

constexpr size_t kFanOut = 64;
/** Ids for which a walk has room from the start. */
constexpr size_t kRoom = 4096;

}  // namespace

TextBlock::TextBlock(const TokenTrie& trie, std::vector<TextWord> words)
    : words_(std::move(words)), has_own_edges_(HasOwnEdges(words_)), gaps_(words_) {
  TextOrder order = OrderStarts(words_);
  paths_ = TextPaths(trie, words_, order);
  order_ = std::move(order.starts);
  levels_.push_back(std::move(order.common));
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

std::shared_ptr<const KeptContinuations> TextBlock::ContinuationsOf(const TokenTrie& trie, const ClosingTokens& closing,
                                                                    const Interval& interval, bool run_goes_on) const {
  Key key = {interval, run_goes_on, {closing.tag().begin(), closing.tag().end()}};
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const auto known = kept_.find(key); known != kept_.end()) return known->second;
  TextContinuations walked;
  walked.tokens.reserve(kRoom);
  TextWalk walk(trie, closing, walked);
  walk.Interval(*this, interval, run_goes_on, [](int32_t) {});
  if (interval.depth == 0) walk.Close();
  SortDistinct(walked.tokens, trie.vocab_size());
  std::vector<int32_t> closers;
  for (const TextContinuations::Closer& closer : walked.closers) closers.push_back(closer.token);
  SortDistinct(closers, trie.vocab_size());
  // What is kept takes no more room than it fills.
  auto found = std::make_shared<KeptContinuations>();
  found->tokens.assign(walked.tokens.begin(), walked.tokens.end());
  found->closers.assign(walked.closers.begin(), walked.closers.end());
  found->ids.reserve(walked.tokens.size() + closers.size());
  std::set_union(walked.tokens.begin(), walked.tokens.end(), closers.begin(), closers.end(),
                 std::back_inserter(found->ids));
  kept_ids_ += found->ids.size();
  if (kept_ids_ > kKeptPerByte * words_.size() + static_cast<size_t>(trie.vocab_size())) {
    kept_.clear();
    kept_ids_ = found->ids.size();
  }
  kept_.emplace(std::move(key), found);
  return found;
}

size_t TextBlock::bytes() const {
  size_t total =
      sizeof(*this) + paths_.bytes() + words_.capacity() * sizeof(TextWord) + order_.capacity() * sizeof(int32_t);
  for (const std::vector<int32_t>& level : levels_) total += level.capacity() * sizeof(int32_t);
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [key, kept] : kept_) {
    total += sizeof(key) + key.tag.capacity() + sizeof(*kept) + kept->closers.capacity() * sizeof(kept->closers[0]) +
             (kept->tokens.capacity() + kept->ids.capacity()) * sizeof(int32_t);
  }
  return total;
}

}  // namespace verbatim
