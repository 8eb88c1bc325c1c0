#pragma once

#include <cstddef>
#include <cstdint>

namespace verbatim {

/**
 * Assigns `value` to row[i] for every i in [0, width) whose bit in `bitmask` (ceil(width / 32) words) is 0. Entries
 * whose bit is 1 keep their bits, NaN payloads included; the others are written, never read. Bits from `width` on are
 * ignored.
 */
void MaskedFill(float* row, size_t width, const uint32_t* bitmask, float value) noexcept;

/** The same, the allowed indices given as `count` ids, strictly ascending, not negative; ids past `width` are ignored.
 */
void MaskedFillIds(float* row, size_t width, const int32_t* ids, size_t count, float value) noexcept;

}  // namespace verbatim
