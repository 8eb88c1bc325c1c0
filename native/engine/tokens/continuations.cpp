#include "continuations.hpp"

#include <algorithm>

#include "../sorting/merge_ids.hpp"
#include "../sorting/token_set.hpp"
#include "../sorting/vector_memory.hpp"

namespace verbatim {
namespace {

/** Up to here clearing bits one by one is cheaper than clearing the whole bitmask. */
constexpr size_t kFewBits = 256;

void SetBits(std::span<const int32_t> ids, std::vector<uint32_t>& bitmask) {
  for (const int32_t id : ids) bitmask[static_cast<size_t>(id) >> 5] |= uint32_t{1} << (id & 31);
}

}  // namespace

std::span<const int32_t> Continuations::Ids(Context& context, const Candidates& candidates) {
  if (candidates.IsLone()) {
    lone_ = candidates.LoneContinuation(context);
    return {&lone_, IsContinuation(lone_) ? size_t{1} : 0};
  }
  return IdsOfMany(context, candidates);
}

std::span<const int32_t> Continuations::IdsOfMany(Context& context, const Candidates& candidates) {
  if (!is_known_) Gather(context, candidates);
  if (extra_.empty()) return base_;
  if (base_.empty()) return extra_;
  if (merged_.empty()) {
    merged_.resize(base_.size() + extra_.size());
    MergeIds(base_, extra_, merged_.data());
  }
  return merged_;
}

size_t Continuations::Copy(Context& context, const Candidates& candidates, std::span<int32_t> ids) {
  if (!candidates.IsLone()) return CopyOfMany(context, candidates, ids);
  const Word word = candidates.LoneContinuation(context);
  if (!IsContinuation(word)) return 0;
  if (!ids.empty()) ids.front() = word;
  return 1;
}

size_t Continuations::CopyOfMany(Context& context, const Candidates& candidates, std::span<int32_t> ids) {
  if (!is_known_) Gather(context, candidates);
  const size_t count = base_.size() + extra_.size();
  if (count > ids.size()) return count;
  MergeIds(base_, extra_, ids.data());
  if (extra_.capacity() + merged_.capacity() > kKeptIds) ForgetIds();
  return count;
}

bool Continuations::Contains(Context& context, const Candidates& candidates, int32_t id) {
  if (candidates.IsLone()) return candidates.LoneContinuation(context) == id;
  if (!is_known_) Gather(context, candidates);
  return std::binary_search(base_.begin(), base_.end(), id) || std::binary_search(extra_.begin(), extra_.end(), id);
}

void Continuations::ForgetIds() {
  is_known_ = false;
  if (extra_.capacity() + merged_.capacity() <= kKeptIds) return;
  extra_ = {};
  merged_ = {};
}

size_t Continuations::bytes() const {
  return BytesOf(extra_) + BytesOf(merged_) + BytesOf(bitmask_) + BytesOf(set_ids_);
}

std::span<const uint32_t> Continuations::Bitmask(Context& context, const Candidates& candidates) {
  if (candidates.depth() == 0 && !candidates.restricted() && context.distinct().added_ids().empty()) {
    return context.distinct().base_bitmask();
  }
  ClearBitmask((static_cast<size_t>(context.vocab_size()) + 31) / 32);
  if (!candidates.IsLone()) {
    if (!is_known_) Gather(context, candidates);
    FillBitmask();
  } else if (const Word word = candidates.LoneContinuation(context); IsContinuation(word)) {
    set_ids_.push_back(word);
    SetBits(set_ids_, bitmask_);
  }
  return bitmask_;
}

void Continuations::Gather(Context& context, const Candidates& candidates) {
  base_ = {};
  base_bitmask_ = {};
  extra_.clear();
  merged_.clear();
  if (candidates.depth() == 0 && !candidates.restricted()) {
    base_ = context.distinct().base_ids();
    base_bitmask_ = context.distinct().base_bitmask();
    const std::span<const int32_t> added = context.distinct().added_ids();
    extra_.assign(added.begin(), added.end());
  } else if (candidates.depth() == 0) {
    GatherStarts(context, candidates);
    SortDistinct(extra_, context.vocab_size());
  } else {
    const auto add = [this](int32_t token) {
      if (extra_.empty() || extra_.back() != token) extra_.push_back(token);
    };
    candidates.VisitNodes([&](const Block& block, int32_t node) {
      std::span<const int32_t> tokens = block.child_tokens(node);
      if (tokens.size() > base_.size()) {
        std::swap(tokens, base_);
        base_bitmask_ = block.child_bitmask(node);
      }
      extra_.insert(extra_.end(), tokens.begin(), tokens.end());
    });
    candidates.VisitLoose(context, add);
    DropWhatBaseHolds();
    SortDistinct(extra_, context.vocab_size());
  }
  is_known_ = true;
}

/** Every token of the ranges with which a quote may start. */
void Continuations::GatherStarts(const Context& context, const Candidates& candidates) {
  for (const Range& range : candidates.ranges()) {
    const int32_t end = std::min(range.end, context.length());
    for (int32_t position = range.start; position < end;) {
      const Stretch stretch = context.StretchAt(position);
      for (; position < std::min(end, stretch.end); ++position) {
        if (!context.MayStart(position)) continue;
        if (IsSearchable(stretch.at(position))) extra_.push_back(TokenOf(stretch.at(position)));
      }
    }
  }
}

void Continuations::DropWhatBaseHolds() {
  if (base_.empty()) return;
  std::erase_if(extra_, [this](int32_t id) {
    if (base_bitmask_.empty()) return std::binary_search(base_.begin(), base_.end(), id);
    const size_t word = static_cast<size_t>(id) >> 5;
    return word < base_bitmask_.size() && (base_bitmask_[word] >> (id & 31) & 1) != 0;
  });
}

void Continuations::FillBitmask() {
  set_ids_are_kept_ = base_.size() + extra_.size() <= kFewBits;
  if (set_ids_are_kept_) {
    set_ids_.assign(base_.begin(), base_.end());
    set_ids_.insert(set_ids_.end(), extra_.begin(), extra_.end());
  }
  if (base_bitmask_.empty()) {
    SetBits(base_, bitmask_);
  } else {
    std::copy(base_bitmask_.begin(), base_bitmask_.end(), bitmask_.begin());
  }
  SetBits(extra_, bitmask_);
}

void Continuations::ClearBitmask(size_t words) {
  if (bitmask_.empty()) {
    bitmask_.resize(words);
  } else if (set_ids_are_kept_) {
    for (const int32_t id : set_ids_) bitmask_[static_cast<size_t>(id) >> 5] = 0;
  } else {
    std::fill(bitmask_.begin(), bitmask_.end(), 0);
  }
  set_ids_.clear();
  set_ids_are_kept_ = true;
}

}  // namespace verbatim
