#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace verbatim {

/** Writes ids that are in one of two ascending, disjoint sets, ascending; it is fast where `few` are few. */
inline void MergeIds(std::span<const int32_t> many, std::span<const int32_t> few, int32_t* out) {
  auto rest = many.begin();
  for (const int32_t id : few) {
    const auto next = std::lower_bound(rest, many.end(), id);
    out = std::copy(rest, next, out);
    *out++ = id;
    rest = next;
  }
  std::copy(rest, many.end(), out);
}

}  // namespace verbatim
