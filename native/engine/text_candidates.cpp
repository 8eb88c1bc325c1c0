#include "text_candidates.hpp"

#include <algorithm>

#include "text_order.hpp"
#include "vector_memory.hpp"

namespace verbatim {
namespace {

/** What follows so many candidates is worth keeping. */
constexpr int32_t kHeavy = 128;

/** Whether the last run of a piece goes on behind it. */
bool RunGoesOn(const TextContext& context, int32_t end) { return ContinuesRun(context.WordAt(end)); }

}  // namespace

void TextCandidates::Begin(const TextContext& context, std::span<const Range> ranges, bool restricted,
                           int32_t max_bytes) {
  ranges_.assign(ranges.begin(), ranges.end());
  restricted_ = restricted;
  max_bytes_ = max_bytes;
  longest_gap_ = context.LongestGap();
  quote_.clear();
  cursors_.clear();
  survivors_.clear();
  Trim(survivors_);
  for (const TextContext::Piece& piece : context.pieces()) {
    cursors_.push_back({piece.block.get(), piece.begin, 0, piece.block->count()});
  }
  const std::span<const TextWord> tail = context.tail();
  for (size_t i = 0; i < tail.size(); ++i) {
    const int32_t start = context.tail_begin() + static_cast<int32_t>(i);
    if (IsStart(tail[i]) && (!restricted_ || LimitOf(context, start) > start)) survivors_.push_back(start);
  }
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

/** Less than 0 where the text after the quote that starts here in a block comes before `bytes`, 0 if it begins so. */
int32_t TextCandidates::Compare(const TextBlock& block, int32_t start, std::span<const uint8_t> bytes) const {
  const std::span<const TextWord> words = block.words();
  size_t position = static_cast<size_t>(start) + static_cast<size_t>(depth());
  for (const uint8_t byte : bytes) {
    if (position >= words.size()) return -1;
    const TextWord word = words[position];
    if (position > static_cast<size_t>(start) && !ContinuesRun(word)) return -1;
    if (ByteOf(word) != byte) return ByteOf(word) < byte ? -1 : 1;
    ++position;
  }
  return 0;
}

/** The part of an interval that goes on with `bytes` inside the block; of few places only where they would begin. */
TextCandidates::Cursor TextCandidates::Narrow(const Cursor& cursor, std::span<const uint8_t> bytes) const {
  const TextBlock& block = *cursor.block;
  const std::span<const int32_t> order = block.order();
  const auto first = std::partition_point(order.begin() + cursor.low, order.begin() + cursor.high,
                                          [&](int32_t start) { return Compare(block, start, bytes) < 0; });
  const int32_t low = static_cast<int32_t>(first - order.begin());
  if (low == cursor.high || Compare(block, *first, bytes) != 0) return {&block, cursor.begin, low, low};
  const int32_t after = depth() + static_cast<int32_t>(bytes.size());
  return {&block, cursor.begin, low, block.NextDifferent(low + 1, cursor.high, after - 1)};
}

bool TextCandidates::Advance(const TextContext& context, std::span<const uint8_t> bytes) {
  const int32_t before = depth();
  const int32_t after = before + static_cast<int32_t>(bytes.size());
  std::vector<Cursor>& cursors = next_cursors_;
  std::vector<int32_t>& survivors = next_survivors_;
  cursors.clear();
  survivors.clear();
  for (const Cursor& cursor : cursors_) {
    const Cursor narrow = Narrow(cursor, bytes);
    const bool is_few = narrow.high - narrow.low <= kFewPlaces;
    if (is_few || MayCut(after)) {
      // Few may stand in any order, and an interval could not tell which of its candidates may go so far.
      const int32_t low = is_few ? std::max(cursor.low, narrow.low - kFewPlaces) : narrow.low;
      const int32_t high = is_few ? std::min(cursor.high, narrow.low + kFewPlaces) : narrow.high;
      for (int32_t i = low; i < high; ++i) {
        const int32_t start = narrow.block->order()[static_cast<size_t>(i)];
        if (Compare(*narrow.block, start, bytes) != 0) continue;
        if (!MayCut(after) || narrow.begin + start + after <= LimitOf(context, narrow.begin + start)) {
          survivors.push_back(narrow.begin + start);
        }
      }
    } else {
      cursors.push_back(narrow);
    }
    // Candidates that reach the block's end meanwhile go on behind it, where the order does not see them.
    const int32_t end = cursor.begin + cursor.block->size();
    if (!RunGoesOn(context, end)) continue;
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
  cursors_.swap(cursors);
  survivors_.swap(survivors);
  survivors.clear();
  Trim(survivors);
  return true;
}

bool TextCandidates::MayEnd(const TextContext& context) const {
  if (depth() == 0) return true;
  for (const Cursor& cursor : cursors_) {
    const std::span<const TextWord> words = cursor.block->words();
    for (int32_t i = cursor.low; i < cursor.high;) {
      const int32_t end = cursor.block->order()[static_cast<size_t>(i)] + depth();
      const bool is_inside = end < cursor.block->size();
      if (IsEnd(is_inside ? words[static_cast<size_t>(end)] : context.WordAt(cursor.begin + end))) return true;
      // Without a caller's edges, candidates that go on alike are alike.
      ++i;
      if (!cursor.block->has_own_edges()) i = cursor.block->NextDifferent(i, cursor.high, depth());
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
    const std::span<const int32_t> order = cursor.block->order();
    if (may_cut) {
      for (int32_t i = cursor.low; i < cursor.high; ++i) single(cursor.begin + order[static_cast<size_t>(i)]);
      continue;
    }
    const int32_t end = cursor.begin + cursor.block->size();
    const bool goes_on = RunGoesOn(context, end);
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
    if (may_cut || depth() > 0 || !RunGoesOn(context, end)) continue;
    for (int32_t start = std::max(cursor.begin, end - context.trie().longest()); start < end; ++start) {
      if (IsStart(context.WordAt(start))) single(start);
    }
  }
  for (const int32_t start : survivors_) single(start);
  return base;
}

std::vector<int32_t> TextCandidates::Starts(const TextContext& context) const {
  std::vector<int32_t> starts = survivors_;
  for (const Cursor& cursor : cursors_) {
    for (int32_t i = cursor.low; i < cursor.high; ++i) {
      starts.push_back(cursor.begin + cursor.block->order()[static_cast<size_t>(i)]);
    }
  }
  std::erase_if(starts, [&](int32_t start) {
    return !IsEnd(context.WordAt(start + depth())) && start + depth() != LimitOf(context, start);
  });
  std::sort(starts.begin(), starts.end());
  return starts;
}

/** Whether the candidate that starts here goes on. */
bool TextCandidates::HasWordAfter(const TextContext& context, int32_t start) const {
  const TextWord word = context.WordAt(start + depth());
  if (depth() == 0 ? !IsStart(word) : !ContinuesRun(word)) return false;
  return start + depth() < LimitOf(context, start);
}

std::vector<uint8_t> TextCandidates::Agreed(const TextContext& context, size_t most, bool latest) const {
  std::vector<int32_t> starts = survivors_;
  for (const Cursor& cursor : cursors_) {
    const std::span<const int32_t> order = cursor.block->order();
    for (int32_t i = cursor.low; i < cursor.high; ++i) starts.push_back(cursor.begin + order[static_cast<size_t>(i)]);
  }
  std::erase_if(starts, [&](int32_t start) { return !HasWordAfter(context, start); });
  if (latest && !starts.empty()) starts = {*std::max_element(starts.begin(), starts.end())};
  std::vector<uint8_t> agreed;
  while (agreed.size() < most && !starts.empty()) {
    const int32_t length = depth() + static_cast<int32_t>(agreed.size());
    const uint8_t byte = ByteOf(context.WordAt(starts.front() + length));
    const auto differs = [&](int32_t start) { return ByteOf(context.WordAt(start + length)) != byte; };
    if (std::any_of(starts.begin(), starts.end(), differs)) break;
    agreed.push_back(byte);
    std::erase_if(starts, [&](int32_t start) {
      return !ContinuesRun(context.WordAt(start + length + 1)) || start + length + 1 >= LimitOf(context, start);
    });
  }
  return agreed;
}

}  // namespace verbatim
