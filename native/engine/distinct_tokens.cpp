#include "distinct_tokens.hpp"

#include <algorithm>

namespace verbatim {

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
  if (sorted_count_ < occurrences_.size()) {
    const auto known = static_cast<std::ptrdiff_t>(sorted_.size());
    sorted_.reserve(occurrences_.size());
    for (size_t i = sorted_count_; i < occurrences_.size(); ++i) sorted_.push_back(occurrences_[i].token);
    sorted_count_ = occurrences_.size();
    std::sort(sorted_.begin() + known, sorted_.end());
    std::inplace_merge(sorted_.begin(), sorted_.begin() + known, sorted_.end());
  }
  return sorted_;
}

size_t DistinctTokens::bytes() const {
  return sizeof(*this) + bitmask_.capacity() * sizeof(uint32_t) + occurrences_.capacity() * sizeof(FirstOccurrence) +
         sorted_.capacity() * sizeof(int32_t);
}

}  // namespace verbatim
