/**
 * Kernels that break a rule, each with a correct twin: what the emulator has to see, and what it must let pass.
 *
 *   broken_kernels <rule> broken|correct|values
 *
 * prints "right" or "wrong", as the kernel's result is, or the values that the broken one gives; sanitizers and the
 * emulator may end it before that.
 */
#include <cuda_runtime.h>

#include <cstdio>
#include <cstring>
#include <vector>

namespace {

constexpr int kThreads = 64;
constexpr unsigned kWholeWarp = 0xffffffffU;

/** Each thread reads what its neighbour wrote. */
__global__ void Neighbour(int* out, bool waits) {
  __shared__ int values[kThreads];
  const int thread = static_cast<int>(threadIdx.x);
  values[thread] = thread;
  if (waits) __syncthreads();
  out[thread] = values[(thread + 1) % kThreads];
}

/** Adds numbers in shared memory that nobody may have set to 0. */
__global__ void Accumulate(int* out, bool clears) {
  __shared__ int sum;
  if (clears && threadIdx.x == 0) sum = 0;
  __syncthreads();
  atomicAdd(&sum, 1);
  __syncthreads();
  out[threadIdx.x] = static_cast<int>(threadIdx.x) + sum - kThreads + 1;
}

/** UndefinedBehaviorSanitizer knows an array's size, and would end the program before AddressSanitizer reports. */
#define NO_BOUNDS_CHECK __attribute__((no_sanitize("undefined")))

NO_BOUNDS_CHECK __global__ void SharedOverrun(int* out, int count) {
  __shared__ int values[kThreads];
  for (int i = static_cast<int>(threadIdx.x); i < count; i += kThreads) values[i] = i;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x] + 1;
}

NO_BOUNDS_CHECK __global__ void LocalOverrun(int* out, int count) {
  int values[8];
  for (int i = 0; i < count; ++i) values[i] = static_cast<int>(threadIdx.x) + i;
  out[threadIdx.x] = values[1];
}

__global__ void Identity(int* out, int count) {
  const int thread = static_cast<int>(threadIdx.x);
  if (thread < count) out[thread] = thread + 1;
}

/** Two barriers in place of one. */
__global__ void DivergentBarrier(int* out, bool diverges) {
  if (diverges && threadIdx.x % 2 == 1) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  out[threadIdx.x] = static_cast<int>(threadIdx.x) + 1;
}

/** Threads that exit do not count at a barrier. */
__global__ void EarlyExit(int* out) {
  out[threadIdx.x] = static_cast<int>(threadIdx.x) + 1;
  if (threadIdx.x >= 40) return;
  __syncthreads();
  out[threadIdx.x] = static_cast<int>(threadIdx.x) + __syncthreads_count(1) - 39;
}

/** Half of a warp waits for the other half, which waits for the block. */
__global__ void WarpDeadlock(int* out, bool deadlocks) {
  if (threadIdx.x % 32 < 16) __syncwarp(deadlocks ? kWholeWarp : 0xffffU);
  __syncthreads();
  out[threadIdx.x] = static_cast<int>(threadIdx.x) + 1;
}

__global__ void StrangeMask(int* out, bool is_strange) {
  const unsigned mask = is_strange ? 0xffffU : kWholeWarp;
  out[threadIdx.x] = static_cast<int>(threadIdx.x) + (__ballot_sync(mask, 1) != 0 ? 1 : 0);
}

__global__ void ExitedLane(int* out, bool names_it) {
  const unsigned lane = threadIdx.x % 32;
  out[threadIdx.x] = static_cast<int>(threadIdx.x) + 1;
  if (lane == 31) return;
  const unsigned mask = names_it ? kWholeWarp : kWholeWarp >> 1;
  const unsigned threads = threadIdx.x - lane;
  out[threadIdx.x] = static_cast<int>(threads + __shfl_sync(mask, lane, static_cast<int>(lane)) + 1);
}

__global__ void MixedOperations(int* out, bool mixes) {
  int lanes = 0;
  if (mixes && threadIdx.x % 2 == 1) {
    __syncwarp();
  } else {
    lanes = __popc(__ballot_sync(kWholeWarp, 1));
  }
  out[threadIdx.x] = static_cast<int>(threadIdx.x) + lanes - 31;
}

/** Gets the value of a lane that gives none. */
__global__ void UngivenValue(int* out, bool asks_for_it) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  int value = static_cast<int>(threadIdx.x) + 1;
  if (lane < 16) value = __shfl_sync(0xffffU, value, asks_for_it ? lane + 16 : lane);
  out[threadIdx.x] = value;
}

/** Every block writes one word: where all write the same, the race does not show in the result. */
__global__ void BlockRace(int* out, bool shares) {
  const int place = shares ? 0 : static_cast<int>(blockIdx.x);
  if (threadIdx.x == 0) out[place] = place + 1;
}

