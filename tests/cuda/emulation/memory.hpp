#pragma once

#include <cstddef>

#include "control.hpp"
#include "runtime_api.hpp"

namespace cuda_on_cpu {

struct Allocation {
  char* start;
  size_t bytes;
  cudaMemoryType type;
  int device;
};

/** The allocation that an address lies in; null: none of CUDA's. */
const Allocation* FindAllocation(const void* address);

size_t DeviceBytesInUse(int device);

/** While it lives, device memory can be used; AddressSanitizer reports hosts that touch it at other times. */
class DeviceAtWork {
 public:
  DeviceAtWork();
  ~DeviceAtWork();
  DeviceAtWork(const DeviceAtWork&) = delete;
  DeviceAtWork& operator=(const DeviceAtWork&) = delete;
};

/** Sets what there is now. */
void CountAllocations(cuda_on_cpu_counters& counters);

}  // namespace cuda_on_cpu
