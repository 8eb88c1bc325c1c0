#include "context.hpp"

#include <algorithm>

#include "../../include/verbatim.h"
#include "edges.hpp"

namespace verbatim {

void TextContext::Append(std::span<const uint8_t> text, const TextJoining& joining) {
  if (text.empty()) return;
  ReserveTail(text.size());
  append_starts_.push_back(length());
  bool joins = !joining.new_run && length() > 0 && (WordAt(length() - 1) & kSearchable) != 0;
  size_t escape_end = 0;
  size_t at = tail_.size();
  tail_.resize(at + text.size());
  for (size_t i = 0; i < text.size(); ++i, ++at) {
    const bool in_escape = joining.json && i < escape_end;
    if (joining.json && !in_escape && text[i] == '\\') {
      escape_end = i + EscapeLength(i, text.size(), [text](size_t byte) { return text[byte]; });
    }
    TextWord word = text[i];
    if (joining.searchable) {
      word |= kSearchable;
      if (joins) word |= kContinues;
      const bool is_edge =
          !in_escape && !IsContinuationByte(text[i]) && (joining.edges.empty() || joining.edges[i] != 0);
      if (is_edge) word |= kEdge;
      if (!joining.edges.empty() && joining.edges[i] == VERBATIM_EDGE_END) word |= kNoStart;
      joins = true;
    }
    tail_[at] = word;
  }
  ++version_;
}

/** Room for so many more words; where there is none it doubles, so that few words are ever moved. */
void TextContext::ReserveTail(size_t more) {
  const size_t needed = tail_.size() + more;
  if (needed > tail_.capacity()) tail_.reserve(std::max(needed, 2 * tail_.capacity()));
}

void TextContext::Truncate(int32_t length) {
  if (length == this->length()) return;
  if (length >= tail_begin_) {
    tail_.resize(static_cast<size_t>(length - tail_begin_));
  } else {
    size_t kept = pieces_.size();
    while (kept > 0 && pieces_[kept - 1].begin >= length) --kept;
    std::vector<TextWord> tail;
    const bool cuts = kept > 0 && pieces_[kept - 1].end() > length;
    if (cuts) {
      const Piece& piece = pieces_[kept - 1];
      const auto words = piece.block->words();
      tail.assign(words.begin(), words.begin() + (length - piece.begin));
      --kept;
    }
    pieces_.resize(kept);
    tail_ = std::move(tail);
    tail_begin_ = kept == 0 ? 0 : pieces_.back().end();
  }
  while (!append_starts_.empty() && append_starts_.back() >= length) append_starts_.pop_back();
  ++version_;
}

std::shared_ptr<TextContext> TextContext::Fork() {
  if (tail_.size() > kTailLimit) {
    const int32_t end = LastAppends();
    // Blocks that are indexed stay: there may be matchers that look at them.
    size_t first = FirstToJoin(end, kGrowth);
    for (size_t i = first; i < pieces_.size(); ++i) {
      if (pieces_[i].block->is_indexed()) first = i + 1;
    }
    Seal(first, end);
  }
  auto fork = std::make_shared<TextContext>(*this);
  for (Piece& piece : fork->pieces_) piece.is_inherited = true;
  return fork;
}

void TextContext::Index() {
  if (tail_.size() > kTailLimit) {
    const int32_t end = LastAppends();
    Seal(FirstToJoin(end, kGrowth), end);
  }
  MakeIndexes();
}

void TextContext::Compact() {
  const size_t first = FirstToJoin(length(), kLargeBlock);
  if (!tail_.empty() || first < pieces_.size()) Seal(first, length());
  MakeIndexes();
}

void TextContext::MakeIndexes() const {
  for (const Piece& piece : pieces_) piece.block->MakeIndex(*trie_);
}

/** The first piece that is at most `times` as large as what follows it up to `end`. */
size_t TextContext::FirstToJoin(int32_t end, int64_t times) const {
  size_t first = pieces_.size();
  for (size_t i = pieces_.size(); i-- > 0;) {
    if (pieces_[i].block->size() <= times * (end - pieces_[i].end())) first = i;
  }
  return first;
}

/** Where the last appends begin that are kTailKept bytes together or less; the context's end where the last is more. */
int32_t TextContext::LastAppends() const {
  const auto start = std::lower_bound(append_starts_.begin(), append_starts_.end(), length() - kTailKept);
  return start == append_starts_.end() ? length() : *start;
}

/** Makes one block of the pieces from `first` on and the tail up to `end`. */
void TextContext::Seal(size_t first, int32_t end) {
  const int32_t begin = first < pieces_.size() ? pieces_[first].begin : tail_begin_;
  const size_t size = static_cast<size_t>(end - begin);
  std::vector<TextWord> rest(tail_.begin() + (end - tail_begin_), tail_.end());
  // What stands alone and fills its memory moves, which takes no time however much it is.
  const bool moves = begin == tail_begin_ && tail_.capacity() <= 2 * size;
  std::vector<TextWord> joined;
  if (!moves) joined = Join(first, end);
  pieces_.reserve(pieces_.size() + 1);
  // Only this may yet fail, and then the words have not moved.
  Piece piece = {std::make_shared<TextBlock>(moves ? std::move(tail_) : std::move(joined), size), begin};
  pieces_.resize(first);
  pieces_.push_back(std::move(piece));
  tail_begin_ = pieces_.back().end();
  tail_ = std::move(rest);
  std::erase_if(append_starts_, [end](int32_t start) { return start < end; });
  ++version_;
}

/** A copy of the words of the pieces from `first` on and of the tail up to `end`. */
std::vector<TextWord> TextContext::Join(size_t first, int32_t end) const {
  const int32_t begin = first < pieces_.size() ? pieces_[first].begin : tail_begin_;
  std::vector<TextWord> words;
  words.reserve(static_cast<size_t>(end - begin));
  for (size_t i = first; i < pieces_.size(); ++i) {
    const auto part = pieces_[i].block->words();
    words.insert(words.end(), part.begin(), part.end());
  }
  words.insert(words.end(), tail_.begin(), tail_.begin() + (end - tail_begin_));
  return words;
}

int32_t TextContext::LongestGap() const {
  TextGaps gaps;
  for (const Piece& piece : pieces_) gaps.Add(piece.block->index().gaps());
  gaps.Add(TextGaps(tail_));
  return gaps.longest();
}

void TextContext::Read(int32_t start, std::span<uint8_t> text) const {
  for (size_t i = 0; i < text.size(); ++i) text[i] = ByteOf(WordAt(start + static_cast<int32_t>(i)));
}

const TextContext::Piece* TextContext::PieceAt(int32_t position) const {
  if (position >= tail_begin_) return nullptr;
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), position,
                                      [](int32_t value, const Piece& piece) { return value < piece.begin; });
  return &*std::prev(after);
}

size_t TextContext::bytes() const {
  size_t total = own_bytes();
  for (const Piece& piece : pieces_) total += piece.is_inherited ? piece.block->bytes() : 0;
  return total;
}

size_t TextContext::own_bytes() const {
  size_t total = sizeof(*this) + tail_.capacity() * sizeof(TextWord) + append_starts_.capacity() * sizeof(int32_t) +
                 pieces_.capacity() * sizeof(Piece);
  for (const Piece& piece : pieces_) total += piece.is_inherited ? 0 : piece.block->bytes();
  return total;
}

}  // namespace verbatim
