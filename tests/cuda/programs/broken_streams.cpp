/**
 * Hosts that forget to wait, each with a correct twin: what the emulator has to see, and what it must let pass.
 *
 *   broken_streams <rule> broken|correct
 *
 * prints "right" or "wrong", as the result is; sanitizers may end it before that.
 */
#include <cuda_runtime.h>

#include <cstdio>
#include <cstring>

namespace {

constexpr int kThreads = 64;
constexpr size_t kBytes = kThreads * sizeof(int);

__global__ void Fill(int* out, int first) { out[threadIdx.x] = first + static_cast<int>(threadIdx.x); }

__global__ void Copy(int* out, const int* in) { out[threadIdx.x] = in[threadIdx.x]; }

template <typename... Parameters, typename... Arguments>
void Launch(cudaStream_t stream, void (*kernel)(Parameters...), Arguments... arguments) {
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(1);
  config.blockDim = dim3(kThreads);
  config.stream = stream;
  if (cudaLaunchKernelEx(&config, kernel, arguments...) != cudaSuccess) std::puts("not launched");
}

/** Two streams, two arrays on the device and one in pinned memory; nothing is freed before the program ends. */
struct Bench {
  cudaStream_t first = nullptr;
  cudaStream_t second = nullptr;
  cudaEvent_t event = nullptr;
  int* in = nullptr;
  int* out = nullptr;
  int* pinned = nullptr;

  bool Make() {
    return cudaStreamCreateWithFlags(&first, cudaStreamNonBlocking) == cudaSuccess &&
           cudaStreamCreateWithFlags(&second, cudaStreamNonBlocking) == cudaSuccess &&
           cudaEventCreateWithFlags(&event, cudaEventDisableTiming) == cudaSuccess &&
           cudaMalloc(&in, kBytes) == cudaSuccess && cudaMalloc(&out, kBytes) == cudaSuccess &&
           cudaMallocHost(&pinned, kBytes) == cudaSuccess;
  }

  void Free() {
    cudaFree(in);
    cudaFree(out);
    cudaFreeHost(pinned);
  }

  /** What the first stream did so far comes before what the second does next. */
  bool Join() {
    return cudaEventRecord(event, first) == cudaSuccess && cudaStreamWaitEvent(second, event) == cudaSuccess;
  }

  bool Wait() { return cudaStreamSynchronize(first) == cudaSuccess && cudaStreamSynchronize(second) == cudaSuccess; }

  bool HasCounted(int start) const {
    bool is_right = true;
    for (int i = 0; i < kThreads; ++i) is_right = is_right && pinned[i] == start + i;
    return is_right;
  }

