#pragma once

#include <memory>
#include <set>
#include <thread>

#include "graphs.hpp"
#include "runtime_api.hpp"

namespace cuda_on_cpu {

/** A graph in the making. */
struct Capture {
  unsigned long long id;
  cudaStreamCaptureMode mode;
  std::thread::id thread;
  cudaStream_t origin;
  std::set<cudaStream_t> streams;
  std::unique_ptr<CUgraph_st> graph;
  bool is_invalid = false;
  bool has_ended = false;
};

/** What an invalid call makes of a capture: its end will fail. Returns the error. */
cudaError_t Invalidate(Capture& capture, cudaError_t error);

/** Invalidates all captures that forbid the calling thread a call that may be unsafe in one, if there are any. */
cudaError_t CheckUnsafeCall();

/** Invalidates all captures of a device, if there are any: for calls that wait for it. */
cudaError_t CheckDeviceWait(int device);

/** Invalidates the captures of blocking streams of the device, if there are any: its legacy stream cannot wait for
 * them. */
cudaError_t CheckLegacyStream(int device);

/** The stream goes away: its capture is invalid, and ends if it began in this stream. */
void LeaveCapture(CUstream_st& stream);

/** Adds a node after the stream's last ones. */
void AddNode(CUstream_st& stream, Work work);

}  // namespace cuda_on_cpu
