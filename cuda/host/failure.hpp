#pragma once

#include <cuda_runtime.h>

#include <string>

#include "../include/verbatim_cuda.h"

namespace verbatim::cuda {

/** Why a call cannot be done. Thrown inside the library, and turned into a status before the C ABI returns. */
struct Failure {
  vbt_status status;
  std::string message;
};

[[noreturn]] inline void FailArgument(std::string message) {
  throw Failure{VBT_ERR_INVALID_ARGUMENT, std::move(message)};
}

/** Throws where the CUDA runtime reports an error; `action` completes "could not". */
inline void CheckCuda(cudaError_t error, const char* action) {
  if (error == cudaSuccess) return;
  // Errors of a call are remembered by the runtime until somebody asks; the caller's own calls should not find ours.
  (void)cudaGetLastError();
  const bool lacks_memory = error == cudaErrorMemoryAllocation;
  throw Failure{
      lacks_memory ? VBT_ERR_OUT_OF_MEMORY : VBT_ERR_CUDA,
      std::string("Could not ") + action + ": " + cudaGetErrorName(error) + " (" + cudaGetErrorString(error) + ")"};
}

}  // namespace verbatim::cuda
