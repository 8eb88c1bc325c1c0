/** What tests set and read of the emulator. The names are C's, so that dlsym finds them in a loaded library. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)
extern "C" {

/** What happened since the process began. */
struct cuda_on_cpu_counters {
  uint64_t device_allocations;
  uint64_t host_allocations;
  uint64_t launches;
  uint64_t blocks;
  /** Calls that made the host wait for the device: synchronizations, blocking copies, cudaFree. */
  uint64_t waits;
  /** What there is now. */
  uint64_t live_device_bytes;
  uint64_t live_device_allocations;
  uint64_t live_host_allocations;
  uint64_t live_streams;
  uint64_t live_events;
  uint64_t live_graphs;
};

void cuda_on_cpu_count(struct cuda_on_cpu_counters* counters);

enum cuda_on_cpu_call {
  CUDA_ON_CPU_ANY_CALL = 0,
  /** cudaMalloc */
  CUDA_ON_CPU_DEVICE_ALLOCATION = 1,
  /** cudaMallocHost, cudaHostAlloc */
  CUDA_ON_CPU_HOST_ALLOCATION = 2,
  CUDA_ON_CPU_LAUNCH = 3,
  /** Calls that make the host wait; the work is done all the same. */
  CUDA_ON_CPU_WAIT = 4
};

/**
 * Makes the nth next call of a kind, and none after it, return the error instead of doing anything.
 * @param nth from 1; 0: none fails
 * @param error a cudaError_t
 */
void cuda_on_cpu_fail(enum cuda_on_cpu_call call, uint64_t nth, int error);

/** Starts the order of threads, blocks and operations, and garbage, anew. */
void cuda_on_cpu_set_seed(uint64_t seed);

/** 0 to 8; 1 until this is called. */
void cuda_on_cpu_set_device_count(int count);

/** As CUDA numbers versions; 0: no driver is installed. 13000 until this is called. */
void cuda_on_cpu_set_driver_version(int version);

/** What cudaMalloc can give on each device. 16 GiB until this is called. */
void cuda_on_cpu_set_device_bytes(size_t bytes);

/** What cudaDevAttrMultiProcessorCount says. 4 until this is called. */
void cuda_on_cpu_set_multiprocessors(int count);
}
#pragma GCC visibility pop