  bool ReadBack(const int* device, cudaStream_t stream) {
    return cudaMemcpyAsync(pinned, device, kBytes, cudaMemcpyDeviceToHost, stream) == cudaSuccess;
  }
};

bool MissingEvent(Bench& bench, bool is_broken) {
  Launch(bench.first, Fill, bench.in, 1);
  if (!is_broken && !bench.Join()) return false;
  Launch(bench.second, Copy, bench.out, bench.in);
  return bench.ReadBack(bench.out, bench.second) && bench.Wait() && bench.HasCounted(1);
}

/** The event is waited for, but was recorded before the work that matters. */
bool EarlyRecord(Bench& bench, bool is_broken) {
  Launch(bench.first, Fill, bench.in, 1);
  if (is_broken && !bench.Join()) return false;
  Launch(bench.first, Fill, bench.in, 2);
  if (!is_broken && !bench.Join()) return false;
  Launch(bench.second, Copy, bench.out, bench.in);
  return bench.ReadBack(bench.out, bench.second) && bench.Wait() && bench.HasCounted(2);
}

/** Memory is written again while the stream that reads it may not have got there. */
bool EarlyReuse(Bench& bench, bool is_broken) {
  Launch(bench.first, Fill, bench.in, 1);
  Launch(bench.first, Copy, bench.out, bench.in);
  if (!is_broken && !bench.Join()) return false;
  Launch(bench.second, Fill, bench.in, 5);
  return bench.ReadBack(bench.out, bench.first) && bench.Wait() && bench.HasCounted(1);
}

bool EarlyHostWrite(Bench& bench, bool is_broken) {
  for (int i = 0; i < kThreads; ++i) bench.pinned[i] = i + 1;
  if (cudaMemcpyAsync(bench.in, bench.pinned, kBytes, cudaMemcpyHostToDevice, bench.first) != cudaSuccess) return false;
  if (!is_broken && !bench.Wait()) return false;
  for (int i = 0; i < kThreads; ++i) bench.pinned[i] = 0;
  return bench.ReadBack(bench.in, bench.first) && bench.Wait() && bench.HasCounted(1);
}

bool EarlyHostRead(Bench& bench, bool is_broken) {
  for (int i = 0; i < kThreads; ++i) bench.pinned[i] = 0;
  Launch(bench.first, Fill, bench.in, 1);
  if (!bench.ReadBack(bench.in, bench.first)) return false;
  if (!is_broken && !bench.Wait()) return false;
  return bench.HasCounted(1);
}

/** Reads device memory without a copy. */
bool HostDereference(Bench& bench, bool is_broken) {
  Launch(bench.first, Fill, bench.in, 1);
  if (!bench.ReadBack(bench.in, bench.first) || !bench.Wait()) return false;
  return (is_broken ? bench.in[1] : bench.pinned[1]) == 2;
}

bool EarlyHostFree(Bench& bench, bool is_broken) {
  int* source = nullptr;
  if (cudaMallocHost(&source, kBytes) != cudaSuccess) return false;
  for (int i = 0; i < kThreads; ++i) source[i] = i + 1;
  if (cudaMemcpyAsync(bench.in, source, kBytes, cudaMemcpyHostToDevice, bench.first) != cudaSuccess) return false;
  if (!is_broken && !bench.Wait()) return false;
  if (cudaFreeHost(source) != cudaSuccess) return false;
  return bench.ReadBack(bench.in, bench.first) && bench.Wait() && bench.HasCounted(1);
}

/** The same within a graph: two branches, the second of which needs what the first writes. */
bool MissingEventInGraph(Bench& bench, bool is_broken) {
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t executable = nullptr;
  if (cudaStreamBeginCapture(bench.first, cudaStreamCaptureModeThreadLocal) != cudaSuccess || !bench.Join())
    return false;
  Launch(bench.first, Fill, bench.in, 1);
  if (!is_broken && !bench.Join()) return false;
  Launch(bench.second, Copy, bench.out, bench.in);
  if (!bench.ReadBack(bench.out, bench.second) || cudaEventRecord(bench.event, bench.second) != cudaSuccess ||
      cudaStreamWaitEvent(bench.first, bench.event) != cudaSuccess ||
      cudaStreamEndCapture(bench.first, &graph) != cudaSuccess ||
      cudaGraphInstantiate(&executable, graph) != cudaSuccess) {
    return false;
  }
  return cudaGraphLaunch(executable, bench.first) == cudaSuccess && bench.Wait() && bench.HasCounted(1);
}

struct Rule {
  const char* name;
  bool (*run)(Bench&, bool);
};

constexpr Rule kRules[] = {{"missing-event", MissingEvent},      {"missing-event-in-graph", MissingEventInGraph},
                           {"early-record", EarlyRecord},        {"early-reuse", EarlyReuse},
                           {"early-host-write", EarlyHostWrite}, {"early-host-read", EarlyHostRead},
                           {"early-host-free", EarlyHostFree},   {"host-dereference", HostDereference}};

}  // namespace

int main(int count, char** arguments) {
  Bench bench;
  if (count != 3 || !bench.Make()) return 2;
  for (const Rule& rule : kRules) {
    if (std::strcmp(rule.name, arguments[1]) != 0) continue;
    std::puts(rule.run(bench, std::strcmp(arguments[2], "broken") == 0) ? "right" : "wrong");
    bench.Free();
    return 0;
  }
  return 2;
}
