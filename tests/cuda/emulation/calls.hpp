#pragma once

#include <mutex>

#include "control.hpp"
#include "error_codes.hpp"
#include "sanitizers.hpp"

namespace cuda_on_cpu {

/** Held by every call; the state of the emulator is the process's. */
std::mutex& CallMutex();

/** What was asked for with cuda_on_cpu_fail if this is the call that is to fail, else cudaSuccess. */
cudaError_t TakeFailure(cuda_on_cpu_call call);

/** cudaErrorInsufficientDriver, cudaErrorNoDevice or cudaSuccess. */
cudaError_t CheckMachine();

/** Makes an error the calling thread's last one. */
cudaError_t Remember(cudaError_t error);

/** A call of the runtime: what all of them have in common, then `body`, which returns a cudaError_t. */
template <typename Body>
cudaError_t Call(const Body& body) {
  const std::lock_guard lock(CallMutex());
  const Unchecked bookkeeping;
  if (const cudaError_t error = TakeFailure(CUDA_ON_CPU_ANY_CALL); error != cudaSuccess) return Remember(error);
  if (const cudaError_t error = CheckMachine(); error != cudaSuccess) return Remember(error);
  return Remember(body());
}

}  // namespace cuda_on_cpu
