#include "memory.hpp"

#include <cstdlib>
#include <cstring>
#include <map>

#include "calls.hpp"
#include "capture.hpp"
#include "counters.hpp"
#include "devices.hpp"
#include "operations.hpp"
#include "random.hpp"

namespace cuda_on_cpu {
namespace {

/** As CUDA aligns allocations. */
constexpr size_t kAlignment = 256;

/** By the address of the first byte. */
std::map<const void*, Allocation> allocations;

#if defined(CUDA_ON_CPU_ASAN)

/** Larger allocations stay open, as opening and closing takes time. */
constexpr size_t kMaxGuardedBytes = size_t{8} << 20;

bool IsGuarded(const Allocation& allocation) {
  return allocation.type == cudaMemoryTypeDevice && allocation.bytes <= kMaxGuardedBytes;
}

void Close(const Allocation& allocation) {
  if (IsGuarded(allocation)) __asan_poison_memory_region(allocation.start, allocation.bytes);
}

void Open(const Allocation& allocation) {
  if (IsGuarded(allocation)) __asan_unpoison_memory_region(allocation.start, allocation.bytes);
}

#else

void Close(const Allocation&) {}
void Open(const Allocation&) {}

#endif

/** Memory full of garbage; AddressSanitizer watches its edges. */
cudaError_t Allocate(void** address, size_t bytes, cudaMemoryType type) {
  *address = nullptr;
  if (bytes == 0) return cudaSuccess;
  void* memory = nullptr;
  if (posix_memalign(&memory, kAlignment, bytes) != 0) return cudaErrorMemoryAllocation;
  std::memset(memory, static_cast<int>(generator.Below(256)), bytes);
  const Allocation allocation = {static_cast<char*>(memory), bytes, type, CurrentDevice()};
  allocations[memory] = allocation;
  Close(allocation);
  *address = memory;
  return cudaSuccess;
}

cudaError_t Release(void* address, cudaMemoryType type) {
  const auto found = allocations.find(address);
  if (found == allocations.end() || found->second.type != type) return cudaErrorInvalidValue;
  Open(found->second);
  allocations.erase(found);
  std::free(address);
  return cudaSuccess;
}

}  // namespace

const Allocation* FindAllocation(const void* address) {
  auto after = allocations.upper_bound(address);
  if (after == allocations.begin()) return nullptr;
  const Allocation& allocation = (--after)->second;
  return static_cast<const char*>(address) < allocation.start + allocation.bytes ? &allocation : nullptr;
}

DeviceAtWork::DeviceAtWork() {
  CUDA_ON_CPU_IF_ASAN(for (const auto& [start, allocation] : allocations) Open(allocation);)
}

DeviceAtWork::~DeviceAtWork() {
  CUDA_ON_CPU_IF_ASAN(for (const auto& [start, allocation] : allocations) Close(allocation);)
}

size_t DeviceBytesInUse(int device) {
  size_t bytes = 0;
  for (const auto& [start, allocation] : allocations) {
    if (allocation.type == cudaMemoryTypeDevice && allocation.device == device) bytes += allocation.bytes;
  }
  return bytes;
}

void CountAllocations(cuda_on_cpu_counters& count) {
  count.live_device_bytes = 0;
  count.live_device_allocations = 0;
  count.live_host_allocations = 0;
  for (const auto& [start, allocation] : allocations) {
    if (allocation.type == cudaMemoryTypeHost) {
      ++count.live_host_allocations;
    } else {
      ++count.live_device_allocations;
      count.live_device_bytes += allocation.bytes;
    }
  }
}

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

cudaError_t cudaMalloc(void** devPtr, size_t size) {
  return Call([&] {
    if (devPtr == nullptr) return cudaErrorInvalidValue;
    if (const cudaError_t error = CheckUnsafeCall(); error != cudaSuccess) return error;
    ++counters.device_allocations;
    if (const cudaError_t error = TakeFailure(CUDA_ON_CPU_DEVICE_ALLOCATION); error != cudaSuccess) return error;
    if (size > machine.device_bytes - DeviceBytesInUse(CurrentDevice())) return cudaErrorMemoryAllocation;
    return Allocate(devPtr, size, cudaMemoryTypeDevice);
  });
}

cudaError_t cudaFree(void* devPtr) {
  return Call([&] {
    if (devPtr == nullptr) return cudaSuccess;
    if (const cudaError_t error = CheckUnsafeCall(); error != cudaSuccess) return error;
    const Allocation* const allocation = FindAllocation(devPtr);
    if (allocation == nullptr) return cudaErrorInvalidValue;
    ++counters.waits;
    WaitForDevice(allocation->device);
    if (const cudaError_t error = Release(devPtr, cudaMemoryTypeDevice); error != cudaSuccess) return error;
    return TakeFailure(CUDA_ON_CPU_WAIT);
  });
}

cudaError_t cudaHostAlloc(void** pHost, size_t size, unsigned) {
  return Call([&] {
    if (pHost == nullptr) return cudaErrorInvalidValue;
    if (const cudaError_t error = CheckUnsafeCall(); error != cudaSuccess) return error;
    ++counters.host_allocations;
    if (const cudaError_t error = TakeFailure(CUDA_ON_CPU_HOST_ALLOCATION); error != cudaSuccess) return error;
    return Allocate(pHost, size, cudaMemoryTypeHost);
  });
}

cudaError_t cudaMallocHost(void** ptr, size_t size) { return cudaHostAlloc(ptr, size, cudaHostAllocDefault); }

// Does not wait: a copy that is still to run then touches freed memory, as it might on a device.
cudaError_t cudaFreeHost(void* ptr) {
  return Call([&] {
    if (ptr == nullptr) return cudaSuccess;
    if (const cudaError_t error = CheckUnsafeCall(); error != cudaSuccess) return error;
    return Release(ptr, cudaMemoryTypeHost);
  });
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* ptr) {
  return Call([&] {
    if (attributes == nullptr) return cudaErrorInvalidValue;
    *attributes = {};
    attributes->device = -2;
    void* const address = const_cast<void*>(ptr);
    const Allocation* const allocation = FindAllocation(ptr);
    if (allocation == nullptr) {
      attributes->hostPointer = address;
      return cudaSuccess;
    }
    attributes->type = allocation->type;
    attributes->device = allocation->device;
    attributes->devicePointer = address;
    if (allocation->type == cudaMemoryTypeHost) attributes->hostPointer = address;
    return cudaSuccess;
  });
}
