#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace verbatim::cuda {

/**
 * A stored token: its id in the low 28 bits, and what matching and undoing need to know about it above them. The flags
 * that a match looks at are zero in a token that a quote may go on with, so that one comparison decides.
 */
using TokenWord = uint32_t;

constexpr TokenWord kIdMask = (1U << 28) - 1;
/** The first searchable token of its id in its sequence, the context included: cutting it ends the id's recall. */
constexpr TokenWord kFirstOfId = 1U << 28;
/** Part of no quote: a barrier, or appended so. */
constexpr TokenWord kUnsearchable = 1U << 29;
/** No match crosses from the token before it. */
constexpr TokenWord kRunStart = 1U << 30;
/** When it joined, the next unnamed token was to start a run: what cutting it brings back. */
constexpr TokenWord kRunWasDue = 1U << 31;

__host__ __device__ inline int32_t IdOf(TokenWord word) { return static_cast<int32_t>(word & kIdMask); }

/** Whether a quote may begin with the token. */
__host__ __device__ inline bool IsSearchable(TokenWord word) { return (word & kUnsearchable) == 0; }

/** Whether a quote that ends before the token may go on with it. */
__host__ __device__ inline bool Continues(TokenWord word) { return (word & (kUnsearchable | kRunStart)) == 0; }

/** Whether the token is `id` and may begin a quote. */
__host__ __device__ inline bool Begins(TokenWord word, int32_t id) {
  return (word & (kUnsearchable | kIdMask)) == static_cast<TokenWord>(id);
}

/** Whether the token is `id` and a quote may go on with it. */
__host__ __device__ inline bool ContinuesWith(TokenWord word, int32_t id) {
  return (word & (kUnsearchable | kRunStart | kIdMask)) == static_cast<TokenWord>(id);
}

}  // namespace verbatim::cuda
