#include "finder.hpp"

#include <algorithm>

#include "block.hpp"
#include "index.hpp"

namespace verbatim {

TextFinder::TextFinder(const TextContext& context, std::span<const uint8_t> quote, std::span<const Range> ranges,
                       bool restricted)
    : context_(context), quote_(quote), ranges_(ranges), restricted_(restricted) {}

std::vector<int32_t> TextFinder::First(size_t limit) {
  limit_ = limit;
  found_.clear();
  for (const TextContext::Piece& piece : context_.pieces()) {
    if (IsFull()) break;
    if (!piece.block->is_indexed()) {
      Search(piece.begin, piece.end());
      continue;
    }
    FindInIndex(piece);
    // A quote that starts in the last bytes may go on behind the block, where its index does not see it.
    if (ContinuesRun(context_.WordAt(piece.end()))) {
      Search(std::max(piece.begin, piece.end() - length() + 1), piece.end());
    }
  }
  if (!IsFull()) Search(context_.tail_begin(), context_.length());
  return std::move(found_);
}

bool TextFinder::IsBetweenEdges(int32_t start) const {
  const int32_t end = start + length();
  if (!restricted_) return IsEnd(context_.WordAt(end));
  const Range* const range = FindRange(ranges_, start, end);
  return range != nullptr && (range->end == end || IsEnd(context_.WordAt(end)));
}

/** False where no range holds a quote that starts at one of two places or between them. */
bool TextFinder::MayBeInRange(int32_t first_start, int32_t last_start) const {
  if (!restricted_) return true;
  const auto range = std::partition_point(ranges_.begin(), ranges_.end(),
                                          [&](const Range& range) { return range.end < first_start + length(); });
  return range != ranges_.end() && range->start <= last_start;
}

/** The first places of an indexed block; those that are found are kept in a heap until it has no better ones. */
void TextFinder::FindInIndex(const TextContext::Piece& piece) {
  const TextIndex& index = piece.block->index();
  const TextIndex::Part part = index.Narrow({0, 0, index.count()}, quote_);
  const size_t before = found_.size();
  const auto is_wanted = [&](int32_t place) {
    return !IsFull() || (found_.size() > before && piece.begin + place < found_[before]);
  };
  const auto visit = [&](int32_t place) {
    const int32_t start = piece.begin + place;
    if (!is_wanted(place) || (part.is_few && index.Compare(place, 0, quote_) != 0) || !IsBetweenEdges(start)) return;
    if (IsFull()) {
      std::pop_heap(found_.begin() + static_cast<std::ptrdiff_t>(before), found_.end());
      found_.pop_back();
    }
    found_.push_back(start);
    std::push_heap(found_.begin() + static_cast<std::ptrdiff_t>(before), found_.end());
  };
  const auto may_hold = [&](size_t level, size_t group) {
    const int32_t earliest = index.earliest().At(index.order(), level, group);
    const int32_t latest = index.latest().At(index.order(), level, group);
    return is_wanted(earliest) && MayBeInRange(piece.begin + earliest, piece.begin + latest);
  };
  index.earliest().Search(index.order(), part.low, part.high, may_hold, visit);
  std::sort_heap(found_.begin() + static_cast<std::ptrdiff_t>(before), found_.end());
}

/** Places that start in [first, end), found by reading the text. */
void TextFinder::Search(int32_t first, int32_t end) {
  const int32_t length = context_.length();
  if (first >= end) return;
  if (!restricted_) return SearchRange(first, end, length);
  auto range =
      std::partition_point(ranges_.begin(), ranges_.end(), [first](const Range& range) { return range.end <= first; });
  for (; range != ranges_.end() && range->start < end && !IsFull(); ++range) {
    SearchRange(std::max(first, range->start), std::min(end, range->end), std::min(length, range->end));
  }
}

/** The same where the text that a quote may contain goes on to `text_end`. Looks at each byte once (Knuth, Morris and
 * Pratt). */
void TextFinder::SearchRange(int32_t first, int32_t end, int32_t text_end) {
  const std::vector<int32_t>& borders = Borders();
  const int32_t stop = static_cast<int32_t>(std::min<int64_t>(text_end, int64_t{end} + length() - 1));
  int32_t matched = 0;
  std::span<const TextWord> words;
  for (int32_t position = first; position < stop && !IsFull(); ++position) {
    if (words.empty()) words = context_.WordsFrom(position);
    const TextWord word = words.front();
    words = words.subspan(1);
    if (!ContinuesRun(word)) matched = 0;
    if ((word & kSearchable) == 0) continue;
    if (matched == length()) matched = borders[static_cast<size_t>(matched)];
    while (matched > 0 && quote_[static_cast<size_t>(matched)] != ByteOf(word)) {
      matched = borders[static_cast<size_t>(matched)];
    }
    if (quote_[static_cast<size_t>(matched)] == ByteOf(word)) ++matched;
    if (matched < length()) continue;
    const int32_t start = position + 1 - length();
    if (IsStart(context_.WordAt(start)) && IsBetweenEdges(start)) found_.push_back(start);
  }
}

/** Of each beginning of the quote the length of the longest shorter beginning in which it ends. */
const std::vector<int32_t>& TextFinder::Borders() {
  if (!borders_.empty()) return borders_;
  borders_.assign(quote_.size() + 1, 0);
  int32_t border = 0;
  for (size_t i = 1; i < quote_.size(); ++i) {
    while (border > 0 && quote_[static_cast<size_t>(border)] != quote_[i])
      border = borders_[static_cast<size_t>(border)];
    if (quote_[static_cast<size_t>(border)] == quote_[i]) ++border;
    borders_[i + 1] = border;
  }
  return borders_;
}

}  // namespace verbatim
