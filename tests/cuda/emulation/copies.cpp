#include <cstring>

#include "calls.hpp"
#include "counters.hpp"
#include "memory.hpp"
#include "streams.hpp"

namespace {

using namespace cuda_on_cpu;

bool IsInside(const void* address, size_t bytes, const Allocation* allocation) {
  return allocation == nullptr ||
         bytes <= static_cast<size_t>(allocation->start + allocation->bytes - static_cast<const char*>(address));
}

bool IsOnDevice(const Allocation* allocation) {
  return allocation != nullptr && allocation->type == cudaMemoryTypeDevice;
}

bool Matches(cudaMemcpyKind kind, bool to_device, bool from_device) {
  switch (kind) {
    case cudaMemcpyHostToHost:
      return !to_device && !from_device;
    case cudaMemcpyHostToDevice:
      return to_device && !from_device;
    case cudaMemcpyDeviceToHost:
      return !to_device && from_device;
    case cudaMemcpyDeviceToDevice:
      return to_device && from_device;
    case cudaMemcpyDefault:
      return true;
  }
  return false;
}

/** Memory that is not CUDA's own is read at the call; before it is written the host waits. */
cudaError_t Copy(CUstream_st& stream, void* to, const void* from, size_t bytes, cudaMemcpyKind kind, bool waits) {
  const Allocation* const target = FindAllocation(to);
  const Allocation* const source = FindAllocation(from);
  if (!Matches(kind, IsOnDevice(target), IsOnDevice(source))) return cudaErrorInvalidMemcpyDirection;
  if (!IsInside(to, bytes, target) || !IsInside(from, bytes, source)) return cudaErrorInvalidValue;
  waits = waits || target == nullptr;
  if (stream.capture != nullptr && (waits || source == nullptr)) {
    return Invalidate(*stream.capture, cudaErrorStreamCaptureUnsupported);
  }
  Work work = [to, from, bytes] { std::memcpy(to, from, bytes); };
  if (source == nullptr && target != nullptr) {
    const auto* const start = static_cast<const char*>(from);
    work = [to, staged = std::vector<char>(start, start + bytes)] { std::memcpy(to, staged.data(), staged.size()); };
  }
  if (const cudaError_t error = Enqueue(stream, std::move(work)); error != cudaSuccess) return error;
  return waits ? WaitForStream(stream) : cudaSuccess;
}

cudaError_t Fill(CUstream_st& stream, void* to, int value, size_t bytes) {
  const Allocation* const target = FindAllocation(to);
  if (target == nullptr || !IsInside(to, bytes, target)) return cudaErrorInvalidValue;
  return Enqueue(stream, [to, value, bytes] { std::memset(to, value, bytes); });
}

}  // namespace

cudaError_t cudaMemcpy(void* dst, const void* src, size_t count, cudaMemcpyKind kind) {
  return Call([&] {
    if (const cudaError_t error = CheckUnsafeCall(); error != cudaSuccess) return error;
    if (count == 0) return cudaSuccess;
    return Copy(*FindStream(nullptr), dst, src, count, kind, true);
  });
}

cudaError_t cudaMemcpyAsync(void* dst, const void* src, size_t count, cudaMemcpyKind kind, cudaStream_t stream) {
  return Call([&] {
    CUstream_st* const found = FindStream(stream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    if (count == 0) return cudaSuccess;
    return Copy(*found, dst, src, count, kind, false);
  });
}

cudaError_t cudaMemset(void* devPtr, int value, size_t count) {
  return Call([&] {
    if (const cudaError_t error = CheckUnsafeCall(); error != cudaSuccess) return error;
    if (count == 0) return cudaSuccess;
    return Fill(*FindStream(nullptr), devPtr, value, count);
  });
}

cudaError_t cudaMemsetAsync(void* devPtr, int value, size_t count, cudaStream_t stream) {
  return Call([&] {
    CUstream_st* const found = FindStream(stream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    if (count == 0) return cudaSuccess;
    return Fill(*found, devPtr, value, count);
  });
}
