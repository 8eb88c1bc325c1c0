#pragma once

#include <cstdint>

namespace verbatim {

/** A byte of the searchable context, and what is known of the place before it. */
using TextWord = uint16_t;

/** A quote may start, and end, before this byte. */
inline constexpr TextWord kEdge = 0x100;
/** No quote may start before this byte, though one may end there. */
inline constexpr TextWord kNoStart = 0x800;
/** The byte goes on with the run of the byte before it. */
inline constexpr TextWord kContinues = 0x200;
/** A match may contain the byte. */
inline constexpr TextWord kSearchable = 0x400;

inline bool IsContinuationByte(uint8_t byte) { return (byte & 0xc0) == 0x80; }
inline uint8_t ByteOf(TextWord word) { return static_cast<uint8_t>(word); }
inline bool IsStart(TextWord word) { return (word & (kEdge | kSearchable | kNoStart)) == (kEdge | kSearchable); }
inline bool ContinuesRun(TextWord word) { return (word & kContinues) != 0; }
/** Whether a quote may end before the word: at an edge, or because the run ends there. */
inline bool IsEnd(TextWord word) { return (word & kEdge) != 0 || (word & kContinues) == 0; }

}  // namespace verbatim
