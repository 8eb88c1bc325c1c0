#pragma once

#include <cuda_runtime.h>

#include <cstdint>

/** What the threads of a block do together. Every thread of the block calls these, and each is a barrier. */

namespace verbatim::cuda {

constexpr int kWarpThreads = 32;
constexpr unsigned kWholeWarp = 0xffffffffU;

#ifndef VBT_SEQUENCE_THREADS
#define VBT_SEQUENCE_THREADS 512
#endif
/** Threads of a block that works on one sequence: the candidates of a step are read all at once, so latency is what
 * counts. A multiple of 32; a test may choose fewer. */
constexpr int kSequenceThreads = VBT_SEQUENCE_THREADS;
constexpr int kMaxWarps = 32;

__device__ inline int32_t ThreadIndex() { return static_cast<int32_t>(threadIdx.x); }
__device__ inline int32_t BlockThreads() { return static_cast<int32_t>(blockDim.x); }
__device__ inline int32_t Lane() { return ThreadIndex() % kWarpThreads; }
__device__ inline int32_t Warp() { return ThreadIndex() / kWarpThreads; }
__device__ inline int32_t Warps() { return BlockThreads() / kWarpThreads; }

/** Where a thread's flag stands among those that are set, in the order of the threads. */
struct BlockRank {
  /** Flags set in threads before this one. */
  int32_t rank;
  /** Flags set in the block. */
  int32_t total;
};

__device__ inline BlockRank RankInBlock(bool flag) {
  __shared__ int32_t warp_totals[kMaxWarps];
  const unsigned ballot = __ballot_sync(kWholeWarp, flag);
  if (Lane() == 0) warp_totals[Warp()] = __popc(ballot);
  __syncthreads();
  BlockRank result = {__popc(ballot & ((1U << Lane()) - 1)), 0};
  for (int32_t warp = 0; warp < Warps(); ++warp) {
    if (warp < Warp()) result.rank += warp_totals[warp];
    result.total += warp_totals[warp];
  }
  // The next call writes the totals again.
  __syncthreads();
  return result;
}

/** [kMaxWarps]: shared memory for values of any type up to 8 bytes. Templates have it in common. */
__device__ inline uint64_t* ExchangeMemory() {
  __shared__ uint64_t memory[kMaxWarps];
  return memory;
}

/** The smallest or largest of the threads' values, by `choose(a, b)`; the block gets it. */
template <typename Value, typename Choose>
__device__ Value ReduceInBlock(Value value, const Choose& choose) {
  static_assert(sizeof(Value) <= sizeof(uint64_t));
  auto* warp_values = reinterpret_cast<Value*>(ExchangeMemory());
  for (int offset = kWarpThreads / 2; offset > 0; offset /= 2) {
    value = choose(value, __shfl_xor_sync(kWholeWarp, value, offset));
  }
  if (Lane() == 0) warp_values[Warp()] = value;
  __syncthreads();
  value = warp_values[0];
  for (int32_t warp = 1; warp < Warps(); ++warp) value = choose(value, warp_values[warp]);
  __syncthreads();
  return value;
}

/** One thread's value, as thread 0 has it. */
template <typename Value>
__device__ Value FromFirstThread(Value value) {
  static_assert(sizeof(Value) <= sizeof(uint64_t));
  auto* shared = reinterpret_cast<Value*>(ExchangeMemory());
  if (ThreadIndex() == 0) *shared = value;
  __syncthreads();
  value = *shared;
  __syncthreads();
  return value;
}

}  // namespace verbatim::cuda
