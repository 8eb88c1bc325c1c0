#include "distinct_tokens.hpp"

#include <algorithm>
#include <bit>

namespace verbatim {
namespace {

/** Words of the bitmask that are read in the time it takes to sort one id. */
constexpr size_t kWordsPerSorted = 32;

}  // namespace

void DistinctTokens::AddNew(int32_t token, int32_t position) {
  occurrences_.push_back({token, position});
  bitmask_[static_cast<size_t>(token) >> 5] |= uint32_t{1} << (token & 31);
}

void DistinctTokens::Truncate(int32_t length) {
  while (!occurrences_.empty() && occurrences_.back().position >= length) {
    const int32_t token = occurrences_.back().token;
    bitmask_[static_cast<size_t>(token) >> 5] &= ~(uint32_t{1} << (token & 31));
    occurrences_.pop_back();
  }
  if (sorted_count_ <= occurrences_.size()) return;
  std::erase_if(sorted_, [this](int32_t token) { return !Contains(token); });
  sorted_count_ = occurrences_.size();
}

std::span<const int32_t> DistinctTokens::ids() {
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

size_t DistinctTokens::bytes() const {
  return sizeof(*this) + bitmask_.capacity() * sizeof(uint32_t) + occurrences_.capacity() * sizeof(FirstOccurrence) +
         sorted_.capacity() * sizeof(int32_t);
}

}  // namespace verbatim
