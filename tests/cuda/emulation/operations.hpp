#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sanitizers.hpp"

namespace cuda_on_cpu {

/** What a device is to do, once or, in a graph, many times. */
using Work = std::function<void()>;

/** Work that was handed to a device. It runs after the operations it depends on, and only while the host waits. */
struct Operation {
  int device = 0;
  Work work;
  bool is_done = false;
  unsigned missing_count = 0;
  std::vector<std::shared_ptr<Operation>> successors;
  // What ThreadSanitizer orders memory by.
  char start_token = 0;
  char done_token = 0;
  CUDA_ON_CPU_IF_TSAN(std::vector<std::shared_ptr<Operation>> predecessors;)
};

using OperationPointer = std::shared_ptr<Operation>;

/** @param after null entries are skipped */
OperationPointer Submit(int device, Work work, const std::vector<OperationPointer>& after);

/** Whether all have run; null entries are skipped. What they did comes before what the caller does next, if so. */
bool AreDone(const std::vector<OperationPointer>& operations);

/** Runs one operation that is ready, if any is, picked at random. */
void RunAnyOperation();

/** Runs operations until this one, null meaning none, has run. */
void WaitForOperation(const OperationPointer& operation);

/** Runs operations until the device has none. */
void WaitForDevice(int device);

}  // namespace cuda_on_cpu
