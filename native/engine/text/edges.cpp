#include "edges.hpp"

#include <algorithm>

namespace verbatim {

namespace {

bool BeginsCharacter(TextWord word) { return !IsContinuationByte(ByteOf(word)); }
bool IsEdge(TextWord word) { return (word & kEdge) != 0; }

/** Whether edges stand as in plain text: before every character. */
bool HasPlainEdges(std::span<const TextWord> words) {
  return std::all_of(words.begin(), words.end(),
                     [](TextWord word) { return (word & kSearchable) == 0 || IsEdge(word) == BeginsCharacter(word); });
}

/** Whether edges stand as in JSON: before every character, of which an escape sequence is one. */
bool HasJsonEdges(std::span<const TextWord> words) {
  size_t escape_end = 0;
  const auto byte_at = [words](size_t i) { return ByteOf(words[i]); };
  for (size_t i = 0; i < words.size(); ++i) {
    const TextWord word = words[i];
    if ((word & kSearchable) == 0) continue;
    if (!ContinuesRun(word)) escape_end = i;
    const bool is_in_escape = i < escape_end;
    if (!is_in_escape && ByteOf(word) == '\\') escape_end = i + EscapeLength(i, words.size(), byte_at);
    if (IsEdge(word) != (BeginsCharacter(word) && !is_in_escape)) return false;
  }
  return true;
}

}  // namespace

TextGaps::TextGaps(std::span<const TextWord> words) {
  const auto begin = words.begin();
  const auto first_end = std::find_if(begin, words.end(), IsEnd);
  first_ = static_cast<int32_t>(first_end - begin);
  has_end_ = first_end != words.end();
  auto last_end = first_end;
  for (auto word = first_end; word != words.end(); ++word) {
    if (!IsEnd(*word)) continue;
    longest_ = std::max(longest_, static_cast<int32_t>(word - last_end));
    last_end = word;
  }
  last_ = static_cast<int32_t>(words.end() - last_end);
  longest_ = std::max(longest_, last_);
}

void TextGaps::Add(const TextGaps& after) {
  (has_end_ ? last_ : first_) += after.first_;
  longest_ = std::max({longest_, last_, after.longest_});
  if (!after.has_end_) return;
  has_end_ = true;
  last_ = after.last_;
}

// In each of the two what follows an edge decides about the edges after it.
bool HasOwnEdges(std::span<const TextWord> words) { return !HasPlainEdges(words) && !HasJsonEdges(words); }

}  // namespace verbatim
