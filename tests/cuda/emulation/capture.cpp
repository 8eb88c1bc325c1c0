#include "capture.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "calls.hpp"
#include "devices.hpp"
#include "streams.hpp"

namespace cuda_on_cpu {
namespace {

std::vector<std::shared_ptr<Capture>> active_captures;
unsigned long long last_capture_id = 0;
thread_local cudaStreamCaptureMode thread_mode = cudaStreamCaptureModeGlobal;

/** Whether the calling thread may make no call that might be unsafe while the capture goes on. */
bool ForbidsUnsafeCalls(const Capture& capture) {
  if (thread_mode == cudaStreamCaptureModeRelaxed || capture.mode == cudaStreamCaptureModeRelaxed) return false;
  if (capture.thread == std::this_thread::get_id()) return true;
  return thread_mode == cudaStreamCaptureModeGlobal && capture.mode == cudaStreamCaptureModeGlobal;
}

template <typename Predicate>
cudaError_t InvalidateWhere(cudaError_t error, const Predicate& predicate) {
  cudaError_t result = cudaSuccess;
  for (const std::shared_ptr<Capture>& capture : active_captures) {
    if (predicate(*capture)) result = Invalidate(*capture, error);
  }
  return result;
}

/** Whether every node comes before the end of the stream that the capture began in. */
bool IsJoined(const Capture& capture) {
  const std::vector<GraphNode>& nodes = capture.graph->nodes;
  std::vector<bool> is_reached(nodes.size(), false);
  for (const size_t node : capture.origin->capture_tail) is_reached[node] = true;
  for (size_t node = nodes.size(); node-- > 0;) {
    if (!is_reached[node]) return false;
    for (const size_t earlier : nodes[node].after) is_reached[earlier] = true;
  }
  return true;
}

/** Its streams are ordinary ones again. */
void End(const std::shared_ptr<Capture>& capture) {
  capture->has_ended = true;
  for (const cudaStream_t stream : capture->streams) {
    stream->capture_tail.clear();
    stream->capture = nullptr;
  }
  active_captures.erase(std::find(active_captures.begin(), active_captures.end(), capture));
}

cudaStreamCaptureStatus StatusOf(const CUstream_st& stream) {
  if (stream.capture == nullptr) return cudaStreamCaptureStatusNone;
  return stream.capture->is_invalid ? cudaStreamCaptureStatusInvalidated : cudaStreamCaptureStatusActive;
}

}  // namespace

cudaError_t Invalidate(Capture& capture, cudaError_t error) {
  capture.is_invalid = true;
  return error;
}

cudaError_t CheckUnsafeCall() { return InvalidateWhere(cudaErrorStreamCaptureUnsupported, ForbidsUnsafeCalls); }

cudaError_t CheckDeviceWait(int device) {
  return InvalidateWhere(cudaErrorStreamCaptureUnsupported, [device](const Capture& capture) {
    return std::any_of(capture.streams.begin(), capture.streams.end(),
                       [device](cudaStream_t stream) { return stream->device == device; });
  });
}

cudaError_t CheckLegacyStream(int device) {
  return InvalidateWhere(cudaErrorStreamCaptureImplicit, [device](const Capture& capture) {
    return std::any_of(capture.streams.begin(), capture.streams.end(),
                       [device](cudaStream_t stream) { return stream->device == device && stream->is_blocking; });
  });
}

void LeaveCapture(CUstream_st& stream) {
  const std::shared_ptr<Capture> capture = stream.capture;
  Invalidate(*capture, cudaErrorStreamCaptureInvalidated);
  if (capture->origin == &stream) {
    End(capture);
  } else {
    capture->streams.erase(&stream);
  }
}

void AddNode(CUstream_st& stream, Work work) {
  std::vector<GraphNode>& nodes = stream.capture->graph->nodes;
  nodes.push_back({stream.device, std::move(work), std::exchange(stream.capture_tail, {nodes.size()})});
}

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  return Call([&] {
    CUstream_st* const found = FindStream(stream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    if (found->is_legacy) return cudaErrorStreamCaptureUnsupported;
    if (found->capture != nullptr) return Invalidate(*found->capture, cudaErrorIllegalState);
    auto capture = std::make_shared<Capture>();
    capture->id = ++last_capture_id;
    capture->mode = mode;
    capture->thread = std::this_thread::get_id();
    capture->origin = found;
    capture->streams = {found};
    capture->graph = std::make_unique<CUgraph_st>();
    found->capture = capture;
    active_captures.push_back(std::move(capture));
    return cudaSuccess;
  });
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* pGraph) {
  return Call([&] {
    CUstream_st* const found = FindStream(stream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    if (pGraph == nullptr) return cudaErrorInvalidValue;
    *pGraph = nullptr;
    if (found->capture == nullptr) return cudaErrorIllegalState;
    const std::shared_ptr<Capture> capture = found->capture;
    if (capture->origin != found) return Invalidate(*capture, cudaErrorStreamCaptureUnmatched);
    if (capture->mode != cudaStreamCaptureModeRelaxed && capture->thread != std::this_thread::get_id()) {
      return cudaErrorStreamCaptureWrongThread;
    }
    const bool is_joined = IsJoined(*capture);
    End(capture);
    if (capture->is_invalid) return cudaErrorStreamCaptureInvalidated;
    if (!is_joined) return cudaErrorStreamCaptureUnjoined;
    *pGraph = graphs.Add(std::move(capture->graph));
    return cudaSuccess;
  });
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* pCaptureStatus) {
  return cudaStreamGetCaptureInfo(stream, pCaptureStatus);
}

cudaError_t cudaStreamGetCaptureInfo(cudaStream_t stream, cudaStreamCaptureStatus* captureStatus_out,
                                     unsigned long long* id_out, cudaGraph_t* graph_out,
                                     const cudaGraphNode_t** dependencies_out, const cudaGraphEdgeData** edgeData_out,
                                     size_t* numDependencies_out) {
  return Call([&] {
    const CUstream_st* const found = FindStream(stream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    if (captureStatus_out == nullptr || dependencies_out != nullptr || edgeData_out != nullptr) {
      return cudaErrorInvalidValue;
    }
    if (found->is_legacy) {
      if (const cudaError_t error = CheckLegacyStream(found->device); error != cudaSuccess) return error;
    }
    *captureStatus_out = StatusOf(*found);
    if (*captureStatus_out != cudaStreamCaptureStatusActive) return cudaSuccess;
    if (id_out != nullptr) *id_out = found->capture->id;
    if (graph_out != nullptr) *graph_out = found->capture->graph.get();
    if (numDependencies_out != nullptr) *numDependencies_out = found->capture_tail.size();
    return cudaSuccess;
  });
}

cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  return Call([&] {
    if (mode == nullptr) return cudaErrorInvalidValue;
    std::swap(*mode, thread_mode);
    return cudaSuccess;
  });
}
