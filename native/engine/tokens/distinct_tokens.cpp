#include "distinct_tokens.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace verbatim {
namespace {

/** Words of the bitmask that are read in the time it takes to sort one id. */
constexpr size_t kWordsPerSorted = 32;
/** Up to so many own tokens are copied rather than shared. */
constexpr size_t kFewToCopy = 256;

void SetBit(std::vector<uint32_t>& bitmask, int32_t token) {
  bitmask[static_cast<size_t>(token) >> 5] |= uint32_t{1} << (token & 31);
}

}  // namespace

bool DistinctTokens::FewContain(int32_t token) const {
  return std::binary_search(sorted_.begin(), sorted_.end(), token);
}

void DistinctTokens::AddNew(int32_t token, int32_t position) {
  if (bitmask_.empty()) {
    AddToFew(token, position);
    return;
  }
  occurrences_.push_back({token, position});
  SetBit(bitmask_, token);
}

void DistinctTokens::AddToFew(int32_t token, int32_t position) {
  // Room comes first, so that running out of memory leaves the set as it was.
  if (sorted_.size() == sorted_.capacity()) sorted_.reserve(std::max<size_t>(16, 2 * sorted_.size()));
  if (occurrences_.size() >= WordsFor(vocab_size_)) {
    // A bitmask takes no more room than so many ids.
    std::vector<uint32_t> bitmask(WordsFor(vocab_size_));
    for (const int32_t id : sorted_) SetBit(bitmask, id);
    bitmask_.swap(bitmask);
    AddNew(token, position);
    return;
  }
  occurrences_.push_back({token, position});
  sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), token), token);
  sorted_count_ = occurrences_.size();
}

void DistinctTokens::PrepareTruncate(int32_t length) {
  if (shared_ == nullptr || shared_->occurrences.empty() || shared_->occurrences.back().position < length) return;
  DistinctTokens own(vocab_size_);
  own.occurrences_ = shared_->occurrences;
  own.occurrences_.insert(own.occurrences_.end(), occurrences_.begin(), occurrences_.end());
  own.bitmask_ = shared_->bitmask;
  for (const FirstOccurrence& occurrence : occurrences_) SetBit(own.bitmask_, occurrence.token);
  own.sorted_ = shared_->ids;
  own.sorted_count_ = shared_->occurrences.size();
  *this = std::move(own);
}

void DistinctTokens::Truncate(int32_t length) {
  while (!occurrences_.empty() && occurrences_.back().position >= length) {
    const int32_t token = occurrences_.back().token;
    if (bitmask_.empty()) {
      sorted_.erase(std::lower_bound(sorted_.begin(), sorted_.end(), token));
    } else {
      bitmask_[static_cast<size_t>(token) >> 5] &= ~(uint32_t{1} << (token & 31));
    }
    occurrences_.pop_back();
  }
  if (sorted_count_ <= occurrences_.size()) return;
  if (!bitmask_.empty()) std::erase_if(sorted_, [this](int32_t token) { return !HasBit(bitmask_, token); });
  sorted_count_ = occurrences_.size();
}

void DistinctTokens::Share(bool few_too) {
  const bool is_few = shared_ != nullptr && occurrences_.size() <= kFewToCopy;
  if (is_few && (occurrences_.empty() || !few_too)) return;
  auto all = std::make_shared<SharedTokens>();
  const std::span<const int32_t> own = own_ids();
  if (shared_ == nullptr) {
    all->ids = std::move(sorted_);
    all->bitmask = std::move(bitmask_);
    all->occurrences = std::move(occurrences_);
  } else {
    all->ids.reserve(shared_->ids.size() + own.size());
    std::merge(shared_->ids.begin(), shared_->ids.end(), own.begin(), own.end(), std::back_inserter(all->ids));
    all->bitmask = shared_->bitmask;
    for (const int32_t id : own) SetBit(all->bitmask, id);
    all->occurrences.reserve(all->ids.size());
    all->occurrences = shared_->occurrences;
    all->occurrences.insert(all->occurrences.end(), occurrences_.begin(), occurrences_.end());
  }
  shared_ = std::move(all);
  is_inherited_ = false;
  occurrences_ = {};
  bitmask_ = {};
  sorted_ = {};
  sorted_count_ = 0;
}

std::span<const int32_t> DistinctTokens::own_ids() {
  if (sorted_count_ == occurrences_.size()) return sorted_;
  sorted_.reserve(occurrences_.size());
  if (occurrences_.size() - sorted_count_ > bitmask_.size() / kWordsPerSorted) {
    sorted_.clear();
    for (size_t word = 0; word < bitmask_.size(); ++word) {
      for (uint32_t bits = bitmask_[word]; bits != 0; bits &= bits - 1) {
        sorted_.push_back(static_cast<int32_t>(word * 32) + std::countr_zero(bits));
      }
    }
  } else {
    const auto known = static_cast<std::ptrdiff_t>(sorted_.size());
    for (size_t i = sorted_count_; i < occurrences_.size(); ++i) sorted_.push_back(occurrences_[i].token);
    std::sort(sorted_.begin() + known, sorted_.end());
    std::inplace_merge(sorted_.begin(), sorted_.begin() + known, sorted_.end());
  }
  sorted_count_ = occurrences_.size();
  return sorted_;
}

size_t DistinctTokens::shared_bytes() const {
  if (shared_ == nullptr) return 0;
  return sizeof(SharedTokens) + shared_->bitmask.capacity() * sizeof(uint32_t) +
         shared_->occurrences.capacity() * sizeof(FirstOccurrence) + shared_->ids.capacity() * sizeof(int32_t);
}

size_t DistinctTokens::own_bytes() const {
  return (is_inherited_ ? 0 : shared_bytes()) + bitmask_.capacity() * sizeof(uint32_t) +
         occurrences_.capacity() * sizeof(FirstOccurrence) + sorted_.capacity() * sizeof(int32_t);
}

}  // namespace verbatim
