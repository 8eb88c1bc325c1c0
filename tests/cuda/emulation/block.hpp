#pragma once

#include <cstdint>

#include "vector_types.hpp"

namespace cuda_on_cpu {

constexpr unsigned kMaxBlockThreads = 1024;
constexpr unsigned kWarpThreads = 32;

/** A line of the kernel's source. */
struct Site {
  const char* file;
  unsigned line;
};

/** What a barrier tells each thread: how many threads of the block met there, and how many of them voted yes. */
struct BarrierResult {
  int votes;
  int threads;
};

/** Waits for all threads of the block that have not exited. */
BarrierResult MeetBlock(Site site, bool vote);

enum class WarpOperation : uint8_t { kSync, kBallot, kShuffle };

/**
 * Waits for all lanes of the mask.
 * @param value what this lane gives; a ballot counts its lowest bit
 * @param source kShuffle: the lane whose value this one gets; garbage if it is not in the mask
 * @return kBallot: the votes, a bit per lane
 */
uint64_t MeetWarp(WarpOperation operation, uint32_t mask, uint64_t value, unsigned source);

unsigned LaneOfThread();

/** Orders what this thread did before with what threads do after a fence of theirs. */
void Fence();

/** A kernel and its arguments, as they were at the launch. */
class KernelCall {
 public:
  virtual ~KernelCall() = default;
  /** What one thread does. */
  virtual void RunThread() const = 0;
};

/** Runs all blocks of a grid. */
void RunGrid(const KernelCall& call, dim3 grid, dim3 block);

}  // namespace cuda_on_cpu

/** Of the thread that runs now. */
extern uint3 threadIdx;
extern uint3 blockIdx;
extern dim3 blockDim;
extern dim3 gridDim;
constexpr int warpSize = cuda_on_cpu::kWarpThreads;
