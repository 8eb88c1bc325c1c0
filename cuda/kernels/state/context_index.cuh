#pragma once

#include "block.cuh"
#include "state.cuh"

namespace verbatim::cuda {

/** The entries [begin, end) of a context's `positions` that hold one id. */
struct Bucket {
  int32_t begin;
  int32_t end;
};

/**
 * Finds an id among the context's distinct ones. A warp searches together, 32 ids at a time, because each round is a
 * trip to memory: four rounds do where a binary search needs seventeen. Every lane of the warp calls it and gets the
 * result; warps may call it at once.
 */
__device__ inline Bucket FindBucket(const ContextView& context, int32_t id) {
  // The id, where there is one, is in [low, high).
  int32_t low = 0;
  int32_t high = context.distinct_count;
  while (low < high) {
    const int32_t step = (high - low + kWarpThreads - 1) / kWarpThreads;
    const int32_t probe = low + Lane() * step;
    const bool is_not_past = probe < high && context.distinct_ids[probe] <= id;
    const unsigned not_past = __ballot_sync(kWholeWarp, is_not_past);
    if (not_past == 0) return {0, 0};
    low += (__popc(not_past) - 1) * step;
    high = min(high, low + step);
    if (step > 1) continue;
    if (context.distinct_ids[low] != id) return {0, 0};
    return {context.bucket_starts[low], context.bucket_starts[low + 1]};
  }
  return {0, 0};
}

}  // namespace verbatim::cuda
