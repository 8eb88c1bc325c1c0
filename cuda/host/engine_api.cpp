#include <limits>
#include <memory>
#include <string>

#include "call.hpp"

using verbatim::cuda::Call;
using verbatim::cuda::CheckCuda;
using verbatim::cuda::DeviceScope;
using verbatim::cuda::Expect;
using verbatim::cuda::ExpectIds;
using verbatim::cuda::ExpectInteger;
using verbatim::cuda::ExpectMemory;
using verbatim::cuda::ExpectStructure;
using verbatim::cuda::Failure;
using verbatim::cuda::IsStructureSize;
using verbatim::cuda::ReadOptions;
using verbatim::cuda::WriteResult;

namespace {

/** Of the last vbt_engine_create in this thread that failed. */
thread_local std::string creation_message;

/** What the header says of each limit of an option that the ABI's types do not say already. */
constexpr int64_t kCountLimit = 1 << 20;

constexpr size_t kFirstEngineOptions = VBT_SIZE_UP_TO(vbt_engine_options, pool_bytes);
constexpr size_t kFirstMemoryInfo = VBT_SIZE_UP_TO(vbt_memory_info, pool_used_bytes);

void CheckOptions(const vbt_engine_options& options) {
  ExpectInteger("options->vocab_size", options.vocab_size, 1, VBT_MAX_VOCAB_SIZE + 1);
  ExpectInteger("options->start_token", options.start_token, -1, options.vocab_size);
  ExpectInteger("options->end_token", options.end_token, 0, options.vocab_size);
  Expect(options.start_token != options.end_token, "options->start_token", "another token than end_token");
  ExpectIds("options->barriers", options.barriers, options.barrier_count, options.vocab_size);
  ExpectInteger("options->max_span_tokens", options.max_span_tokens, 1, kCountLimit);
  ExpectInteger("options->min_span_tokens", options.min_span_tokens, 0, int64_t{options.max_span_tokens} + 1);
  ExpectInteger("options->recall_generated", options.recall_generated, 0, 2);
  Expect(options.mask_value == options.mask_value, "options->mask_value", "a number");
  ExpectInteger("options->max_sequences", options.max_sequences, 1, verbatim::cuda::kMaxRows + 1);
  ExpectInteger("options->max_spans", options.max_spans, 1, kCountLimit);
  Expect(options.pool_bytes > 0 && options.pool_bytes < size_t{1} << 48, "options->pool_bytes",
         "a number of bytes that a device can have");
}

/** Says why there is no device to work on, where there is none. */
void CheckDevice(int32_t device) {
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error == cudaSuccess && device >= 0 && device < count) return;
  (void)cudaGetLastError();
  if (error == cudaSuccess && count > 0) {
    throw Failure{VBT_ERR_NO_DEVICE, "There is no device " + std::to_string(device) + ": CUDA sees " +
                                         std::to_string(count) + ", counted from 0"};
  }
  if (error == cudaErrorInsufficientDriver) {
    int driver = 0;
    (void)cudaDriverGetVersion(&driver);
    // The runtime gives the same error for both.
    const std::string reason = driver == 0 ? "no NVIDIA driver is installed"
                                           : "the NVIDIA driver supports CUDA " + std::to_string(driver / 1000) + "." +
                                                 std::to_string(driver % 1000 / 10) + ", this library needs " +
                                                 std::to_string(CUDART_VERSION / 1000) + "." +
                                                 std::to_string(CUDART_VERSION % 1000 / 10);
    throw Failure{VBT_ERR_NO_DEVICE, "CUDA cannot be used: " + reason};
  }
  throw Failure{VBT_ERR_NO_DEVICE, std::string("CUDA has no device: ") + cudaGetErrorString(error)};
}

std::unique_ptr<vbt_engine> CreateEngine(const vbt_engine_options* given, vbt_engine** engine) {
  const vbt_engine_options options = ReadOptions("options", given, kFirstEngineOptions);
  ExpectMemory("engine", engine);
  CheckOptions(options);
  CheckDevice(options.device);
  const DeviceScope scope(options.device);
  return std::make_unique<vbt_engine>(options);
}

}  // namespace

