/** Checks what the emulated CUDA runtime answers, and what its graphs, streams and test hooks do. */
#include <cuda_runtime.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "control.hpp"

namespace {

int check_count = 0;

void Check(bool is_right, const char* what, int line) {
  ++check_count;
  if (is_right) return;
  std::printf("line %d: %s\n", line, what);
  std::exit(1);
}

#define CHECK(condition) Check(condition, #condition, __LINE__)
#define CHECK_OK(call) Check((call) == cudaSuccess, #call, __LINE__)

__global__ void AddTo(int* out, int value) { atomicAdd(out, value); }

__global__ void Append(int* out, int digit) { *out = *out * 10 + digit; }

template <typename... Parameters, typename... Arguments>
cudaError_t Launch(cudaStream_t stream, dim3 grid, dim3 block, void (*kernel)(Parameters...), Arguments... arguments) {
  cudaLaunchConfig_t config = {};
  config.gridDim = grid;
  config.blockDim = block;
  config.stream = stream;
  return cudaLaunchKernelEx(&config, kernel, arguments...);
}

cudaStream_t NewStream(unsigned flags = cudaStreamNonBlocking) {
  cudaStream_t stream = nullptr;
  CHECK_OK(cudaStreamCreateWithFlags(&stream, flags));
  return stream;
}

cudaEvent_t NewEvent() {
  cudaEvent_t event = nullptr;
  CHECK_OK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
  return event;
}

/** An int on the device, set to 0. */
int* NewNumber() {
  int* number = nullptr;
  CHECK_OK(cudaMalloc(&number, sizeof(int)));
  CHECK_OK(cudaMemset(number, 0, sizeof(int)));
  CHECK_OK(cudaDeviceSynchronize());
  return number;
}

int Read(const int* number) {
  int value = 0;
  CHECK_OK(cudaMemcpy(&value, number, sizeof(int), cudaMemcpyDeviceToHost));
  return value;
}

cuda_on_cpu_counters Count() {
  cuda_on_cpu_counters counters;
  cuda_on_cpu_count(&counters);
  return counters;
}

bool IsInvalidated(cudaStream_t stream) {
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  CHECK_OK(cudaStreamIsCapturing(stream, &status));
  return status == cudaStreamCaptureStatusInvalidated;
}

/** Ends a capture that a wrong call invalidated. */
void EndInvalidated(cudaStream_t stream) {
  cudaGraph_t graph = nullptr;
  CHECK(IsInvalidated(stream));
  CHECK(cudaStreamEndCapture(stream, &graph) == cudaErrorStreamCaptureInvalidated);
  CHECK(graph == nullptr);
}

void Begin(cudaStream_t stream, cudaStreamCaptureMode mode = cudaStreamCaptureModeThreadLocal) {
  CHECK_OK(cudaStreamBeginCapture(stream, mode));
}

void TestMachine() {
  int count = -1;
  CHECK_OK(cudaGetDeviceCount(&count));
  CHECK(count == 1);
  cuda_on_cpu_set_device_count(0);
  CHECK(cudaGetDeviceCount(&count) == cudaErrorNoDevice);
  CHECK(count == 0);
  CHECK(cudaGetLastError() == cudaErrorNoDevice);
  CHECK(cudaGetLastError() == cudaSuccess);
  void* memory = nullptr;
  CHECK(cudaMalloc(&memory, 4) == cudaErrorNoDevice);
  cuda_on_cpu_set_device_count(2);
  CHECK(cudaSetDevice(2) == cudaErrorInvalidDevice);
  CHECK_OK(cudaSetDevice(1));
  cudaStream_t stream = NewStream();
  int* const number = NewNumber();
  cudaPointerAttributes attributes;
  CHECK_OK(cudaPointerGetAttributes(&attributes, number));
  CHECK(attributes.type == cudaMemoryTypeDevice && attributes.device == 1);
  CHECK_OK(cudaSetDevice(0));
  CHECK(Launch(stream, 1, 1, AddTo, number, 1) == cudaErrorInvalidResourceHandle);
  CHECK_OK(cudaSetDevice(1));
  CHECK_OK(Launch(stream, 1, 1, AddTo, number, 1));
  CHECK_OK(cudaStreamSynchronize(stream));
  CHECK(Read(number) == 1);
  CHECK_OK(cudaStreamDestroy(stream));
  CHECK(cudaStreamSynchronize(stream) == cudaErrorInvalidResourceHandle);
  CHECK_OK(cudaFree(number));
  CHECK_OK(cudaSetDevice(0));
  cuda_on_cpu_set_device_count(1);
  cuda_on_cpu_set_driver_version(12080);
  CHECK(cudaGetDeviceCount(&count) == cudaErrorInsufficientDriver);
  int version = 0;
  CHECK_OK(cudaDriverGetVersion(&version));
  CHECK(version == 12080);
  cuda_on_cpu_set_driver_version(13000);
  CHECK(cudaGetDeviceCount(&count) == cudaSuccess && count == 1);
}

void TestMemory() {
  const cuda_on_cpu_counters before = Count();
  char* device = nullptr;
  char* pinned = nullptr;
  char local = 0;
  CHECK_OK(cudaMalloc(&device, 1000));
  CHECK_OK(cudaMallocHost(&pinned, 1000));
  CHECK(Count().live_device_bytes == before.live_device_bytes + 1000);
  CHECK(Count().device_allocations == before.device_allocations + 1);
  CHECK(Count().host_allocations == before.host_allocations + 1);
  cudaPointerAttributes attributes;
  CHECK_OK(cudaPointerGetAttributes(&attributes, device + 999));
  CHECK(attributes.type == cudaMemoryTypeDevice && attributes.devicePointer == device + 999);
  CHECK_OK(cudaPointerGetAttributes(&attributes, pinned + 1));
  CHECK(attributes.type == cudaMemoryTypeHost && attributes.hostPointer == pinned + 1);
  CHECK_OK(cudaPointerGetAttributes(&attributes, &local));
  CHECK(attributes.type == cudaMemoryTypeUnregistered && attributes.devicePointer == nullptr);
  CHECK_OK(cudaPointerGetAttributes(&attributes, nullptr));
  CHECK(attributes.type == cudaMemoryTypeUnregistered);
  CHECK(cudaMemcpy(device + 1, pinned, 1000, cudaMemcpyHostToDevice) == cudaErrorInvalidValue);
  CHECK(cudaMemcpy(device, pinned, 1000, cudaMemcpyDeviceToHost) == cudaErrorInvalidMemcpyDirection);
  CHECK(cudaMemset(&local, 0, 1) == cudaErrorInvalidValue);
  CHECK(cudaFree(&local) == cudaErrorInvalidValue);
  CHECK(cudaFree(pinned) == cudaErrorInvalidValue);
  CHECK_OK(cudaFree(nullptr));
  CHECK_OK(cudaFree(device));
  CHECK_OK(cudaFreeHost(pinned));
  cuda_on_cpu_set_device_bytes(before.live_device_bytes + 999);
  CHECK(cudaMalloc(&device, 1000) == cudaErrorMemoryAllocation);
  cuda_on_cpu_set_device_bytes(size_t{16} << 30);
  CHECK(Count().live_device_bytes == before.live_device_bytes);
}

void TestFailures() {
  int* const number = NewNumber();
  void* memory = nullptr;
  cuda_on_cpu_fail(CUDA_ON_CPU_DEVICE_ALLOCATION, 2, cudaErrorMemoryAllocation);
  CHECK_OK(cudaMalloc(&memory, 4));
  CHECK_OK(cudaFree(memory));
  CHECK(cudaMalloc(&memory, 4) == cudaErrorMemoryAllocation);
  CHECK_OK(cudaMalloc(&memory, 4));
  CHECK_OK(cudaFree(memory));
  cuda_on_cpu_fail(CUDA_ON_CPU_LAUNCH, 1, cudaErrorLaunchFailure);
  CHECK(Launch(nullptr, 1, 1, AddTo, number, 1) == cudaErrorLaunchFailure);
  CHECK(cudaPeekAtLastError() == cudaErrorLaunchFailure);
  CHECK(cudaGetLastError() == cudaErrorLaunchFailure);
  cuda_on_cpu_fail(CUDA_ON_CPU_WAIT, 1, cudaErrorIllegalAddress);
  CHECK(cudaDeviceSynchronize() == cudaErrorIllegalAddress);
  cuda_on_cpu_fail(CUDA_ON_CPU_ANY_CALL, 1, cudaErrorUnknown);
  CHECK(cudaDeviceSynchronize() == cudaErrorUnknown);
  CHECK_OK(cudaDeviceSynchronize());
  CHECK(Read(number) == 0);
  CHECK(Launch(nullptr, 0, 1, AddTo, number, 1) == cudaErrorInvalidConfiguration);
  CHECK(Launch(nullptr, 1, 1025, AddTo, number, 1) == cudaErrorInvalidConfiguration);
  CHECK(Launch(nullptr, dim3(1, 65536), 1, AddTo, number, 1) == cudaErrorInvalidConfiguration);
  CHECK_OK(cudaFree(number));
}

void TestStreams() {
  int* const number = NewNumber();
  const cudaStream_t free_stream = NewStream();
  const cudaStream_t blocking_stream = NewStream(cudaStreamDefault);
  const cudaEvent_t event = NewEvent();
  CHECK_OK(cudaEventSynchronize(event));
  const cuda_on_cpu_counters before = Count();
  CHECK_OK(Launch(free_stream, dim3(2, 3, 4), dim3(5, 2, 3), AddTo, number, 1));
  CHECK_OK(cudaEventRecord(event, free_stream));
  CHECK(Count().blocks == before.blocks);
  CHECK(Count().launches == before.launches + 1);
  CHECK_OK(cudaEventSynchronize(event));
  CHECK(Count().blocks == before.blocks + 24);
  CHECK(Count().waits == before.waits + 1);
  CHECK(Read(number) == 24 * 30);
  CHECK_OK(cudaMemsetAsync(number, 0, sizeof(int), free_stream));
  CHECK(cudaEventRecord(event, free_stream) == cudaSuccess);
  while (cudaEventQuery(event) == cudaErrorNotReady) continue;
  CHECK(cudaGetLastError() != cudaErrorInvalidValue);
  // The legacy stream comes after and before what blocking streams do, whatever the seed.
  for (int i = 0; i < 8; ++i) {
    CHECK_OK(cudaMemsetAsync(number, 0, sizeof(int), nullptr));
    CHECK_OK(Launch(nullptr, 1, 1, Append, number, 1));
    CHECK_OK(Launch(blocking_stream, 1, 1, Append, number, 2));
    CHECK_OK(Launch(cudaStreamLegacy, 1, 1, Append, number, 3));
    CHECK_OK(Launch(blocking_stream, 1, 1, Append, number, 4));
    CHECK_OK(cudaStreamSynchronize(blocking_stream));
    CHECK(Read(number) == 1234);
  }
  CHECK_OK(Launch(free_stream, 1, 1, AddTo, number, 1));
  CHECK_OK(cudaStreamDestroy(free_stream));
  CHECK_OK(cudaDeviceSynchronize());
  CHECK(Read(number) == 1235);
  CHECK_OK(cudaStreamDestroy(blocking_stream));
  CHECK_OK(cudaEventDestroy(event));
  CHECK(cudaEventDestroy(event) == cudaErrorInvalidResourceHandle);
  CHECK_OK(cudaFree(number));
}

void TestGraphs() {
  int* const number = NewNumber();
  const cudaStream_t stream = NewStream();
  const cudaStream_t branch = NewStream();
  const cudaEvent_t fork = NewEvent();
  const cudaEvent_t join = NewEvent();
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t executable = nullptr;
  Begin(stream);
  CHECK_OK(Launch(stream, 1, 1, Append, number, 1));
  CHECK_OK(cudaEventRecord(fork, stream));
  CHECK_OK(cudaStreamWaitEvent(branch, fork));
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  unsigned long long id = 0;
  unsigned long long branch_id = 1;
  CHECK_OK(cudaStreamGetCaptureInfo(stream, &status, &id));
  CHECK_OK(cudaStreamGetCaptureInfo(branch, &status, &branch_id));
  CHECK(status == cudaStreamCaptureStatusActive && id == branch_id);
  CHECK_OK(Launch(branch, 1, 1, Append, number, 2));
  CHECK_OK(cudaEventRecord(join, branch));
  CHECK_OK(cudaStreamWaitEvent(stream, join));
  CHECK_OK(Launch(stream, 1, 1, Append, number, 3));
  CHECK_OK(cudaStreamEndCapture(stream, &graph));
  CHECK_OK(cudaStreamIsCapturing(branch, &status));
  CHECK(status == cudaStreamCaptureStatusNone);
  size_t node_count = 0;
  CHECK_OK(cudaGraphGetNodes(graph, nullptr, &node_count));
  CHECK(node_count == 3);
  CHECK(Read(number) == 0);
  CHECK_OK(cudaGraphInstantiate(&executable, graph));
  CHECK_OK(cudaGraphDestroy(graph));
  CHECK_OK(cudaGraphLaunch(executable, stream));
  CHECK_OK(cudaGraphLaunch(executable, branch));
  CHECK_OK(cudaStreamSynchronize(branch));
  CHECK(Read(number) == 123123);
  CHECK(cudaStreamWaitEvent(branch, join) == cudaErrorCapturedEvent);
  CHECK_OK(cudaGraphExecDestroy(executable));
  CHECK(cudaGraphLaunch(executable, stream) == cudaErrorInvalidValue);
  CHECK_OK(cudaEventDestroy(fork));
  CHECK_OK(cudaEventDestroy(join));
  CHECK_OK(cudaStreamDestroy(stream));
  CHECK_OK(cudaStreamDestroy(branch));
  CHECK_OK(cudaFree(number));
}

/** Every call that may not be made while a stream captures. */
void TestWrongCaptures() {
  int* const number = NewNumber();
  int* pinned = nullptr;
  CHECK_OK(cudaMallocHost(&pinned, sizeof(int)));
  int local = 0;
  void* memory = nullptr;
  const cudaStream_t stream = NewStream();
  const cudaStream_t other = NewStream();
  const cudaStream_t blocking_stream = NewStream(cudaStreamDefault);
  const cudaEvent_t outside = NewEvent();
  const cudaEvent_t inside = NewEvent();
  cudaGraph_t graph = nullptr;
  CHECK_OK(cudaEventRecord(outside, other));

  CHECK(cudaStreamBeginCapture(nullptr, cudaStreamCaptureModeRelaxed) == cudaErrorStreamCaptureUnsupported);
  CHECK(cudaStreamEndCapture(stream, &graph) == cudaErrorIllegalState);
  Begin(stream);
  CHECK(cudaStreamWaitEvent(stream, outside) == cudaErrorStreamCaptureIsolation);
  CHECK(Launch(stream, 1, 1, AddTo, number, 1) == cudaErrorStreamCaptureInvalidated);
  EndInvalidated(stream);
  Begin(stream);
  CHECK(cudaStreamSynchronize(stream) == cudaErrorStreamCaptureUnsupported);
  EndInvalidated(stream);
  Begin(stream);
  CHECK(cudaStreamQuery(stream) == cudaErrorStreamCaptureUnsupported);
  EndInvalidated(stream);
  Begin(stream, cudaStreamCaptureModeRelaxed);
  CHECK(cudaDeviceSynchronize() == cudaErrorStreamCaptureUnsupported);
  EndInvalidated(stream);
  Begin(stream);
  CHECK(cudaMalloc(&memory, 4) == cudaErrorStreamCaptureUnsupported);
  EndInvalidated(stream);
  Begin(stream);
  CHECK(cudaFree(number) == cudaErrorStreamCaptureUnsupported);
  EndInvalidated(stream);
  Begin(stream);
  CHECK(cudaMemcpyAsync(&local, number, sizeof(int), cudaMemcpyDeviceToHost, stream) ==
        cudaErrorStreamCaptureUnsupported);
  EndInvalidated(stream);
  Begin(stream);
  CHECK_OK(cudaEventRecord(inside, stream));
  CHECK(cudaEventSynchronize(inside) == cudaErrorCapturedEvent);
  EndInvalidated(stream);
  Begin(stream);
  CHECK_OK(cudaEventRecord(inside, stream));
  Begin(other);
  CHECK(cudaStreamWaitEvent(other, inside) == cudaErrorStreamCaptureMerge);
  EndInvalidated(stream);
  EndInvalidated(other);
  Begin(blocking_stream, cudaStreamCaptureModeRelaxed);
  CHECK(Launch(nullptr, 1, 1, AddTo, number, 1) == cudaErrorStreamCaptureImplicit);
  EndInvalidated(blocking_stream);

  // A branch that does not come back, and the end in the branch.
  Begin(stream);
  CHECK_OK(cudaEventRecord(inside, stream));
  CHECK_OK(cudaStreamWaitEvent(other, inside));
  CHECK_OK(Launch(other, 1, 1, AddTo, number, 1));
  CHECK(cudaStreamEndCapture(stream, &graph) == cudaErrorStreamCaptureUnjoined);
  Begin(stream);
  CHECK_OK(cudaEventRecord(inside, stream));
  CHECK_OK(cudaStreamWaitEvent(other, inside));
  CHECK(cudaStreamEndCapture(other, &graph) == cudaErrorStreamCaptureUnmatched);
  EndInvalidated(stream);

  // A stream that goes away while it captures.
  const cudaStream_t brief = NewStream();
  Begin(brief);
  CHECK_OK(cudaStreamDestroy(brief));
  CHECK_OK(cudaMalloc(&memory, 4));
  CHECK_OK(cudaFree(memory));

  // What a relaxed capture allows, and a thread that says that it knows what it does.
  Begin(stream, cudaStreamCaptureModeRelaxed);
  CHECK_OK(cudaMalloc(&memory, 4));
  CHECK_OK(cudaMemcpyAsync(number, pinned, sizeof(int), cudaMemcpyHostToDevice, stream));
  CHECK_OK(cudaStreamSynchronize(other));
  CHECK_OK(cudaStreamEndCapture(stream, &graph));
  CHECK_OK(cudaGraphDestroy(graph));
  Begin(stream, cudaStreamCaptureModeGlobal);
  cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;
  CHECK_OK(cudaThreadExchangeStreamCaptureMode(&mode));
  CHECK(mode == cudaStreamCaptureModeGlobal);
  CHECK_OK(cudaFree(memory));
  CHECK_OK(cudaThreadExchangeStreamCaptureMode(&mode));
  CHECK_OK(cudaStreamEndCapture(stream, &graph));
  CHECK_OK(cudaGraphDestroy(graph));

  CHECK_OK(cudaDeviceSynchronize());
  CHECK(Read(number) == 0);
  for (const cudaStream_t made : {stream, other, blocking_stream}) CHECK_OK(cudaStreamDestroy(made));
  for (const cudaEvent_t made : {outside, inside}) CHECK_OK(cudaEventDestroy(made));
  CHECK_OK(cudaFreeHost(pinned));
  CHECK_OK(cudaFree(number));
}

}  // namespace

int main() {
  TestMachine();
  TestMemory();
  TestFailures();
  TestStreams();
  TestGraphs();
  TestWrongCaptures();
  const cuda_on_cpu_counters left = Count();
  CHECK(left.live_device_allocations == 0 && left.live_host_allocations == 0);
  CHECK(left.live_streams == 0 && left.live_events == 0 && left.live_graphs == 0);
  std::printf("ok %d\n", check_count);
  return 0;
}
