#include "candidates.hpp"

#include <algorithm>

#include "../sorting/vector_memory.hpp"

namespace verbatim {
namespace {

/** What follows so many candidates is worth keeping. */
constexpr int32_t kHeavy = 128;

}  // namespace

void TextCandidates::Begin(const TextContext& context, std::span<const Range> ranges, bool restricted,
                           int32_t max_bytes) {
  // All that takes memory comes first, so that running out of it leaves the candidates as they were.
  ranges_.reserve(ranges.size());
  next_cursors_.clear();
  for (const TextContext::Piece& piece : context.pieces()) {
    next_cursors_.push_back({piece.block.get(), piece.begin, 0, piece.block->index().count()});
  }
  next_survivors_.clear();
  const std::span<const TextWord> tail = context.tail();
  for (size_t i = 0; i < tail.size(); ++i) {
    const int32_t start = context.tail_begin() + static_cast<int32_t>(i);
    if (!IsStart(tail[i])) continue;
    if (!restricted || FindRange(ranges, start, start + 1) != nullptr) next_survivors_.push_back(start);
  }
  ranges_.assign(ranges.begin(), ranges.end());
  restricted_ = restricted;
  max_bytes_ = max_bytes;
  longest_gap_ = context.LongestGap();
  quote_.clear();
  cursors_.swap(next_cursors_);
  survivors_.swap(next_survivors_);
  next_survivors_.clear();
  Trim(next_survivors_);
  Trim(survivors_);
}

int32_t TextCandidates::LimitOf(const TextContext& context, int32_t start) const {
  int32_t end = INT32_MAX;
  if (restricted_) {
    const Range* const range = FindRange(ranges_, start, start + 1);
    if (range == nullptr) return start;
    end = range->end;
  }
  if (max_bytes_ >= end - start) return end;
  int32_t limit = start + max_bytes_;
  while (limit > start && limit < context.length() && !IsEnd(context.WordAt(limit))) --limit;
  return limit;
}

bool TextCandidates::GoesOnWith(const TextContext& context, int32_t start, int32_t from,
                                std::span<const uint8_t> bytes) const {
  int32_t position = start + from;
  std::span<const TextWord> words;
  for (const uint8_t byte : bytes) {
    if (words.empty()) words = context.WordsFrom(position);
    if (words.empty()) return false;
    const TextWord word = words.front();
    if (position == start ? !IsStart(word) : !ContinuesRun(word)) return false;
    if (ByteOf(word) != byte) return false;
    words = words.subspan(1);
    ++position;
  }
  if (!MayCut(position - start)) return true;
  return position <= LimitOf(context, start);
}

bool TextCandidates::Advance(const TextContext& context, std::span<const uint8_t> bytes) {
  const int32_t before = depth();
  const int32_t after = before + static_cast<int32_t>(bytes.size());
  std::vector<Cursor>& cursors = next_cursors_;
  std::vector<int32_t>& survivors = next_survivors_;
  cursors.clear();
  survivors.clear();
  for (const Cursor& cursor : cursors_) {
    const TextIndex& index = cursor.block->index();
    const TextIndex::Part part = index.Narrow({before, cursor.low, cursor.high}, bytes);
    if (!part.is_few && !MayCut(after)) {
      cursors.push_back({cursor.block, cursor.begin, part.low, part.high});
    } else {
      // An interval could not tell which of its candidates may go so far.
      for (int32_t i = part.low; i < part.high; ++i) {
        const int32_t start = index.order()[static_cast<size_t>(i)];
        if (index.Compare(start, before, bytes) != 0) continue;
        if (!MayCut(after) || cursor.begin + start + after <= LimitOf(context, cursor.begin + start)) {
          survivors.push_back(cursor.begin + start);
        }
      }
    }
    // Candidates that reach the block's end meanwhile go on behind it, where the order does not see them.
    const int32_t end = cursor.begin + cursor.block->size();
    if (!ContinuesRun(context.WordAt(end))) continue;
    for (int32_t reach = std::max(before, 1); reach < after && end - reach >= cursor.begin; ++reach) {
      const int32_t start = end - reach;
      if (GoesOnWith(context, start, 0, quote_) && GoesOnWith(context, start, before, bytes)) {
        survivors.push_back(start);
      }
    }
  }
  for (const int32_t start : survivors_) {
    if (GoesOnWith(context, start, before, bytes)) survivors.push_back(start);
  }
  if (cursors.empty() && survivors.empty()) return false;
  const size_t needed = static_cast<size_t>(after);
  if (needed > quote_.capacity()) quote_.reserve(std::max<size_t>(256, 2 * needed));
  quote_.insert(quote_.end(), bytes.begin(), bytes.end());
  if (before == 0 || cursors != cursors_ || survivors != survivors_) unchanged_since_ = after;
  cursors_.swap(cursors);
  survivors_.swap(survivors);
  survivors.clear();
  Trim(survivors);
  return true;
}

bool TextCandidates::RewindTo(int32_t depth) {
  if (depth == 0 || depth < unchanged_since_) return false;
  quote_.resize(static_cast<size_t>(depth));
  return true;
}

bool TextCandidates::MayEnd(const TextContext& context) const {
  if (depth() == 0) return true;
  for (const Cursor& cursor : cursors_) {
    const std::span<const TextWord> words = cursor.block->words();
    const TextIndex& index = cursor.block->index();
    for (int32_t i = cursor.low; i < cursor.high;) {
      const int32_t end = index.order()[static_cast<size_t>(i)] + depth();
      const bool is_inside = end < cursor.block->size();
      if (IsEnd(is_inside ? words[static_cast<size_t>(end)] : context.WordAt(cursor.begin + end))) return true;
      // Without a caller's edges, candidates that go on alike are alike.
      ++i;
      if (!cursor.block->has_own_edges()) i = index.NextDifferent(i, cursor.high, depth());
    }
  }
  return std::any_of(survivors_.begin(), survivors_.end(), [&](int32_t start) {
    return IsEnd(context.WordAt(start + depth())) || start + depth() == LimitOf(context, start);
  });
}

std::shared_ptr<const KeptContinuations> TextCandidates::Collect(const TextContext& context, TextWalk& walk) const {
  std::shared_ptr<const KeptContinuations> base;
  const bool may_cut = MayCut(depth() + context.trie().longest());
  const auto word_at = [&context](int32_t position) { return context.WordAt(position); };
  const auto single = [&](int32_t start) {
    const int32_t position = start + depth();
    const int32_t limit = may_cut ? LimitOf(context, start) : INT32_MAX;
    const TextContext::Piece* const piece = context.PieceAt(position);
    if (depth() > 0 && piece != nullptr && walk.Known(*piece->block, position - piece->begin, limit - piece->begin)) {
      return;
    }
    walk.Single(position, limit, depth() == 0, word_at);
  };
  for (const Cursor& cursor : cursors_) {
    const std::span<const int32_t> order = cursor.block->index().order();
    if (may_cut) {
      for (int32_t i = cursor.low; i < cursor.high; ++i) single(cursor.begin + order[static_cast<size_t>(i)]);
      continue;
    }
    const int32_t end = cursor.begin + cursor.block->size();
    const bool goes_on = ContinuesRun(context.WordAt(end));
    const bool is_kept = depth() == 0 || (!goes_on && cursor.high - cursor.low >= kHeavy);
    if (!is_kept) {
      walk.Interval(*cursor.block, {depth(), cursor.low, cursor.high}, goes_on,
                    [&](int32_t start) { single(cursor.begin + start); });
      continue;
    }
    auto starts =
        cursor.block->ContinuationsOf(context.trie(), walk.closing(), {depth(), cursor.low, cursor.high}, goes_on);
    if (base == nullptr || base->tokens.size() < starts->tokens.size()) base.swap(starts);
    if (starts == nullptr) continue;
    walk.Add(*starts);
  }
  for (const Cursor& cursor : cursors_) {
    const int32_t end = cursor.begin + cursor.block->size();
    if (may_cut || depth() > 0 || !ContinuesRun(context.WordAt(end))) continue;
    for (int32_t start = std::max(cursor.begin, end - context.trie().longest()); start < end; ++start) {
      if (IsStart(context.WordAt(start))) single(start);
    }
  }
  for (const int32_t start : survivors_) single(start);
  return base;
}

}  // namespace verbatim
