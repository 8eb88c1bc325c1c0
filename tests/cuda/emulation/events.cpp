#include "calls.hpp"
#include "counters.hpp"
#include "devices.hpp"
#include "streams.hpp"

namespace cuda_on_cpu {

Handles<CUevent_st> events;

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

namespace {

/** A captured event stands for nothing that the host could wait for. */
cudaError_t CheckNotCaptured(const CUevent_st& event) {
  return event.capture == nullptr ? cudaSuccess : Invalidate(*event.capture, cudaErrorCapturedEvent);
}

/** The stream is capturing: it comes after the event's nodes of the same capture. */
cudaError_t WaitInCapture(CUstream_st& stream, const CUevent_st& event) {
  Capture& capture = *stream.capture;
  if (capture.is_invalid) return cudaErrorStreamCaptureInvalidated;
  if (!event.is_recorded) return cudaSuccess;
  if (event.capture == nullptr) return Invalidate(capture, cudaErrorStreamCaptureIsolation);
  if (event.capture->has_ended) return Invalidate(capture, cudaErrorCapturedEvent);
  if (event.capture != stream.capture) {
    Invalidate(*event.capture, cudaErrorStreamCaptureMerge);
    return Invalidate(capture, cudaErrorStreamCaptureMerge);
  }
  stream.capture_tail.insert(stream.capture_tail.end(), event.captured_nodes.begin(), event.captured_nodes.end());
  return cudaSuccess;
}

/** The stream is not capturing, and the event was recorded in a capture, which the stream joins. */
cudaError_t JoinCapture(CUstream_st& stream, const CUevent_st& event) {
  Capture& capture = *event.capture;
  if (capture.has_ended) return cudaErrorCapturedEvent;
  if (capture.is_invalid) return cudaErrorStreamCaptureInvalidated;
  if (stream.is_legacy) return Invalidate(capture, cudaErrorStreamCaptureImplicit);
  stream.capture = event.capture;
  stream.capture_tail = event.captured_nodes;
  capture.streams.insert(&stream);
  return cudaSuccess;
}

}  // namespace

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  return Call([&] {
    if (event == nullptr || flags > (cudaEventBlockingSync | cudaEventDisableTiming)) return cudaErrorInvalidValue;
    auto made = std::make_unique<CUevent_st>();
    made->device = CurrentDevice();
    made->flags = flags;
    *event = events.Add(std::move(made));
    return cudaSuccess;
  });
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  return Call([&] {
    CUstream_st* const found = FindStream(stream);
    if (found == nullptr || !events.Contains(event) || event->device != found->device) {
      return cudaErrorInvalidResourceHandle;
    }
    if (found->capture != nullptr) {
      if (found->capture->is_invalid) return cudaErrorStreamCaptureInvalidated;
      event->captured_nodes = found->capture_tail;
    } else {
      if (found->is_legacy) {
        if (const cudaError_t error = CheckLegacyStream(found->device); error != cudaSuccess) return error;
      }
      event->operations = TailOf(*found);
    }
    event->capture = found->capture;
    event->is_recorded = true;
    return cudaSuccess;
  });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags) {
  return Call([&] {
    CUstream_st* const found = FindStream(stream);
    if (found == nullptr || !events.Contains(event)) return cudaErrorInvalidResourceHandle;
    if (flags != cudaEventWaitDefault) return cudaErrorInvalidValue;
    if (found->capture != nullptr) return WaitInCapture(*found, *event);
    if (event->capture != nullptr) return JoinCapture(*found, *event);
    if (found->is_legacy) {
      if (const cudaError_t error = CheckLegacyStream(found->device); error != cudaSuccess) return error;
    }
    if (!event->is_recorded) return cudaSuccess;
    std::vector<OperationPointer> after = TailOf(*found);
    after.insert(after.end(), event->operations.begin(), event->operations.end());
    found->tail = Submit(
        found->device, [] {}, after);
    return cudaSuccess;
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return Call([&] {
    if (!events.Contains(event)) return cudaErrorInvalidResourceHandle;
    if (const cudaError_t error = CheckNotCaptured(*event); error != cudaSuccess) return error;
    ++counters.waits;
    for (const OperationPointer& operation : event->operations) WaitForOperation(operation);
    return TakeFailure(CUDA_ON_CPU_WAIT);
  });
}

// Lets the device do a little, so that a host that asks again and again gets there.
cudaError_t cudaEventQuery(cudaEvent_t event) {
  return Call([&] {
    if (!events.Contains(event)) return cudaErrorInvalidResourceHandle;
    if (const cudaError_t error = CheckNotCaptured(*event); error != cudaSuccess) return error;
    if (const cudaError_t error = CheckUnsafeCall(); error != cudaSuccess) return error;
    RunAnyOperation();
    return AreDone(event->operations) ? cudaSuccess : cudaErrorNotReady;
  });
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return Call([&] {
    if (!events.Contains(event)) return cudaErrorInvalidResourceHandle;
    events.Remove(event);
    return cudaSuccess;
  });
}

cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t start, cudaEvent_t end) {
  return Call([&] {
    if (ms == nullptr) return cudaErrorInvalidValue;
    for (const cudaEvent_t event : {start, end}) {
      if (!events.Contains(event) || !event->is_recorded || (event->flags & cudaEventDisableTiming) != 0) {
        return cudaErrorInvalidResourceHandle;
      }
      if (const cudaError_t error = CheckNotCaptured(*event); error != cudaSuccess) return error;
      if (!AreDone(event->operations)) return cudaErrorNotReady;
    }
    *ms = 0;
    return cudaSuccess;
  });
}
