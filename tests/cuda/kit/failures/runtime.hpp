#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "../right_calls.hpp"
#include "bench.hpp"

#ifdef CUDA_ON_CPU
#include "../../emulation/control.hpp"
#endif

/** A CUDA runtime that fails, or is not there. */

namespace verbatim::cuda::tests {

/** Every call with an engine that is none. */
inline void NoEngine() {
  int32_t value = 0;
  size_t count = 0;
  uint64_t rows_skipped = 0;
  uint32_t words[8] = {};
  const uint32_t* masks = nullptr;
  vbt_span span = {};
  vbt_context* context = nullptr;
  vbt_snapshot_info info = {sizeof(vbt_snapshot_info), VBT_SEQUENCE_OK, 0, 0, 0, 0, 0};
  vbt_memory_info memory = {sizeof(vbt_memory_info), 0, 0, 0};
  const vbt_sampling sampling = {sizeof(vbt_sampling), 0, 0, 1, 0, 0};
  const vbt_rows rows = {sizeof(vbt_rows), 0, nullptr};
  const vbt_logits logits = {sizeof(vbt_logits), nullptr, VBT_FLOAT32, 20, 20};
  const vbt_status statuses[] = {
      vbt_memory_usage(nullptr, &memory),
      vbt_context_create(nullptr, &value, 1, nullptr, 0, nullptr, &context),
      vbt_context_destroy(nullptr, nullptr),
      vbt_context_length(nullptr, nullptr, &count),
      vbt_sequence_open(nullptr, nullptr, 1, nullptr, &value),
      vbt_sequence_fork(nullptr, 0, nullptr, &value),
      vbt_sequence_close(nullptr, 0, nullptr),
      vbt_append(nullptr, 0, &value, 1, 0, nullptr),
      vbt_begin_span(nullptr, 0, nullptr, 0, nullptr, 0, nullptr),
      vbt_end_span(nullptr, 0, nullptr),
      vbt_truncate(nullptr, 0, 0, nullptr),
      vbt_reset(nullptr, 0, nullptr),
      vbt_clear(nullptr, 0, nullptr),
      vbt_set_sampling(nullptr, 0, &sampling, nullptr),
      vbt_accept(nullptr, &rows, &value, VBT_HOST, nullptr),
      vbt_prepare(nullptr, nullptr),
      vbt_step(nullptr, &rows, &value, VBT_HOST, nullptr),
      vbt_rollback(nullptr, &rows, &value, nullptr),
      vbt_apply(nullptr, &rows, &logits, nullptr),
      vbt_sample(nullptr, &rows, &logits, &value, nullptr),
      vbt_draft(nullptr, &rows, 1, 0, &value, &value, nullptr),
      vbt_join(nullptr, nullptr),
      vbt_poll(nullptr, &value, nullptr),
      vbt_bad_rows(nullptr, &rows_skipped),
      vbt_bitmasks(nullptr, &masks, &count),
      vbt_snapshot(nullptr, 0, &info),
      vbt_read(nullptr, 0, 0, 1, &value),
      vbt_read_bitmask(nullptr, 0, words),
      vbt_read_spans(nullptr, 0, 0, 1, &span, &count),
      vbt_sources(nullptr, 0, 0, 1, &value, &count),
  };
  size_t index = 0;
  for (const vbt_status status : statuses) {
    ExpectStatus(nullptr, status, VBT_ERR_INVALID_ARGUMENT, "call " + std::to_string(index++) + " without an engine");
  }
  Expect(vbt_message(nullptr) != nullptr, "there is a message without an engine");
}

inline void ExpectNoDevice(const vbt_engine_options& options, const std::string& when) {
  vbt_engine* engine = nullptr;
  ExpectStatus(nullptr, vbt_engine_create(&options, &engine), VBT_ERR_NO_DEVICE, "vbt_engine_create " + when);
  Expect(engine == nullptr, "an engine was written " + when);
  Expect(std::string(vbt_message(nullptr)).size() > 20, "the message explains " + when);
}

inline void NoSuchDevice() {
  int count = 0;
  ExpectCuda(cudaGetDeviceCount(&count), "cudaGetDeviceCount");
  for (const int32_t device : {count, -1, 1'000}) {
    ExpectNoDevice(FailurePlan(device).Options(), "on device " + std::to_string(device));
  }
}

#ifdef CUDA_ON_CPU

inline cuda_on_cpu_counters Counters() {
  cuda_on_cpu_counters counters = {};
  cuda_on_cpu_count(&counters);
  return counters;
}

/** Whatever the runtime lent has been given back. */
inline void ExpectNothingLeft(const cuda_on_cpu_counters& before, const std::string& when) {
  const cuda_on_cpu_counters now = Counters();
  ExpectEqual(now.live_device_bytes, before.live_device_bytes, "device bytes left " + when);
  ExpectEqual(now.live_device_allocations, before.live_device_allocations, "device allocations left " + when);
  ExpectEqual(now.live_host_allocations, before.live_host_allocations, "pinned allocations left " + when);
  ExpectEqual(now.live_streams, before.live_streams, "streams left " + when);
  ExpectEqual(now.live_events, before.live_events, "events left " + when);
}

/** Makes the first, the second, ... call of a kind fail in vbt_engine_create, until none is left to fail. */
inline int32_t FailEachInCreation(cuda_on_cpu_call call, cudaError_t error,
                                  const std::function<void(vbt_status)>& expect) {
  const vbt_engine_options options = FailurePlan().Options();
  for (int32_t nth = 1;; ++nth) {
    const cuda_on_cpu_counters before = Counters();
    vbt_engine* engine = nullptr;
    cuda_on_cpu_fail(call, static_cast<uint64_t>(nth), error);
    const vbt_status status = vbt_engine_create(&options, &engine);
    cuda_on_cpu_fail(call, 0, cudaSuccess);
    static_cast<void>(cudaGetLastError());
    if (status == VBT_OK) {
      vbt_engine_destroy(engine);
      ExpectNothingLeft(before, "after vbt_engine_destroy");
      return nth - 1;
    }
    Expect(engine == nullptr, "an engine was written although a call failed");
    expect(status);
    ExpectNothingLeft(before, "after call " + std::to_string(nth) + " failed");
  }
}

inline void AllocationsFail() {
  const auto expect = [](vbt_status status) {
    ExpectStatus(nullptr, status, VBT_ERR_OUT_OF_MEMORY, "vbt_engine_create");
    Expect(std::string(vbt_message(nullptr)).find("memory") != std::string::npos, "the message says what is missing");
  };
  const int32_t device = FailEachInCreation(CUDA_ON_CPU_DEVICE_ALLOCATION, cudaErrorMemoryAllocation, expect);
  const int32_t host = FailEachInCreation(CUDA_ON_CPU_HOST_ALLOCATION, cudaErrorMemoryAllocation, expect);
  Expect(device > 0, "an engine allocates device memory");
  std::printf("  %d device and %d pinned allocations\n", device, host);
  cuda_on_cpu_set_device_bytes(size_t{1} << 20);
  vbt_engine_options options = FailurePlan().Options();
  options.pool_bytes = size_t{2} << 20;
  vbt_engine* engine = nullptr;
  ExpectStatus(nullptr, vbt_engine_create(&options, &engine), VBT_ERR_OUT_OF_MEMORY, "vbt_engine_create");
  cuda_on_cpu_set_device_bytes(size_t{16} << 30);
}

inline void CreationFails() {
  const int32_t calls = FailEachInCreation(CUDA_ON_CPU_ANY_CALL, cudaErrorUnknown, [](vbt_status status) {
    Expect(status == VBT_ERR_CUDA || status == VBT_ERR_NO_DEVICE, "vbt_engine_create returned " + NameOf(status));
    Expect(std::string(vbt_message(nullptr)).size() > 10, "the message says what failed");
  });
  Expect(calls > 3, "vbt_engine_create calls the runtime");
  std::printf("  %d calls\n", calls);
}

inline void NoDriver() {
  const vbt_engine_options options = FailurePlan().Options();
  cuda_on_cpu_set_device_count(0);
  ExpectNoDevice(options, "without a device");
  cuda_on_cpu_set_device_count(1);
  cuda_on_cpu_set_driver_version(0);
  ExpectNoDevice(options, "without a driver");
  Expect(std::string(vbt_message(nullptr)).find("driver") != std::string::npos, "the message tells of the driver");
  cuda_on_cpu_set_driver_version(11'040);
  ExpectNoDevice(options, "with an old driver");
  Expect(std::string(vbt_message(nullptr)).find("11.4") != std::string::npos, "the message tells the version");
  cuda_on_cpu_set_driver_version(13'000);
  CreateEngine(options);
}

/** Each launch of each call fails in turn: an error of that call, which says so. */
inline void LaunchesFail() {
  const cuda_on_cpu_counters before = Counters();
  int32_t failures = 0;
  size_t count = 1;
  for (size_t index = 0; index < count; ++index) {
    FailureBench bench;
    const Works works(bench, bench.twin().streams()[1]);
    count = works.all().size();
    for (size_t earlier = 0; earlier < index; ++earlier) works.all()[earlier].run(bench.engine());
    const Work& work = works.all()[index];
    const size_t used = bench.twin().MemoryUsage().pool_used_bytes;
    cuda_on_cpu_fail(CUDA_ON_CPU_LAUNCH, 1, cudaErrorLaunchOutOfResources);
    const vbt_status status = work.run(bench.engine());
    cuda_on_cpu_fail(CUDA_ON_CPU_LAUNCH, 0, cudaSuccess);
    static_cast<void>(cudaGetLastError());
    if (status == ExpectedOf(work)) continue;
    ++failures;
    ExpectStatus(bench.engine(), status, VBT_ERR_CUDA, work.name + ", whose launch failed");
    Expect(std::string(vbt_message(bench.engine())).size() > 10, "the message of " + work.name);
    const size_t now = bench.twin().MemoryUsage().pool_used_bytes;
    Expect(now <= used, work.name + ", whose launch failed, keeps what it took of the pool");
  }
  Expect(failures >= 18, "most calls launch something");
  ExpectNothingLeft(before, "after launches failed");
  std::printf("  %d calls launch\n", failures);
}

/** So many devices, until the end of a case. */
class Devices {
 public:
  explicit Devices(int count) { cuda_on_cpu_set_device_count(count); }
  ~Devices() {
    static_cast<void>(cudaSetDevice(0));
    cuda_on_cpu_set_device_count(1);
  }
  Devices(const Devices&) = delete;
  Devices& operator=(const Devices&) = delete;
};

/** Every call works on the engine's device, and leaves the caller's as it was. */
inline void CurrentDeviceIsRestored() {
  const Devices devices(3);
  ExpectCuda(cudaSetDevice(1), "cudaSetDevice");
  const Stream stream;
  FailureBench bench(FailurePlan(1));
  const Works works(bench, stream.get());
  ExpectCuda(cudaSetDevice(2), "cudaSetDevice");
  const auto expect_device = [](const std::string& after) {
    int device = -1;
    ExpectCuda(cudaGetDevice(&device), "cudaGetDevice");
    ExpectEqual(device, 2, "the current device after " + after);
  };
  for (const Work& work : works.all()) {
    ExpectStatus(bench.engine(), work.run(bench.engine()), ExpectedOf(work), work.name);
    expect_device(work.name);
  }
  vbt_engine* engine = nullptr;
  const vbt_engine_options options = FailurePlan(1).Options();
  ExpectOk(nullptr, vbt_engine_create(&options, &engine), "vbt_engine_create");
  expect_device("vbt_engine_create");
  vbt_engine_destroy(engine);
  expect_device("vbt_engine_destroy");
}

inline void MemoryOfAnotherDevice() {
  const Devices devices(2);
  FailureBench bench;
  ExpectCuda(cudaSetDevice(1), "cudaSetDevice");
  const DeviceBuffer<int32_t> tokens(std::vector<int32_t>(8, 1));
  ExpectCuda(cudaSetDevice(0), "cudaSetDevice");
  const vbt_rows rows = bench.rows();
  ExpectStatus(bench.engine(), vbt_step(bench.engine(), &rows, tokens.data(), VBT_DEVICE, bench.twin().streams()[1]),
               VBT_ERR_INVALID_ARGUMENT, "vbt_step with tokens on another device");
  bench.Check();
}

/** vbt_memory_usage counts all that the engine allocated; vbt_engine_destroy gives all of it back, busy or not. */
inline void DeviceMemoryIsCounted() {
  const cuda_on_cpu_counters before = Counters();
  for (const int32_t vocab_size : {20, 1'000, 151'669}) {
    vbt_engine_options options = FailurePlan().Options();
    options.vocab_size = vocab_size;
    options.pool_bytes = 100'000;
    const EngineHandle engine = CreateEngine(options);
    vbt_memory_info info = {};
    info.struct_size = sizeof(info);
    ExpectOk(engine.get(), vbt_memory_usage(engine.get(), &info), "vbt_memory_usage");
    const size_t allocated = Counters().live_device_bytes - before.live_device_bytes;
    ExpectEqual(info.device_bytes, allocated, "the device bytes of an engine");
    Expect(info.pool_bytes >= options.pool_bytes, "the pool has the bytes that were asked for");
    vbt_context* context = nullptr;
    int32_t sequence = -1;
    const std::vector<int32_t> tokens(500, 3);
    ExpectOk(engine.get(), vbt_context_create(engine.get(), tokens.data(), 500, nullptr, 0, nullptr, &context),
             "create");
    ExpectOk(engine.get(), vbt_sequence_open(engine.get(), context, 50, nullptr, &sequence), "open");
    ExpectOk(engine.get(), vbt_begin_span(engine.get(), sequence, nullptr, 0, nullptr, 0, nullptr), "begin");
  }
  ExpectNothingLeft(before, "after vbt_engine_destroy");
}

/** Only calls whose comments say so wait for the device, and none allocates memory of the runtime. */
inline void VerbsNeitherWaitNorAllocate() {
  FailureBench bench;
  const Works works(bench, bench.twin().streams()[1]);
  for (int32_t round = 0; round < 2; ++round) {
    for (const Work& work : works.all()) {
      const cuda_on_cpu_counters before = Counters();
      ExpectStatus(bench.engine(), work.run(bench.engine()), ExpectedOf(work), work.name);
      const cuda_on_cpu_counters after = Counters();
      ExpectEqual(after.device_allocations, before.device_allocations, "device allocations of " + work.name);
      ExpectEqual(after.host_allocations, before.host_allocations, "pinned allocations of " + work.name);
      if (!work.may_wait) ExpectEqual(after.waits, before.waits, "waits of " + work.name);
    }
    ExpectOk(bench.engine(), vbt_sequence_close(bench.engine(), 2, nullptr), "vbt_sequence_close");
  }
}

#else

inline void NeedsEmulation() { throw Mismatch("it needs the emulated runtime"); }
constexpr auto AllocationsFail = NeedsEmulation;
constexpr auto CreationFails = NeedsEmulation;
constexpr auto NoDriver = NeedsEmulation;
constexpr auto LaunchesFail = NeedsEmulation;
constexpr auto CurrentDeviceIsRestored = NeedsEmulation;
constexpr auto MemoryOfAnotherDevice = NeedsEmulation;
constexpr auto DeviceMemoryIsCounted = NeedsEmulation;
constexpr auto VerbsNeitherWaitNorAllocate = NeedsEmulation;

#endif

}  // namespace verbatim::cuda::tests
