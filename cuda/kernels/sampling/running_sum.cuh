#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "../state/block.cuh"

/** Sums of terms, one at each position, made by a block together. The sum of all terms is below 2^63. */

namespace verbatim::cuda {

struct Plus {
  template <typename Value>
  __device__ Value operator()(Value a, Value b) const {
    return a + b;
  }
};

/** Terms that any thread can compute on its own, as term_at(position). */
template <typename TermAt>
struct Terms {
  TermAt term_at;

  __device__ uint64_t At(int32_t position) const { return term_at(position); }

  /** The lanes of a warp share the positions [begin, end); each gets the sum of its own. */
  __device__ uint64_t SumOfLane(int32_t begin, int32_t end) const {
    uint64_t sum = 0;
    for (int32_t position = begin + Lane(); position < end; position += kWarpThreads) sum += term_at(position);
    return sum;
  }
};
template <typename TermAt>
Terms(TermAt) -> Terms<TermAt>;

/** The sum of the terms of a warp's lanes up to the calling one. */
__device__ inline uint64_t RunningSumInWarp(uint64_t term) {
  uint64_t sum = term;
  for (int32_t offset = 1; offset < kWarpThreads; offset *= 2) {
    const uint64_t before = __shfl_up_sync(kWholeWarp, sum, static_cast<unsigned>(offset));
    if (Lane() >= offset) sum += before;
  }
  return sum;
}

/** The first lane of a warp whose flag is set; some lane's is. */
__device__ inline int32_t FirstLane(bool flag) { return __ffs(static_cast<int>(__ballot_sync(kWholeWarp, flag))) - 1; }

constexpr int32_t kNowhere = -1;

/** Shared memory for a sum per warp: [kMaxWarps]. */
__device__ inline uint64_t* WarpSums() {
  __shared__ uint64_t sums[kMaxWarps];
  return sums;
}

/**
 * The first position at which the running sum exceeds target_of(sum of all terms), or kNowhere. The warps sum up a
 * stretch of the positions each, then stretches of the one in which it happens, until each lane has one position. A
 * barrier.
 */
template <typename TermsAtPositions, typename TargetOf>
__device__ int32_t WhereSumExceeds(const TermsAtPositions& terms, int32_t count, const TargetOf& target_of) {
  static_assert(kSequenceThreads > kWarpThreads, "the one stretch of one warp would stay as long as it is");
  uint64_t* warp_sums = WarpSums();
  int32_t begin = 0;
  int32_t end = count;
  uint64_t left = 0;
  int32_t length = 0;
  do {
    const bool is_whole = length == 0;
    const int32_t rounds = (end - begin + BlockThreads() - 1) / BlockThreads();
    length = rounds * kWarpThreads;
    const int32_t own_begin = begin + Warp() * length;
    const int32_t own_end = min(own_begin + length, end);
    uint64_t sum = own_begin < own_end ? terms.SumOfLane(own_begin, own_end) : 0;
    for (int offset = kWarpThreads / 2; offset > 0; offset /= 2) sum += __shfl_xor_sync(kWholeWarp, sum, offset);
    if (Lane() == 0) warp_sums[Warp()] = sum;
    __syncthreads();
    const uint64_t running_sum = RunningSumInWarp(Lane() < Warps() ? warp_sums[Lane()] : 0);
    // The next round, or the next call, writes the sums again.
    __syncthreads();
    if (is_whole) {
      const uint64_t total = __shfl_sync(kWholeWarp, running_sum, kWarpThreads - 1);
      left = target_of(total);
      if (left >= total) return kNowhere;
    }
    const int32_t stretch = FirstLane(running_sum > left);
    const uint64_t before = __shfl_sync(kWholeWarp, running_sum, max(stretch - 1, 0));
    if (stretch > 0) left -= before;
    begin += stretch * length;
    end = min(begin + length, end);
  } while (length > kWarpThreads);
  const uint64_t term = begin + Lane() < end ? terms.At(begin + Lane()) : 0;
  // From here on the caller may change what the terms are made of.
  __syncthreads();
  return begin + FirstLane(RunningSumInWarp(term) > left);
}

}  // namespace verbatim::cuda
