#include <algorithm>

#include "candidates.hpp"
#include "order.hpp"

namespace verbatim {
namespace {

/** Whether a run ends, as far as a block shows, so many bytes after a place in it where a quote may start. */
bool EndsAt(std::span<const TextWord> words, int32_t start, int32_t length) {
  const size_t end = static_cast<size_t>(start) + static_cast<size_t>(length);
  return length > 0 && (end == words.size() || !ContinuesRun(words[end]));
}

bool AreAlike(std::span<const TextWord> words, int32_t one, int32_t other, int32_t length) {
  for (int32_t i = 0; i < length; ++i) {
    const TextWord word = words[static_cast<size_t>(one) + static_cast<size_t>(i)];
    if (ByteOf(word) != ByteOf(words[static_cast<size_t>(other) + static_cast<size_t>(i)])) return false;
    if (i == 0 ? !IsStart(word) : !ContinuesRun(word)) return false;
  }
  return true;
}

}  // namespace

/** Whether the candidate that starts here has a continuation. */
bool TextCandidates::GoesOn(const TextContext& context, int32_t start) const {
  const int32_t end = start + depth();
  const TextWord word = context.WordAt(end);
  if (depth() == 0 ? !IsStart(word) : !ContinuesRun(word)) return false;
  return !MayCut(depth() + 1) || end < LimitOf(context, start);
}

/** Of so many more bytes those that no limit cuts, whatever the candidate. */
int32_t TextCandidates::Uncut(size_t most) const {
  if (restricted_) return 0;
  return std::clamp(max_bytes_ - longest_gap_ - depth(), 0, static_cast<int32_t>(most));
}

std::vector<uint8_t> TextCandidates::Agreed(const TextContext& context, size_t most) const {
  TextAgreement agreement(most);
  for (const Cursor& cursor : cursors_) AgreeInside(context, cursor, agreement);
  for (const int32_t start : survivors_) {
    if (agreement.IsSettledWithin(0)) break;
    AgreeWith(context, start, agreement);
  }
  return std::move(agreement).Take();
}

/** Candidates of a block: where they part, the order tells; those whose run ends before that come first in it. */
void TextCandidates::AgreeInside(const TextContext& context, Cursor cursor, TextAgreement& agreement) const {
  const std::span<const TextWord> words = cursor.block->words();
  const TextIndex& index = cursor.block->index();
  const std::span<const int32_t> order = index.order();
  const int32_t uncut = Uncut(agreement.most());
  while (cursor.high - cursor.low > kFewPlaces) {
    const int32_t length = index.Common(cursor.low, cursor.high);
    if (length - depth() >= uncut) break;
    const int32_t first = order[static_cast<size_t>(cursor.low)];
    if (!EndsAt(words, first, length)) {
      AgreeWith(context, cursor.begin + first, agreement);
      agreement.PartAt(static_cast<size_t>(length - depth()));
      return;
    }
    const auto going = std::partition_point(order.begin() + cursor.low, order.begin() + cursor.high,
                                            [&](int32_t start) { return EndsAt(words, start, length); });
    const int32_t next = static_cast<int32_t>(going - order.begin());
    AgreeBehind(context, {cursor.block, cursor.begin, cursor.low, next}, length, agreement);
    if (next == cursor.high) AgreeWith(context, cursor.begin + first, agreement);
    cursor.low = next;
  }
  AgreeOneByOne(context, cursor, agreement);
}

/** Of candidates that end alike after `length` bytes, the one that goes on behind the block's end, if there is one. */
void TextCandidates::AgreeBehind(const TextContext& context, const Cursor& ended, int32_t length,
                                 TextAgreement& agreement) const {
  constexpr int32_t kFewEnds = 16;
  const int32_t end = ended.block->size();
  if (length > end || !ContinuesRun(context.WordAt(ended.begin + end))) return;
  const auto starts =
      ended.block->index().order().subspan(static_cast<size_t>(ended.low), static_cast<size_t>(ended.high - ended.low));
  const bool is_among = ended.high - ended.low <= kFewEnds
                            ? std::find(starts.begin(), starts.end(), end - length) != starts.end()
                            : AreAlike(ended.block->words(), end - length, starts.front(), length);
  if (is_among) AgreeWith(context, ended.begin + end - length, agreement);
}

void TextCandidates::AgreeOneByOne(const TextContext& context, const Cursor& cursor, TextAgreement& agreement) const {
  const TextIndex& index = cursor.block->index();
  const int32_t reach = depth() + static_cast<int32_t>(agreement.most());
  const bool may_cut = MayCut(reach);
  const int32_t uncut = Uncut(agreement.most());
  // Candidates with more bytes in common go equally far, unless edges or ranges of their own tell them apart.
  const int32_t differing = may_cut ? max_bytes_ : reach - 1;
  const bool are_alike = !may_cut || !(restricted_ || cursor.block->has_own_edges());
  // What is shared by all that are left, and no limit cuts.
  const bool are_several = cursor.high - cursor.low > 1;
  const int32_t shared = are_several ? std::min(index.Common(cursor.low, cursor.high) - depth(), uncut) : 0;
  for (int32_t i = cursor.low; i < cursor.high;) {
    AgreeWith(context, cursor.begin + index.order()[static_cast<size_t>(i)], agreement);
    if (agreement.IsSettledWithin(static_cast<size_t>(std::max(shared, 0)))) return;
    ++i;
    if (are_alike) i = index.NextDifferent(i, cursor.high, differing);
  }
}

void TextCandidates::AgreeWith(const TextContext& context, int32_t start, TextAgreement& agreement) const {
  const bool may_cut = MayCut(depth() + static_cast<int32_t>(agreement.most()));
  const int32_t limit = may_cut ? LimitOf(context, start) : INT32_MAX;
  const int32_t end = start + depth();
  std::span<const TextWord> words;
  agreement.Add([&](size_t at) {
    const int32_t position = end + static_cast<int32_t>(at);
    if (position >= limit) return -1;
    if (words.empty()) words = context.WordsFrom(position);
    if (words.empty()) return -1;
    const TextWord word = words.front();
    words = words.subspan(1);
    const bool goes_on = position == start ? IsStart(word) : ContinuesRun(word);
    return goes_on ? int32_t{ByteOf(word)} : -1;
  });
}

std::vector<uint8_t> TextCandidates::Latest(const TextContext& context, size_t most) const {
  int32_t latest = -1;
  for (const int32_t start : survivors_) {
    if (start > latest && GoesOn(context, start)) latest = start;
  }
  for (size_t i = cursors_.size(); i-- > 0;) {
    const Cursor& cursor = cursors_[i];
    const TextIndex& index = cursor.block->index();
    const Greatest& latest_of = index.latest();
    const auto may_hold = [&](size_t level, size_t group) {
      return cursor.begin + latest_of.At(index.order(), level, group) > latest;
    };
    latest_of.Search(index.order(), cursor.low, cursor.high, may_hold, [&](int32_t place) {
      const int32_t start = cursor.begin + place;
      if (start > latest && GoesOn(context, start)) latest = start;
    });
  }
  TextAgreement agreement(most);
  if (latest >= 0) AgreeWith(context, latest, agreement);
  return std::move(agreement).Take();
}

}  // namespace verbatim
