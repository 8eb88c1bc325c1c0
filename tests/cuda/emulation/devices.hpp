#pragma once

#include <cstddef>

namespace cuda_on_cpu {

constexpr int kMaxDevices = 8;

/** The machine that is emulated. */
struct Machine {
  int device_count = 1;
  /** Of the driver, as CUDA numbers its versions; 0: none is installed. */
  int driver_version = 13000;
  int multiprocessor_count = 4;
  /** Of each device. */
  size_t device_bytes = size_t{16} << 30;
};

extern Machine machine;

/** The calling thread's. */
int CurrentDevice();

}  // namespace cuda_on_cpu
