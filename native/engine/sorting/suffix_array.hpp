#pragma once

#include <cstdint>
#include <vector>

namespace verbatim {

/**
 * The start positions of all suffixes of `text` in lexicographic order (a suffix that is a prefix of another comes
 * first). Symbols are in [0, alphabet). Linear time and space by induced sorting (Nong, Zhang and Chan, 2009).
 */
std::vector<int32_t> SuffixArray(const std::vector<int32_t>& text, int32_t alphabet);

/**
 * lcp[i] is the length of the longest common prefix of suffixes order[i - 1] and order[i], where symbol 0 differs
 * from everything, itself included; lcp[0] is 0. Linear time (Kärkkäinen, Manzini and Puglisi, 2009).
 */
std::vector<int32_t> CommonPrefixes(const std::vector<int32_t>& text, const std::vector<int32_t>& order);

}  // namespace verbatim
