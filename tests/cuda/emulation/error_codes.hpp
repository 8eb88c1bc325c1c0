#pragma once

/** Each error: name, CUDA's number, what it says. */
#define CUDA_ON_CPU_ERRORS(_)                                                                               \
  _(cudaSuccess, 0, "no error")                                                                             \
  _(cudaErrorInvalidValue, 1, "invalid argument")                                                           \
  _(cudaErrorMemoryAllocation, 2, "out of memory")                                                          \
  _(cudaErrorInitializationError, 3, "initialization error")                                                \
  _(cudaErrorInvalidConfiguration, 9, "invalid configuration argument")                                     \
  _(cudaErrorInvalidDevicePointer, 17, "invalid device pointer")                                            \
  _(cudaErrorInvalidMemcpyDirection, 21, "invalid copy direction for memcpy")                               \
  _(cudaErrorInsufficientDriver, 35, "CUDA driver version is insufficient for CUDA runtime version")        \
  _(cudaErrorInvalidDeviceFunction, 98, "invalid device function")                                          \
  _(cudaErrorNoDevice, 100, "no CUDA-capable device is detected")                                           \
  _(cudaErrorInvalidDevice, 101, "invalid device ordinal")                                                  \
  _(cudaErrorNoKernelImageForDevice, 209, "no kernel image is available for execution on the device")       \
  _(cudaErrorUnsupportedPtxVersion, 222, "the provided PTX was compiled with an unsupported toolchain.")    \
  _(cudaErrorInvalidResourceHandle, 400, "invalid resource handle")                                         \
  _(cudaErrorIllegalState, 401, "the operation cannot be performed in the present state")                   \
  _(cudaErrorNotReady, 600, "device not ready")                                                             \
  _(cudaErrorIllegalAddress, 700, "an illegal memory access was encountered")                               \
  _(cudaErrorLaunchOutOfResources, 701, "too many resources requested for launch")                          \
  _(cudaErrorLaunchFailure, 719, "unspecified launch failure")                                              \
  _(cudaErrorNotSupported, 801, "operation not supported")                                                  \
  _(cudaErrorStreamCaptureUnsupported, 900, "operation not permitted when stream is capturing")             \
  _(cudaErrorStreamCaptureInvalidated, 901, "operation failed due to a previous error during capture")      \
  _(cudaErrorStreamCaptureMerge, 902, "operation would result in a merge of separate capture sequences")    \
  _(cudaErrorStreamCaptureUnmatched, 903, "capture was not ended in the same stream as it began")           \
  _(cudaErrorStreamCaptureUnjoined, 904, "capturing stream has unjoined work")                              \
  _(cudaErrorStreamCaptureIsolation, 905, "dependency created on uncaptured work in another stream")        \
  _(cudaErrorStreamCaptureImplicit, 906,                                                                    \
    "operation would make the legacy stream depend on a capturing blocking stream")                         \
  _(cudaErrorCapturedEvent, 907, "operation not permitted on an event last recorded in a capturing stream") \
  _(cudaErrorStreamCaptureWrongThread, 908,                                                                 \
    "attempt to terminate a thread-local capture sequence from another thread")                             \
  _(cudaErrorUnknown, 999, "unknown error")

#define CUDA_ON_CPU_ENUMERATOR(name, number, text) name = number,
enum cudaError { CUDA_ON_CPU_ERRORS(CUDA_ON_CPU_ENUMERATOR) };
#undef CUDA_ON_CPU_ENUMERATOR

typedef cudaError cudaError_t;
