#pragma once

#include <cuda_runtime.h>

#include <memory>

#include "device.hpp"

namespace verbatim::cuda::tests {

class Event {
 public:
  Event() {
    cudaEvent_t event = nullptr;
    ExpectCuda(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    event_.reset(event);
  }

  /** Makes `waiting` wait for what `stream` has in front of it now. */
  void Order(cudaStream_t stream, cudaStream_t waiting) const {
    ExpectCuda(cudaEventRecord(event_.get(), stream), "cudaEventRecord");
    ExpectCuda(cudaStreamWaitEvent(waiting, event_.get(), 0), "cudaStreamWaitEvent");
  }

 private:
  struct Destroy {
    using pointer = cudaEvent_t;
    void operator()(cudaEvent_t event) const { static_cast<void>(cudaEventDestroy(event)); }
  };

  std::unique_ptr<cudaEvent_t, Destroy> event_;
};

/** A graph that can be launched. */
class Graph {
 public:
  /** Captures what `record()` enqueues on `stream`. */
  template <typename Record>
  Graph(cudaStream_t stream, const Record& record) {
    ExpectCuda(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), "cudaStreamBeginCapture");
    record();
    cudaGraph_t graph = nullptr;
    ExpectCuda(cudaStreamEndCapture(stream, &graph), "cudaStreamEndCapture");
    cudaGraphExec_t executable = nullptr;
    const cudaError_t error = cudaGraphInstantiate(&executable, graph, 0);
    static_cast<void>(cudaGraphDestroy(graph));
    ExpectCuda(error, "cudaGraphInstantiate");
    executable_.reset(executable);
  }

  void Launch(cudaStream_t stream) const { ExpectCuda(cudaGraphLaunch(executable_.get(), stream), "cudaGraphLaunch"); }

 private:
  struct Destroy {
    using pointer = cudaGraphExec_t;
    void operator()(cudaGraphExec_t executable) const { static_cast<void>(cudaGraphExecDestroy(executable)); }
  };

  std::unique_ptr<cudaGraphExec_t, Destroy> executable_;
};

}  // namespace verbatim::cuda::tests
