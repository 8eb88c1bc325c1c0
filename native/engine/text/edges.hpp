#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "word.hpp"

namespace verbatim {

/** Bytes of the JSON escape sequence that begins with the backslash at `position`; `byte_at` is asked inside `end`. */
template <typename ByteAt>
size_t EscapeLength(size_t position, size_t end, ByteAt&& byte_at) {
  return position + 1 < end && byte_at(position + 1) == 'u' ? 6 : 2;
}

/**
 * How long the stretches of some words are at which no quote may end, each counted from the end before it. Those of
 * neighbouring words can be added up.
 */
class TextGaps {
 public:
  TextGaps() = default;
  explicit TextGaps(std::span<const TextWord> words);

  /** Those of the words that follow. */
  void Add(const TextGaps& after);
  int32_t longest() const { return std::max({1, first_, longest_}); }

 private:
  /** Words before the first end. */
  int32_t first_ = 0;
  int32_t longest_ = 0;
  /** Words from the last end on. */
  int32_t last_ = 0;
  bool has_end_ = false;
};

/**
 * Whether places from which the same bytes follow may differ in where a quote may end: a caller's edges, or an escape
 * sequence cut in two.
 */
bool HasOwnEdges(std::span<const TextWord> words);

}  // namespace verbatim
