/** What the threads of a block, and the lanes of a warp, do together. */
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "block.hpp"

inline void __syncthreads(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
  cuda_on_cpu::MeetBlock({file, line}, false);
}

inline int __syncthreads_count(int predicate, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
  return cuda_on_cpu::MeetBlock({file, line}, predicate != 0).votes;
}

inline int __syncthreads_or(int predicate, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
  return cuda_on_cpu::MeetBlock({file, line}, predicate != 0).votes != 0;
}

inline int __syncthreads_and(int predicate, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
  const cuda_on_cpu::BarrierResult result = cuda_on_cpu::MeetBlock({file, line}, predicate != 0);
  return result.votes == result.threads;
}

inline void __syncwarp(unsigned mask = 0xffffffffU) {
  cuda_on_cpu::MeetWarp(cuda_on_cpu::WarpOperation::kSync, mask, 0, 0);
}

inline unsigned __ballot_sync(unsigned mask, int predicate) {
  return static_cast<unsigned>(
      cuda_on_cpu::MeetWarp(cuda_on_cpu::WarpOperation::kBallot, mask, predicate != 0 ? 1 : 0, 0));
}

inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }

inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate == 0) == 0; }

namespace cuda_on_cpu {

/** What shuffles take: numbers of 4 or 8 bytes. */
template <typename Value>
concept Shuffled = std::is_arithmetic_v<Value> && (sizeof(Value) == 4 || sizeof(Value) == 8);

template <Shuffled Value>
Value Shuffle(unsigned mask, Value value, unsigned source) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = MeetWarp(WarpOperation::kShuffle, mask, bits, source);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace cuda_on_cpu

/** In each, lanes are cut into groups of `width`, a power of two. */
template <cuda_on_cpu::Shuffled Value>
Value __shfl_sync(unsigned mask, Value value, int source, int width = warpSize) {
  const unsigned inside = static_cast<unsigned>(width) - 1;
  const unsigned first = cuda_on_cpu::LaneOfThread() & ~inside;
  return cuda_on_cpu::Shuffle(mask, value, first | (static_cast<unsigned>(source) & inside));
}

template <cuda_on_cpu::Shuffled Value>
Value __shfl_up_sync(unsigned mask, Value value, unsigned delta, int width = warpSize) {
  const unsigned lane = cuda_on_cpu::LaneOfThread();
  const unsigned place = lane & (static_cast<unsigned>(width) - 1);
  return cuda_on_cpu::Shuffle(mask, value, delta <= place ? lane - delta : lane);
}

template <cuda_on_cpu::Shuffled Value>
Value __shfl_down_sync(unsigned mask, Value value, unsigned delta, int width = warpSize) {
  const unsigned lane = cuda_on_cpu::LaneOfThread();
  const unsigned place = lane & (static_cast<unsigned>(width) - 1);
  return cuda_on_cpu::Shuffle(mask, value, delta < static_cast<unsigned>(width) - place ? lane + delta : lane);
}

template <cuda_on_cpu::Shuffled Value>
Value __shfl_xor_sync(unsigned mask, Value value, int lane_mask, int width = warpSize) {
  const unsigned lane = cuda_on_cpu::LaneOfThread();
  const unsigned source = lane ^ static_cast<unsigned>(lane_mask);
  const unsigned group_end = (lane | (static_cast<unsigned>(width) - 1)) + 1;
  return cuda_on_cpu::Shuffle(mask, value, source < group_end ? source : lane);
}

inline void __threadfence() { cuda_on_cpu::Fence(); }
inline void __threadfence_block() { cuda_on_cpu::Fence(); }
inline void __threadfence_system() { cuda_on_cpu::Fence(); }
