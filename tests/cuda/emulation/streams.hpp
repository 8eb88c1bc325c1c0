#pragma once

#include <vector>

#include "capture.hpp"
#include "handles.hpp"
#include "operations.hpp"
#include "runtime_api.hpp"

struct CUstream_st {
  int device = 0;
  /** It and the legacy stream wait for each other. */
  bool is_blocking = true;
  bool is_legacy = false;
  int priority = 0;
  /** What the next operation comes after. */
  cuda_on_cpu::OperationPointer tail;
  /** Null: not capturing. */
  std::shared_ptr<cuda_on_cpu::Capture> capture;
  /** What the next operation comes after in the graph. */
  std::vector<size_t> capture_tail;
};

struct CUevent_st {
  int device = 0;
  unsigned flags = 0;
  bool is_recorded = false;
  /** What it was recorded after. */
  std::vector<cuda_on_cpu::OperationPointer> operations;
  /** Not null: it was last recorded in a capture, after these nodes. */
  std::shared_ptr<cuda_on_cpu::Capture> capture;
  std::vector<size_t> captured_nodes;
};

namespace cuda_on_cpu {

extern Handles<CUstream_st> streams;
extern Handles<CUevent_st> events;

/** The stream of a handle, the current device's legacy stream included; null: there is none. */
CUstream_st* FindStream(cudaStream_t handle);

/** What an operation that is put on the stream now comes after. The stream is not capturing. */
std::vector<OperationPointer> TailOf(const CUstream_st& stream);

/** Puts work on a stream, or into the graph that it captures. */
cudaError_t Enqueue(CUstream_st& stream, Work work);

/** Waits until the stream has done everything; not for a capturing stream. */
cudaError_t WaitForStream(const CUstream_st& stream);

}  // namespace cuda_on_cpu
