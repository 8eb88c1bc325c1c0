#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "../../include/verbatim.h"

namespace verbatim {

/** Positions [start, end). */
struct Range {
  int32_t start;
  int32_t end;
};

static_assert(sizeof(Range) == sizeof(verbatim_range));

/** The range that holds [start, end), or null. */
inline const Range* FindRange(std::span<const Range> ranges, int32_t start, int32_t end) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), start,
                                      [](int32_t value, const Range& range) { return value < range.start; });
  if (after == ranges.begin()) return nullptr;
  const Range& range = *std::prev(after);
  return end <= range.end ? &range : nullptr;
}

/** Whether a caller's ranges are ascending and disjoint; null, for everywhere, is. */
inline bool AreRanges(const verbatim_range* ranges, size_t count) {
  int32_t end = 0;
  for (size_t i = 0; ranges != nullptr && i < count; ++i) {
    if (ranges[i].start < end || ranges[i].end < ranges[i].start) return false;
    end = ranges[i].end;
  }
  return true;
}

/** A caller's ranges; none where they are null. */
inline std::span<const Range> Ranges(const verbatim_range* ranges, size_t count) {
  return {reinterpret_cast<const Range*>(ranges), ranges == nullptr ? 0 : count};
}

}  // namespace verbatim