/** The block that finishes last reads what the others wrote. */
__global__ void LastBlock(int* out, int* parts, unsigned* finished, bool fences) {
  __shared__ bool is_last;
  if (threadIdx.x == 0) {
    parts[blockIdx.x] = 1;
    if (fences) __threadfence();
    is_last = atomicAdd(finished, 1) == gridDim.x - 1;
    if (fences) __threadfence();
  }
  __syncthreads();
  if (!is_last) return;
  int sum = 0;
  for (unsigned block = 0; block < gridDim.x; ++block) sum += parts[block];
  out[threadIdx.x] = static_cast<int>(threadIdx.x) + sum - static_cast<int>(gridDim.x) + 1;
}

template <typename... Parameters, typename... Arguments>
void Run(int blocks, void (*kernel)(Parameters...), Arguments... arguments) {
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(static_cast<unsigned>(blocks));
  config.blockDim = dim3(kThreads);
  if (cudaLaunchKernelEx(&config, kernel, arguments...) != cudaSuccess) std::puts("not launched");
}

bool RunRule(const char* rule, bool is_broken, std::vector<int>& result) {
  int* out = nullptr;
  int* parts = nullptr;
  if (cudaMalloc(&out, kThreads * sizeof(int)) != cudaSuccess) return false;
  if (cudaMalloc(&parts, kThreads * sizeof(int)) != cudaSuccess) return false;
  if (cudaMemset(parts, 0, kThreads * sizeof(int)) != cudaSuccess) return false;
  const auto is = [rule](const char* name) { return std::strcmp(rule, name) == 0; };
  std::vector<int> expected(kThreads);
  for (int i = 0; i < kThreads; ++i) expected[static_cast<size_t>(i)] = i + 1;

  if (is("missing-barrier")) {
    Run(1, Neighbour, out, !is_broken);
    expected.back() = 0;
  } else if (is("garbage")) {
    Run(1, Accumulate, out, !is_broken);
  } else if (is("shared-overrun")) {
    Run(1, SharedOverrun, out, is_broken ? kThreads + 1 : kThreads);
  } else if (is("local-overrun")) {
    Run(1, LocalOverrun, out, is_broken ? 9 : 8);
  } else if (is("device-overrun")) {
    int* small = nullptr;
    if (cudaMalloc(&small, 10 * sizeof(int)) != cudaSuccess) return false;
    Run(1, Identity, out, kThreads);
    Run(1, Identity, small, is_broken ? 11 : 10);
    if (cudaFree(small) != cudaSuccess) return false;
  } else if (is("use-after-free")) {
    int* freed = nullptr;
    if (cudaMalloc(&freed, kThreads * sizeof(int)) != cudaSuccess) return false;
    if (is_broken && cudaFree(freed) != cudaSuccess) return false;
    Run(1, Identity, freed, kThreads);
    Run(1, Identity, out, kThreads);
    if (!is_broken && cudaFree(freed) != cudaSuccess) return false;
  } else if (is("divergent-barrier")) {
    Run(1, DivergentBarrier, out, is_broken);
  } else if (is("early-exit")) {
    Run(1, EarlyExit, out);
  } else if (is("warp-deadlock")) {
    Run(1, WarpDeadlock, out, is_broken);
  } else if (is("strange-mask")) {
    Run(1, StrangeMask, out, is_broken);
  } else if (is("exited-lane")) {
    Run(1, ExitedLane, out, is_broken);
  } else if (is("mixed-operations")) {
    Run(1, MixedOperations, out, is_broken);
  } else if (is("ungiven-value")) {
    Run(1, UngivenValue, out, is_broken);
  } else if (is("block-race")) {
    Run(1, Identity, out, kThreads);
    Run(kThreads, BlockRace, out, is_broken);
  } else if (is("last-block")) {
    unsigned* finished = nullptr;
    if (cudaMalloc(&finished, sizeof(unsigned)) != cudaSuccess) return false;
    if (cudaMemset(finished, 0, sizeof(unsigned)) != cudaSuccess) return false;
    Run(8, LastBlock, out, parts, finished, !is_broken);
    if (cudaFree(finished) != cudaSuccess) return false;
  } else {
    std::printf("no rule %s\n", rule);
    return false;
  }

  const cudaError_t error = cudaMemcpy(result.data(), out, kThreads * sizeof(int), cudaMemcpyDeviceToHost);
  return cudaFree(out) == cudaSuccess && cudaFree(parts) == cudaSuccess && error == cudaSuccess && result == expected;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  std::vector<int> result(kThreads);
  const bool is_right = RunRule(arguments[1], std::strcmp(arguments[2], "correct") != 0, result);
  if (std::strcmp(arguments[2], "values") == 0) {
    for (const int value : result) std::printf("%d\n", value);
  } else {
    std::puts(is_right ? "right" : "wrong");
  }
  return 0;
}
