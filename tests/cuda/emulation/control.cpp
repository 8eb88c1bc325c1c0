#include "control.hpp"

#include <array>
#include <cstdlib>

#include "calls.hpp"
#include "counters.hpp"
#include "devices.hpp"
#include "memory.hpp"
#include "random.hpp"
#include "streams.hpp"

namespace cuda_on_cpu {

cuda_on_cpu_counters counters = {};

Random generator([] {
  const char* const seed = std::getenv("CUDA_ON_CPU_SEED");
  return seed == nullptr ? uint64_t{1} : std::strtoull(seed, nullptr, 10);
}());

namespace {

struct Failure {
  /** How many more calls until one fails; 0: none will. */
  uint64_t calls_left = 0;
  cudaError_t error = cudaSuccess;
};

std::array<Failure, CUDA_ON_CPU_WAIT + 1> failures;

}  // namespace

std::mutex& CallMutex() {
  static std::mutex mutex;
  return mutex;
}

cudaError_t TakeFailure(cuda_on_cpu_call call) {
  Failure& failure = failures[call];
  return failure.calls_left > 0 && --failure.calls_left == 0 ? failure.error : cudaSuccess;
}

cudaError_t CheckMachine() {
  if (machine.driver_version / 1000 < CUDART_VERSION / 1000) return cudaErrorInsufficientDriver;
  return machine.device_count == 0 ? cudaErrorNoDevice : cudaSuccess;
}

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

void cuda_on_cpu_count(cuda_on_cpu_counters* result) {
  const std::lock_guard lock(CallMutex());
  *result = counters;
  CountAllocations(*result);
  result->live_streams = streams.Count();
  result->live_events = events.Count();
  result->live_graphs = graphs.Count() + executable_graphs.Count();
}

void cuda_on_cpu_fail(cuda_on_cpu_call call, uint64_t nth, int error) {
  const std::lock_guard lock(CallMutex());
  failures[call] = {nth, static_cast<cudaError_t>(error)};
}

void cuda_on_cpu_set_seed(uint64_t seed) {
  const std::lock_guard lock(CallMutex());
  generator = Random(seed);
}

void cuda_on_cpu_set_device_count(int count) {
  const std::lock_guard lock(CallMutex());
  machine.device_count = count < kMaxDevices ? count : kMaxDevices;
}

void cuda_on_cpu_set_driver_version(int version) {
  const std::lock_guard lock(CallMutex());
  machine.driver_version = version;
}

void cuda_on_cpu_set_device_bytes(size_t bytes) {
  const std::lock_guard lock(CallMutex());
  machine.device_bytes = bytes;
}

void cuda_on_cpu_set_multiprocessors(int count) {
  const std::lock_guard lock(CallMutex());
  machine.multiprocessor_count = count;
}
