#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "../../cuda/kernels/state/launch.cuh"
#include "../../tests/cuda/kit/device.hpp"

/** Times on the device: work is captured between two events in one graph, so that no launch from the host is in them.
 */

namespace verbatim::cuda::bench {

using tests::DeviceBuffer;
using tests::ExpectCuda;
using tests::Stream;

/** Device memory that holds `values`, for streams that do not wait for the default one. */
template <typename Value>
DeviceBuffer<Value> Upload(const std::vector<Value>& values) {
  DeviceBuffer<Value> buffer(values);
  // A copy from pageable memory may return before the last of it has arrived.
  ExpectCuda(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  return buffer;
}

class TimingEvent {
 public:
  TimingEvent() {
    cudaEvent_t event = nullptr;
    ExpectCuda(cudaEventCreate(&event), "cudaEventCreate");
    event_.reset(event);
  }

  /** Also inside a capture, where the event becomes a node of the graph. */
  void Record(cudaStream_t stream) const {
    ExpectCuda(cudaEventRecordWithFlags(event_.get(), stream, cudaEventRecordExternal), "cudaEventRecordWithFlags");
  }

  /** Both have been reached. */
  double MicrosecondsSince(const TimingEvent& start) const {
    float milliseconds = 0;
    ExpectCuda(cudaEventElapsedTime(&milliseconds, start.event_.get(), event_.get()), "cudaEventElapsedTime");
    return 1e3 * static_cast<double>(milliseconds);
  }

 private:
  struct Destroy {
    using pointer = cudaEvent_t;
    void operator()(cudaEvent_t event) const { static_cast<void>(cudaEventDestroy(event)); }
  };

  std::unique_ptr<cudaEvent_t, Destroy> event_;
};

/** Work on one stream, and what it calls onto, as a graph. */
class Graph {
 public:
  /** `work(stream)` enqueues. */
  template <typename Work>
  Graph(const Stream& stream, const Work& work) : stream_(stream.get()) {
    ExpectCuda(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
    work(stream_);
    cudaGraph_t graph = nullptr;
    ExpectCuda(cudaStreamEndCapture(stream_, &graph), "cudaStreamEndCapture");
    cudaGraphExec_t executable = nullptr;
    const cudaError_t error = cudaGraphInstantiate(&executable, graph, 0);
    static_cast<void>(cudaGraphDestroy(graph));
    ExpectCuda(error, "cudaGraphInstantiate");
    executable_.reset(executable);
  }

  void Launch() const { ExpectCuda(cudaGraphLaunch(executable_.get(), stream_), "cudaGraphLaunch"); }

  void Run() const {
    Launch();
    ExpectCuda(cudaStreamSynchronize(stream_), "cudaStreamSynchronize");
  }

 private:
  struct Destroy {
    using pointer = cudaGraphExec_t;
    void operator()(cudaGraphExec_t graph) const { static_cast<void>(cudaGraphExecDestroy(graph)); }
  };

  cudaStream_t stream_;
  std::unique_ptr<cudaGraphExec_t, Destroy> executable_;
};

/** Some work, then work that is timed. */
class TimedGraph {
 public:
  /** Both enqueue: `before(stream)`, `work(stream)`. */
  template <typename Before, typename Work>
  TimedGraph(const Stream& stream, const Before& before, const Work& work)
      : graph_(stream, [&](cudaStream_t captured) {
          before(captured);
          start_.Record(captured);
          work(captured);
          end_.Record(captured);
        }) {}

  /** Runs it, waits, and returns microseconds. */
  double Run() const {
    graph_.Run();
    return end_.MicrosecondsSince(start_);
  }

  std::vector<double> Run(int times) const {
    std::vector<double> results;
    for (int i = 0; i < times; ++i) results.push_back(Run());
    return results;
  }

 private:
  TimingEvent start_;
  TimingEvent end_;
  Graph graph_;
};

__global__ void ReadKernel(const uint4* words, size_t count, uint32_t* sink) {
  uint32_t sum = 0;
  const size_t step = static_cast<size_t>(gridDim.x) * blockDim.x;
  for (size_t i = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += step) {
    const uint4 word = words[i];
    sum += word.x ^ word.y ^ word.z ^ word.w;
  }
  // The words are all zero: the compiler does not know.
  if (sum != 0) *sink = sum;
}

/** The second-level cache of the current device, in bytes. */
inline size_t CacheBytes() {
  int device = 0;
  int bytes = 0;
  ExpectCuda(cudaGetDevice(&device), "cudaGetDevice");
  ExpectCuda(cudaDeviceGetAttribute(&bytes, cudaDevAttrL2CacheSize, device), "cudaDeviceGetAttribute");
  return static_cast<size_t>(bytes);
}

/** Leaves the second-level cache as a forward pass does: full of what was read of other memory. */
class CacheEvictor {
 public:
  CacheEvictor() : words_(kCaches * CacheBytes() / sizeof(uint4)), sink_(1) {
    ExpectCuda(cudaMemset(words_.data(), 0, words_.count() * sizeof(uint4)), "cudaMemset");
    ExpectCuda(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  }

  void Enqueue(cudaStream_t stream) const {
    constexpr unsigned kBlocks = 528;
    constexpr int kThreads = 512;
    ExpectCuda(Launch(ReadKernel, kBlocks, kThreads, stream, words_.data(), words_.count(), sink_.data()),
               "ReadKernel");
  }

 private:
  static constexpr size_t kCaches = 4;

  DeviceBuffer<uint4> words_;
  DeviceBuffer<uint32_t> sink_;
};

inline double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

inline double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace verbatim::cuda::bench