uint32_t vbt_abi_version(void) { return VBT_ABI_VERSION; }

const char* vbt_status_message(vbt_status status) {
  switch (status) {
    case VBT_OK:
      return "The call succeeded.";
    case VBT_ERR_INVALID_ARGUMENT:
      return "An argument is not what the call expects.";
    case VBT_ERR_OUT_OF_MEMORY:
      return "There is no memory for this in the engine's pool, on the device or on the host.";
    case VBT_ERR_LIMIT:
      return "As many sequences are open as the engine was made for.";
    case VBT_ERR_CAPTURING:
      return "The call cannot be captured in a graph.";
    case VBT_ERR_NO_DEVICE:
      return "There is no CUDA device, no driver, or none that is new enough.";
    case VBT_ERR_CUDA:
      return "The CUDA runtime reported an error.";
  }
  return "This is no status of the library.";
}

const char* vbt_sequence_status_message(vbt_sequence_status status) {
  switch (status) {
    case VBT_SEQUENCE_OK:
      return "The sequence is not in error.";
    case VBT_SEQUENCE_TOKEN_NOT_ALLOWED:
      return "A token does not continue the open span.";
    case VBT_SEQUENCE_TOKEN_OUT_OF_RANGE:
      return "A token is outside the vocabulary.";
    case VBT_SEQUENCE_CONTEXT_FULL:
      return "The sequence would grow past its max_tokens.";
    case VBT_SEQUENCE_SPANS_FULL:
      return "The sequence has max_spans spans.";
    case VBT_SEQUENCE_WRONG_SPAN:
      return "A span is open where the verb needs none, or none where it needs one.";
    case VBT_SEQUENCE_BAD_LENGTH:
      return "The sequence cannot go back to that length.";
    case VBT_SEQUENCE_NO_VALID_TOKEN:
      return "No allowed logit is finite.";
  }
  return "This is no status of a sequence.";
}

const char* vbt_message(const vbt_engine* engine) {
  return engine == nullptr ? creation_message.c_str() : engine->message.c_str();
}

vbt_status vbt_engine_defaults(vbt_engine_options* options, size_t struct_size) {
  if (options == nullptr || !IsStructureSize(struct_size, kFirstEngineOptions)) return VBT_ERR_INVALID_ARGUMENT;
  vbt_engine_options defaults = {};
  defaults.start_token = -1;
  defaults.max_span_tokens = 128;
  defaults.recall_generated = 1;
  defaults.mask_value = -std::numeric_limits<float>::infinity();
  defaults.max_sequences = 64;
  defaults.max_spans = 256;
  defaults.pool_bytes = size_t{256} << 20;
  WriteResult(defaults, struct_size, options);
  return VBT_OK;
}

vbt_status vbt_engine_create(const vbt_engine_options* options, vbt_engine** engine) {
  try {
    *engine = CreateEngine(options, engine).release();
    return VBT_OK;
  } catch (const Failure& failure) {
    try {
      creation_message = failure.message;
    } catch (const std::bad_alloc&) {
      creation_message.clear();
    }
    return failure.status;
  } catch (const std::bad_alloc&) {
    creation_message.clear();
    return VBT_ERR_OUT_OF_MEMORY;
  }
}

void vbt_engine_destroy(vbt_engine* engine) {
  if (engine == nullptr) return;
  (void)Call(engine, [](vbt_engine& live) { const std::unique_ptr<vbt_engine> owner(&live); });
}

vbt_status vbt_memory_usage(vbt_engine* engine, vbt_memory_info* info) {
  return Call(engine, [&](const vbt_engine& live) {
    const size_t size = ExpectStructure("info", info, kFirstMemoryInfo);
    vbt_memory_info usage = {};
    usage.device_bytes = live.device_bytes();
    usage.pool_bytes = live.pool().bytes();
    usage.pool_used_bytes = live.pool().used_bytes();
    WriteResult(usage, size, info);
  });
}
