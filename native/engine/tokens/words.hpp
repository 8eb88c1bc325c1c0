#pragma once

#include <cstdint>

namespace verbatim {

/**
 * The token store: one word per token of the sequence. A word is the token's id and two flags, laid out so that a
 * candidate's continuation is one load and one comparison: `words[p] == token` is false, and `words[p] < 0` true,
 * wherever a match must not flow into p.
 */
using Word = int32_t;

/** No match crosses from the word before this one into it. */
inline constexpr Word kRunEdge = INT32_MIN;
/** No match contains this word. Always set together with kRunEdge, here and on the word after it. */
inline constexpr Word kUnsearchable = 1 << 30;
/** What is left of a word without its flags: the token. */
inline constexpr Word kTokenMask = kUnsearchable - 1;

inline int32_t TokenOf(Word word) { return word & kTokenMask; }
inline bool IsSearchable(Word word) { return (word & kUnsearchable) == 0; }
/** Whether a match that ends just before this word can go on into it. */
inline bool IsContinuation(Word word) { return word >= 0; }
/** Whether a match can begin here with `token`. */
inline bool StartsWith(Word word, int32_t token) { return (word & ~kRunEdge) == token; }

}  // namespace verbatim
