#include "operations.hpp"

#include <array>
#include <utility>

#include "devices.hpp"
#include "fibers.hpp"
#include "memory.hpp"
#include "random.hpp"

namespace cuda_on_cpu {
namespace {

std::vector<OperationPointer> ready_operations;
std::array<int, kMaxDevices> pending_counts = {};
std::array<char, kMaxDevices> device_tokens = {};

#if defined(CUDA_ON_CPU_TSAN)

// To ThreadSanitizer each operation is a thread that starts when it was submitted. It runs on a fiber that has been
// idle for a while, as a fiber remembers what it did before.
constexpr size_t kIdleFibers = 16;

void RunOperations();

FiberPool operation_fibers(RunOperations);
Operation* running = nullptr;
Fiber* waiting_host = nullptr;
Fiber* running_fiber = nullptr;

CUDA_ON_CPU_UNCHECKED void RunOperations() {
  BeginFiber();
  for (;;) {
    Observe(&running->start_token);
    const OperationPointer* const predecessors = running->predecessors.data();
    const size_t count = running->predecessors.size();
    for (size_t i = 0; i < count; ++i) Observe(&predecessors[i]->done_token);
    running->work();
    Publish(&running->done_token);
    Publish(&device_tokens[static_cast<size_t>(running->device)]);
    SwitchFiber(*running_fiber, *waiting_host);
  }
}

void Run(Operation& operation) {
  Fiber host;
  running = &operation;
  waiting_host = &host;
  running_fiber = &operation_fibers.Take();
  SwitchFiber(host, *running_fiber);
  operation_fibers.GiveBack(*running_fiber);
  operation.predecessors.clear();
}

#else

void Run(const Operation& operation) { operation.work(); }

#endif

/** Runs one operation that is ready, picked at random. */
void RunReadyOperation() {
  const uint32_t place = generator.Below(static_cast<uint32_t>(ready_operations.size()));
  std::swap(ready_operations[place], ready_operations.back());
  const OperationPointer operation = std::move(ready_operations.back());
  ready_operations.pop_back();
  Run(*operation);
  operation->work = nullptr;
  operation->is_done = true;
  --pending_counts[static_cast<size_t>(operation->device)];
  for (OperationPointer& successor : operation->successors) {
    if (--successor->missing_count == 0) ready_operations.push_back(std::move(successor));
  }
  operation->successors.clear();
}

}  // namespace

OperationPointer Submit(int device, Work work, const std::vector<OperationPointer>& after) {
  OperationPointer operation = std::make_shared<Operation>();
  operation->device = device;
  operation->work = std::move(work);
  // Here rather than where it runs, as a new fiber comes after what its maker did.
  CUDA_ON_CPU_IF_TSAN(operation_fibers.Reserve(kIdleFibers);)
  Publish(&operation->start_token);
  for (const OperationPointer& predecessor : after) {
    if (predecessor == nullptr) continue;
    CUDA_ON_CPU_IF_TSAN(operation->predecessors.push_back(predecessor);)
    if (predecessor->is_done) continue;
    predecessor->successors.push_back(operation);
    ++operation->missing_count;
  }
  ++pending_counts[static_cast<size_t>(device)];
  if (operation->missing_count == 0) ready_operations.push_back(operation);
  return operation;
}

bool AreDone(const std::vector<OperationPointer>& operations) {
  for (const OperationPointer& operation : operations) {
    if (operation != nullptr && !operation->is_done) return false;
  }
  for (const OperationPointer& operation : operations) {
    if (operation != nullptr) Observe(&operation->done_token);
  }
  return true;
}

void RunAnyOperation() {
  if (ready_operations.empty()) return;
  const DeviceAtWork device_at_work;
  RunReadyOperation();
}

void WaitForOperation(const OperationPointer& operation) {
  if (operation == nullptr) return;
  if (!operation->is_done) {
    const DeviceAtWork device_at_work;
    while (!operation->is_done) RunReadyOperation();
  }
  Observe(&operation->done_token);
}

void WaitForDevice(int device) {
  const int& pending_count = pending_counts[static_cast<size_t>(device)];
  if (pending_count > 0) {
    const DeviceAtWork device_at_work;
    while (pending_count > 0) RunReadyOperation();
  }
  Observe(&device_tokens[static_cast<size_t>(device)]);
}

}  // namespace cuda_on_cpu
