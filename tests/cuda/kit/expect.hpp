#pragma once

#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

#include "../../../cuda/include/verbatim_cuda.h"

namespace verbatim::cuda::tests {

/** What the library did is not what it should have done. */
struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void Expect(bool condition, const std::string& otherwise) {
  if (!condition) throw Mismatch(otherwise);
}

template <typename Value>
void ExpectEqual(const Value& actual, const Value& expected, const std::string& what) {
  Expect(actual == expected, what + ": " + std::to_string(actual) + " instead of " + std::to_string(expected));
}

inline std::string NameOf(vbt_status status) {
  switch (status) {
    case VBT_OK:
      return "VBT_OK";
    case VBT_ERR_INVALID_ARGUMENT:
      return "VBT_ERR_INVALID_ARGUMENT";
    case VBT_ERR_OUT_OF_MEMORY:
      return "VBT_ERR_OUT_OF_MEMORY";
    case VBT_ERR_LIMIT:
      return "VBT_ERR_LIMIT";
    case VBT_ERR_CAPTURING:
      return "VBT_ERR_CAPTURING";
    case VBT_ERR_NO_DEVICE:
      return "VBT_ERR_NO_DEVICE";
    case VBT_ERR_CUDA:
      return "VBT_ERR_CUDA";
  }
  return "vbt_status " + std::to_string(static_cast<int>(status));
}

/** A call of the library returned what it should have. */
inline void ExpectStatus(const vbt_engine* engine, vbt_status actual, vbt_status expected, const std::string& call) {
  if (actual == expected) return;
  throw Mismatch(call + " returned " + NameOf(actual) + " instead of " + NameOf(expected) + ": " + vbt_message(engine));
}

inline void ExpectOk(const vbt_engine* engine, vbt_status status, const std::string& call) {
  ExpectStatus(engine, status, VBT_OK, call);
}

/** A call of the CUDA runtime that the test itself makes. */
inline void ExpectCuda(cudaError_t error, const char* call) {
  Expect(error == cudaSuccess, std::string(call) + ": " + cudaGetErrorString(error));
}

}  // namespace verbatim::cuda::tests
