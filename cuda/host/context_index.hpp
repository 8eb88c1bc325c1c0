#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../include/verbatim_cuda.h"
#include "../kernels/state/token_word.cuh"

namespace verbatim::cuda {

/** What a ContextView points to, in host memory. */
struct ContextIndex {
  std::vector<TokenWord> words;
  /** Searchable positions, sorted by id, then position. */
  std::vector<int32_t> positions;
  /** The ids of searchable tokens, ascending. */
  std::vector<int32_t> distinct_ids;
  /** Where the positions of each of them begin, and the end of all. */
  std::vector<int32_t> bucket_starts;
  /** Occurrences of the most frequent id: as many candidates can a span have in this context. */
  int32_t largest_bucket = 0;
  bool ends_run = false;
};

/**
 * Indexes tokens, ids in [0, vocab_size), by counting: O(tokens + vocab_size).
 * @param barriers a bitmask over the ids
 * @param pieces their counts add up to the tokens
 */
ContextIndex IndexContext(std::span<const int32_t> tokens, std::span<const vbt_piece> pieces,
                          std::span<const uint32_t> barriers, int32_t vocab_size);

}  // namespace verbatim::cuda
