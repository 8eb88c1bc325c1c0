#include "block.hpp"

#include <algorithm>
#include <iterator>

#include "../sorting/token_set.hpp"
#include "walk.hpp"

namespace verbatim {
namespace {

/** Ids for which a walk has room from the start. */
constexpr size_t kRoom = 4096;

}  // namespace

void TextBlock::MakeIndex(const TokenTrie& trie) const {
  if (is_indexed()) return;
  const std::lock_guard<std::mutex> lock(index_mutex_);
  if (made_index_ != nullptr) return;
  made_index_ = std::make_unique<const TextIndex>(trie, words_);
  index_.store(made_index_.get(), std::memory_order_release);
}

std::shared_ptr<const KeptContinuations> TextBlock::ContinuationsOf(const TokenTrie& trie, const ClosingTokens& closing,
                                                                    const TextIndex::Interval& interval,
                                                                    bool run_goes_on) const {
  {
    const std::lock_guard<std::mutex> lock(kept_mutex_);
    const auto known = kept_.find(KeyView{interval, run_goes_on, closing.tag()});
    if (known != kept_.end()) return known->second;
  }
  // Others need not wait meanwhile: where they look for the same, one of the results is kept.
  const auto found = FindContinuations(trie, closing, interval, run_goes_on);
  Key key = {interval, run_goes_on, {closing.tag().begin(), closing.tag().end()}};
  const size_t bytes = sizeof(key) + key.tag.capacity() + sizeof(*found) +
                       found->closers.capacity() * sizeof(found->closers[0]) +
                       (found->tokens.capacity() + found->ids.capacity()) * sizeof(int32_t);
  const std::lock_guard<std::mutex> lock(kept_mutex_);
  if (kept_ids_ + found->ids.size() > kKeptPerByte * words_.size() + static_cast<size_t>(trie.vocab_size())) {
    kept_.clear();
    kept_ids_ = 0;
    kept_bytes_ = 0;
  }
  const auto [kept, is_new] = kept_.emplace(std::move(key), found);
  if (is_new) {
    kept_ids_ += found->ids.size();
    kept_bytes_ += bytes;
  }
  return kept->second;
}

std::shared_ptr<const KeptContinuations> TextBlock::FindContinuations(const TokenTrie& trie,
                                                                      const ClosingTokens& closing,
                                                                      const TextIndex::Interval& interval,
                                                                      bool run_goes_on) const {
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
  return found;
}

size_t TextBlock::bytes() const {
  const size_t index_bytes = is_indexed() ? index().bytes() : 0;
  const std::lock_guard<std::mutex> lock(kept_mutex_);
  return sizeof(*this) + words_.capacity() * sizeof(TextWord) + index_bytes + kept_bytes_;
}

}  // namespace verbatim
