#include "text_edges.hpp"

namespace verbatim {

bool HasOwnEdges(std::span<const TextWord> words) {
  // What follows an edge decides about the edges after it where all stand as in plain text, or all as in JSON.
  bool is_plain = true;
  bool is_json = true;
  size_t escape_end = 0;
  const auto byte_at = [words](size_t i) { return ByteOf(words[i]); };
  for (size_t i = 0; i < words.size() && (is_plain || is_json); ++i) {
    const TextWord word = words[i];
    if ((word & kSearchable) == 0) continue;
    if (!ContinuesRun(word)) escape_end = i;
    const bool is_edge = (word & kEdge) != 0;
    const bool begins_character = !IsContinuationByte(ByteOf(word));
    const bool is_in_escape = i < escape_end;
    if (!is_in_escape && ByteOf(word) == '\\') escape_end = i + EscapeLength(i, words.size(), byte_at);
    is_plain = is_plain && is_edge == begins_character;
    is_json = is_json && is_edge == (begins_character && !is_in_escape);
  }
  return !is_plain && !is_json;
}

}  // namespace verbatim
