#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <utility>

#include "failure.hpp"

/** What the CUDA runtime hands out, each with its owner. */

namespace verbatim::cuda {

/** Makes a device current, and the caller's again at the end. */
class DeviceScope {
 public:
  explicit DeviceScope(int device) : device_(device) {
    CheckCuda(cudaGetDevice(&previous_), "read the current device");
    if (previous_ != device_) CheckCuda(cudaSetDevice(device_), "select the device");
  }
  ~DeviceScope() {
    if (previous_ != device_) (void)cudaSetDevice(previous_);
  }
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

 private:
  int device_;
  int previous_ = 0;
};

/** Something that is released by one call. */
template <typename Handle, cudaError_t (*release)(Handle)>
class Owned {
 public:
  Owned() = default;
  explicit Owned(Handle handle) : handle_(handle) {}
  Owned(Owned&& other) noexcept : handle_(std::exchange(other.handle_, Handle{})) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Owned() {
    if (handle_ != Handle{}) (void)release(handle_);
  }
  Handle get() const { return handle_; }

 private:
  Handle handle_{};
};

inline cudaError_t FreeDevice(void* memory) { return cudaFree(memory); }
inline cudaError_t FreePinned(void* memory) { return cudaFreeHost(memory); }
inline cudaError_t DestroyStream(cudaStream_t stream) { return cudaStreamDestroy(stream); }
inline cudaError_t DestroyEvent(cudaEvent_t event) { return cudaEventDestroy(event); }

/** Waits for the device when it goes. */
class IdleDevice {
 public:
  IdleDevice() = default;
  ~IdleDevice() { (void)cudaDeviceSynchronize(); }
  IdleDevice(const IdleDevice&) = delete;
  IdleDevice& operator=(const IdleDevice&) = delete;
};

using DeviceMemory = Owned<void*, FreeDevice>;
using PinnedMemory = Owned<void*, FreePinned>;
using Stream = Owned<cudaStream_t, DestroyStream>;
using Event = Owned<cudaEvent_t, DestroyEvent>;

inline DeviceMemory AllocateDevice(size_t bytes) {
  void* memory = nullptr;
  CheckCuda(cudaMalloc(&memory, bytes), "allocate device memory");
  return DeviceMemory(memory);
}

inline PinnedMemory AllocatePinned(size_t bytes) {
  void* memory = nullptr;
  CheckCuda(cudaMallocHost(&memory, bytes), "allocate pinned host memory");
  return PinnedMemory(memory);
}

/** A stream of the highest priority that the legacy default stream does not hold up. */
inline Stream CreateStream() {
  int lowest = 0;
  int highest = 0;
  CheckCuda(cudaDeviceGetStreamPriorityRange(&lowest, &highest), "read the stream priorities");
  cudaStream_t stream = nullptr;
  CheckCuda(cudaStreamCreateWithPriority(&stream, cudaStreamNonBlocking, highest), "create a stream");
  return Stream(stream);
}

inline Event CreateEvent() {
  cudaEvent_t event = nullptr;
  CheckCuda(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "create an event");
  return Event(event);
}

}  // namespace verbatim::cuda
