#include "devices.hpp"

#include <cstring>

#include "calls.hpp"
#include "capture.hpp"
#include "counters.hpp"
#include "memory.hpp"
#include "operations.hpp"
#include "runtime_api.hpp"

namespace cuda_on_cpu {

Machine machine;

namespace {

thread_local int current_device = 0;

constexpr int kMaxThreadsPerBlock = 1024;
constexpr int kMaxThreadsPerMultiprocessor = 2048;
constexpr int kSharedBytesPerBlock = 49152;
constexpr int kCacheBytes = 4 << 20;
constexpr int kMajor = 9;
constexpr int kMinor = 0;

bool IsDevice(int device) { return device >= 0 && device < machine.device_count; }

int AttributeOf(cudaDeviceAttr attribute) {
  switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock:
    case cudaDevAttrMaxBlockDimX:
      return kMaxThreadsPerBlock;
    case cudaDevAttrMaxGridDimX:
      return 0x7fffffff;
    case cudaDevAttrMaxSharedMemoryPerBlock:
      return kSharedBytesPerBlock;
    case cudaDevAttrWarpSize:
      return 32;
    case cudaDevAttrMultiProcessorCount:
      return machine.multiprocessor_count;
    case cudaDevAttrL2CacheSize:
      return kCacheBytes;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
      return kMaxThreadsPerMultiprocessor;
    case cudaDevAttrComputeCapabilityMajor:
      return kMajor;
    case cudaDevAttrComputeCapabilityMinor:
      return kMinor;
    case cudaDevAttrCooperativeLaunch:
      return 0;
  }
  return -1;
}

}  // namespace

int CurrentDevice() { return current_device; }

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

cudaError_t cudaDriverGetVersion(int* driverVersion) {
  const std::lock_guard lock(CallMutex());
  if (const cudaError_t error = TakeFailure(CUDA_ON_CPU_ANY_CALL); error != cudaSuccess) return Remember(error);
  if (driverVersion == nullptr) return Remember(cudaErrorInvalidValue);
  *driverVersion = machine.driver_version;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* runtimeVersion) {
  if (runtimeVersion == nullptr) return Remember(cudaErrorInvalidValue);
  *runtimeVersion = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  if (count != nullptr) *count = 0;
  return Call([&] {
    if (count == nullptr) return cudaErrorInvalidValue;
    *count = machine.device_count;
    return cudaSuccess;
  });
}

cudaError_t cudaGetDevice(int* device) {
  return Call([&] {
    if (device == nullptr) return cudaErrorInvalidValue;
    *device = current_device;
    return cudaSuccess;
  });
}

cudaError_t cudaSetDevice(int device) {
  return Call([&] {
    if (!IsDevice(device)) return cudaErrorInvalidDevice;
    current_device = device;
    return cudaSuccess;
  });
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attr, int device) {
  return Call([&] {
    if (!IsDevice(device)) return cudaErrorInvalidDevice;
    const int attribute = AttributeOf(attr);
    if (value == nullptr || attribute < 0) return cudaErrorInvalidValue;
    *value = attribute;
    return cudaSuccess;
  });
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* prop, int device) {
  return Call([&] {
    if (prop == nullptr) return cudaErrorInvalidValue;
    if (!IsDevice(device)) return cudaErrorInvalidDevice;
    *prop = {};
    std::strcpy(prop->name, "CUDA on the CPU");
    prop->totalGlobalMem = machine.device_bytes;
    prop->sharedMemPerBlock = kSharedBytesPerBlock;
    prop->warpSize = AttributeOf(cudaDevAttrWarpSize);
    prop->maxThreadsPerBlock = kMaxThreadsPerBlock;
    prop->major = kMajor;
    prop->minor = kMinor;
    prop->multiProcessorCount = machine.multiprocessor_count;
    prop->l2CacheSize = kCacheBytes;
    prop->maxThreadsPerMultiProcessor = kMaxThreadsPerMultiprocessor;
    return cudaSuccess;
  });
}

cudaError_t cudaDeviceSynchronize() {
  return Call([&] {
    if (const cudaError_t error = CheckDeviceWait(current_device); error != cudaSuccess) return error;
    ++counters.waits;
    WaitForDevice(current_device);
    return TakeFailure(CUDA_ON_CPU_WAIT);
  });
}

cudaError_t cudaDeviceGetStreamPriorityRange(int* leastPriority, int* greatestPriority) {
  return Call([&] {
    if (leastPriority != nullptr) *leastPriority = 0;
    if (greatestPriority != nullptr) *greatestPriority = -5;
    return cudaSuccess;
  });
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  return Call([&] {
    if (free == nullptr || total == nullptr) return cudaErrorInvalidValue;
    *free = machine.device_bytes - DeviceBytesInUse(current_device);
    *total = machine.device_bytes;
    return cudaSuccess;
  });
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attr, const void* func) {
  return Call([&] {
    if (attr == nullptr) return cudaErrorInvalidValue;
    if (func == nullptr) return cudaErrorInvalidDeviceFunction;
    *attr = {};
    attr->maxThreadsPerBlock = kMaxThreadsPerBlock;
    attr->ptxVersion = kMajor * 10 + kMinor;
    attr->binaryVersion = kMajor * 10 + kMinor;
    return cudaSuccess;
  });
}

cudaError_t cudaFuncSetAttribute(const void* func, cudaFuncAttribute, int) {
  return Call([&] { return func == nullptr ? cudaErrorInvalidDeviceFunction : cudaSuccess; });
}
