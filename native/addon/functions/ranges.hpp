#pragma once

#include <cstddef>
#include <cstdint>

#include "../../include/verbatim.h"
#include "../node_api.hpp"

namespace verbatim::addon {

/** Pairs of positions as JavaScript passes them: `[start0, end0, start1, end1, …]`, or null for the whole context. */
struct Ranges {
  const verbatim_range* data = nullptr;
  size_t count = 0;

  template <size_t kCount>
  bool ReadFrom(const Arguments<kCount>& arguments, size_t index) {
    // A range of the C ABI must not be null, not even an empty one.
    static constexpr verbatim_range kNowhere = {0, 0};
    Optional<ArrayView<int32_t>> positions;
    if (!arguments.Read(index, positions) || positions.value.length % 2 != 0) return false;
    if (!positions.is_given) return true;
    static_assert(sizeof(verbatim_range) == 2 * sizeof(int32_t));
    count = positions.value.length / 2;
    data = count == 0 ? &kNowhere : reinterpret_cast<const verbatim_range*>(positions.value.data);
    return true;
  }
};

}  // namespace verbatim::addon
