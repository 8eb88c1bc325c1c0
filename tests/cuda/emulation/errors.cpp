#include "calls.hpp"
#include "runtime_api.hpp"

namespace {

thread_local cudaError_t last_error = cudaSuccess;

}  // namespace

cudaError_t cuda_on_cpu::Remember(cudaError_t error) {
  if (error != cudaSuccess) last_error = error;
  return error;
}

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
#define CUDA_ON_CPU_NAME(name, number, text) \
  case name:                                 \
    return #name;
    CUDA_ON_CPU_ERRORS(CUDA_ON_CPU_NAME)
#undef CUDA_ON_CPU_NAME
  }
  return "unrecognized error code";
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
#define CUDA_ON_CPU_TEXT_OF(name, number, text) \
  case name:                                    \
    return text;
    CUDA_ON_CPU_ERRORS(CUDA_ON_CPU_TEXT_OF)
#undef CUDA_ON_CPU_TEXT_OF
  }
  return "unrecognized error code";
}

cudaError_t cudaGetLastError() {
  const cudaError_t error = last_error;
  last_error = cudaSuccess;
  return error;
}

cudaError_t cudaPeekAtLastError() { return last_error; }
