#include "matcher.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "token_set.hpp"

namespace verbatim {
namespace {

/** Up to here sorting ids is cheaper than a pass over the scratch set. */
constexpr size_t kFewIds = 32;
/** Up to here clearing bits one by one is cheaper than clearing the whole bitmask. */
constexpr size_t kFewBits = 256;

/** Sorts ids and drops repetitions. */
void SortDistinct(std::vector<int32_t>& ids, int32_t vocab_size) {
  if (ids.size() < 2) return;
  if (ids.size() <= kFewIds) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return;
  }
  thread_local TokenSet set;
  set.Reserve(vocab_size);
  for (const int32_t id : ids) set.Insert(id);
  ids.clear();
  set.DrainTo(ids);
}

}  // namespace

Matcher::Matcher(std::shared_ptr<Context> context) : context_(std::move(context)), version_(context_->version()) {}

void Matcher::Begin(std::span<const Range> ranges, bool restricted) {
  candidates_.Begin(ranges, restricted);
  version_ = context_->version();
  has_allowed_ = false;
}

bool Matcher::Advance(int32_t token) {
  if (!candidates_.Advance(*context_, token)) return false;
  has_allowed_ = false;
  return true;
}

void Matcher::Rewind(size_t depth) {
  Candidates rewound;
  rewound.Begin(candidates_.ranges(), candidates_.restricted());
  for (const int32_t token : candidates_.quote().first(depth)) rewound.Advance(*context_, token);
  candidates_ = std::move(rewound);
  has_allowed_ = false;
}

bool Matcher::Allows(int32_t token) {
  const std::span<const int32_t> allowed = Allowed();
  return std::binary_search(allowed.begin(), allowed.end(), token);
}

std::span<const int32_t> Matcher::Allowed() {
  if (has_allowed_) return allowed_;
  const Node* node = nullptr;
  if (candidates_.depth() == 0 && !candidates_.restricted()) {
    allowed_ = context_->distinct_ids();
  } else if (const Block* block = candidates_.OnlyNode(node)) {
    allowed_ = block->child_tokens(*node);
  } else {
    ids_.clear();
    if (candidates_.depth() == 0) {
      CollectStarts();
    } else {
      candidates_.VisitContinuations(*context_, [this](int32_t token) {
        if (ids_.empty() || ids_.back() != token) ids_.push_back(token);
      });
    }
    SortDistinct(ids_, context_->vocab_size());
    allowed_ = ids_;
  }
  has_allowed_ = true;
  return allowed_;
}

/** Every searchable token of the ranges. */
void Matcher::CollectStarts() {
  for (const Range& range : candidates_.ranges()) {
    const int32_t end = std::min(range.end, context_->length());
    for (int32_t position = range.start; position < end;) {
      const Stretch stretch = context_->StretchAt(position);
      for (; position < std::min(end, stretch.end); ++position) {
        if (IsSearchable(stretch.at(position))) ids_.push_back(TokenOf(stretch.at(position)));
      }
    }
  }
}

std::span<const uint32_t> Matcher::Bitmask() {
  if (candidates_.depth() == 0 && !candidates_.restricted()) return context_->distinct().bitmask();
  if (bitmask_.empty()) bitmask_.resize((static_cast<size_t>(context_->vocab_size()) + 31) / 32);
  const std::span<const int32_t> ids = Allowed();
  if (set_bits_are_known_) {
    for (const int32_t id : set_bits_) bitmask_[static_cast<size_t>(id) >> 5] = 0;
  } else {
    std::fill(bitmask_.begin(), bitmask_.end(), 0);
  }
  set_bits_.clear();
  set_bits_are_known_ = ids.size() <= kFewBits;
  if (set_bits_are_known_) set_bits_.assign(ids.begin(), ids.end());
  for (const int32_t id : ids) bitmask_[static_cast<size_t>(id) >> 5] |= uint32_t{1} << (id & 31);
  return bitmask_;
}

size_t Matcher::Draft(std::span<int32_t> tokens) const {
  Matcher ahead(context_);
  ahead.candidates_ = candidates_;
  size_t count = 0;
  while (count < tokens.size()) {
    const std::span<const int32_t> allowed = ahead.Allowed();
    if (allowed.size() != 1) break;
    tokens[count] = allowed.front();
    ahead.Advance(tokens[count++]);
  }
  return count;
}

size_t Matcher::DraftLatest(std::span<int32_t> tokens) const {
  const int32_t start = candidates_.LatestContinuation(*context_);
  if (start < 0) return 0;
  const int32_t quote_start = start - candidates_.depth();
  size_t count = 0;
  for (int32_t position = start; count < tokens.size() && position < context_->length(); ++position) {
    const Word word = context_->WordAt(position);
    // The first token of a quote may be the first of its run.
    if (!IsContinuation(word) && position != quote_start) break;
    if (candidates_.restricted() && !Candidates::FindRange(candidates_.ranges(), quote_start, position + 1)) break;
    tokens[count++] = TokenOf(word);
  }
  return count;
}

size_t Matcher::Sources(std::span<const Range> ranges, bool restricted, std::span<int32_t> starts) const {
  const int32_t depth = candidates_.depth();
  if (depth == 0 || starts.empty()) return 0;
  std::vector<int32_t> found;
  candidates_.AppendStarts(found);
  if (restricted) {
    std::erase_if(found, [&](int32_t start) { return !Candidates::FindRange(ranges, start, start + depth); });
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  const size_t count = std::min(found.size(), starts.size());
  std::copy_n(found.begin(), count, starts.begin());
  return count;
}

}  // namespace verbatim
