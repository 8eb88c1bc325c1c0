#include "streams.hpp"

#include <array>

#include "calls.hpp"
#include "counters.hpp"
#include "devices.hpp"

namespace cuda_on_cpu {

Handles<CUstream_st> streams;

namespace {

std::array<CUstream_st, kMaxDevices> legacy_streams;

CUstream_st& LegacyStream(int device) {
  CUstream_st& stream = legacy_streams[static_cast<size_t>(device)];
  stream.device = device;
  stream.is_legacy = true;
  return stream;
}

}  // namespace

CUstream_st* FindStream(cudaStream_t handle) {
  if (handle == nullptr || handle == cudaStreamLegacy) return &LegacyStream(CurrentDevice());
  return streams.Contains(handle) ? handle : nullptr;
}

std::vector<OperationPointer> TailOf(const CUstream_st& stream) {
  std::vector<OperationPointer> tail = {stream.tail};
  if (stream.is_legacy) {
    for (const auto& [handle, other] : streams) {
      if (other->is_blocking && other->device == stream.device) tail.push_back(other->tail);
    }
  } else if (stream.is_blocking) {
    tail.push_back(LegacyStream(stream.device).tail);
  }
  return tail;
}

cudaError_t Enqueue(CUstream_st& stream, Work work) {
  if (stream.capture != nullptr) {
    if (stream.capture->is_invalid) return cudaErrorStreamCaptureInvalidated;
    AddNode(stream, std::move(work));
    return cudaSuccess;
  }
  if (stream.is_legacy) {
    if (const cudaError_t error = CheckLegacyStream(stream.device); error != cudaSuccess) return error;
  }
  stream.tail = Submit(stream.device, std::move(work), TailOf(stream));
  return cudaSuccess;
}

cudaError_t WaitForStream(const CUstream_st& stream) {
  ++counters.waits;
  for (const OperationPointer& operation : TailOf(stream)) WaitForOperation(operation);
  return TakeFailure(CUDA_ON_CPU_WAIT);
}

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

namespace {

/** Streams that capture are not waited for. */
cudaError_t CheckNotCapturing(const CUstream_st& stream) {
  if (stream.capture != nullptr) return Invalidate(*stream.capture, cudaErrorStreamCaptureUnsupported);
  return stream.is_legacy ? CheckLegacyStream(stream.device) : cudaSuccess;
}

}  // namespace

cudaError_t cudaStreamCreate(cudaStream_t* pStream) {
  return cudaStreamCreateWithPriority(pStream, cudaStreamDefault, 0);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* pStream, unsigned flags) {
  return cudaStreamCreateWithPriority(pStream, flags, 0);
}

cudaError_t cudaStreamCreateWithPriority(cudaStream_t* pStream, unsigned flags, int priority) {
  return Call([&] {
    if (pStream == nullptr || flags > cudaStreamNonBlocking) return cudaErrorInvalidValue;
    auto stream = std::make_unique<CUstream_st>();
    stream->device = CurrentDevice();
    stream->is_blocking = flags != cudaStreamNonBlocking;
    stream->priority = priority;
    *pStream = streams.Add(std::move(stream));
    return cudaSuccess;
  });
}

// Does not wait: what is on the stream is done all the same.
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return Call([&] {
    if (!streams.Contains(stream)) return cudaErrorInvalidResourceHandle;
    if (stream->capture != nullptr) LeaveCapture(*stream);
    streams.Remove(stream);
    return cudaSuccess;
  });
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return Call([&] {
    const CUstream_st* const found = FindStream(stream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    if (const cudaError_t error = CheckNotCapturing(*found); error != cudaSuccess) return error;
    return WaitForStream(*found);
  });
}

// Lets the device do a little, so that a host that asks again and again gets there.
cudaError_t cudaStreamQuery(cudaStream_t stream) {
  return Call([&] {
    const CUstream_st* const found = FindStream(stream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    if (const cudaError_t error = CheckNotCapturing(*found); error != cudaSuccess) return error;
    RunAnyOperation();
    return AreDone(TailOf(*found)) ? cudaSuccess : cudaErrorNotReady;
  });
}

cudaError_t cudaStreamGetFlags(cudaStream_t hStream, unsigned* flags) {
  return Call([&] {
    const CUstream_st* const found = FindStream(hStream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    *flags = found->is_blocking ? cudaStreamDefault : cudaStreamNonBlocking;
    return cudaSuccess;
  });
}

cudaError_t cudaStreamGetPriority(cudaStream_t hStream, int* priority) {
  return Call([&] {
    const CUstream_st* const found = FindStream(hStream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    *priority = found->priority;
    return cudaSuccess;
  });
}

cudaError_t cudaStreamGetDevice(cudaStream_t hStream, int* device) {
  return Call([&] {
    const CUstream_st* const found = FindStream(hStream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    *device = found->device;
    return cudaSuccess;
  });
}
