#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "word.hpp"

namespace verbatim {

/** So few places that share many bytes may stand in any order: asking each of them costs less than sorting them. */
inline constexpr int32_t kFewPlaces = 4;

/** The places where quotes may start, in the order of the bytes that follow them in their runs. */
struct TextOrder {
  std::vector<int32_t> starts;
  /** Bytes that starts number i - 1 and i share, or of few places in any order all do; 0 for the first. */
  std::vector<int32_t> common;
};

/**
 * Sorts by the first bytes, and by more of them where these are the same, as natural text wants it; text that repeats
 * itself at length is handed to induced sorting, so that the time is linear whatever the text is.
 */
TextOrder OrderStarts(std::span<const TextWord> words);

}  // namespace verbatim
