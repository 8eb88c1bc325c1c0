/**
 * A Node addon for tests: memory and streams of a CUDA device, through a CUDA runtime that it loads: libcudart, or the
 * emulator, whose controls it sets too. device.ts is its other side. Addresses and streams are bigints; a function
 * throws where CUDA reports an error.
 */

#define NAPI_VERSION 9
#include <dlfcn.h>
#include <node_api.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace {

void* runtime = nullptr;

/** Arguments of a call, of which JavaScript passes exactly as many as the function takes. */
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env), values_(3) {
    size_t count = values_.size();
    napi_get_cb_info(env, info, &count, values_.data(), nullptr, nullptr);
  }

  std::string Text(size_t index) const {
    size_t length = 0;
    napi_get_value_string_utf8(env_, values_[index], nullptr, 0, &length);
    std::string text(length, '\0');
    napi_get_value_string_utf8(env_, values_[index], text.data(), length + 1, &length);
    return text;
  }
  void* Address(size_t index) const {
    uint64_t value = 0;
    bool is_lossless = false;
    napi_get_value_bigint_uint64(env_, values_[index], &value, &is_lossless);
    return reinterpret_cast<void*>(static_cast<uintptr_t>(value));
  }
  int64_t Integer(size_t index) const {
    int64_t value = 0;
    napi_get_value_int64(env_, values_[index], &value);
    return value;
  }
  /** Memory of a Uint8Array. */
  std::pair<void*, size_t> Bytes(size_t index) const {
    void* data = nullptr;
    size_t length = 0;
    napi_get_typedarray_info(env_, values_[index], nullptr, &length, &data, nullptr, nullptr);
    return {data, length};
  }

 private:
  napi_env env_;
  std::vector<napi_value> values_;
};

napi_value ToBigint(napi_env env, const void* address) {
  napi_value value = nullptr;
  napi_create_bigint_uint64(env, reinterpret_cast<uintptr_t>(address), &value);
  return value;
}

/** Calls a function of the runtime; throws where there is none of that name, or it reports an error. */
template <typename... Values>
void Call(napi_env env, const std::string& name, Values... values) {
  auto* const function = reinterpret_cast<int (*)(Values...)>(dlsym(runtime, name.c_str()));
  const int error = function == nullptr ? -1 : function(values...);
  if (error != 0) napi_throw_error(env, nullptr, (name + " returned " + std::to_string(error)).c_str());
}

napi_value Open(napi_env env, napi_callback_info info) {
  runtime = dlopen(Arguments(env, info).Text(0).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (runtime == nullptr) napi_throw_error(env, nullptr, dlerror());
  return nullptr;
}

napi_value Allocate(napi_env env, napi_callback_info info) {
  void* address = nullptr;
  Call(env, "cudaMalloc", &address, static_cast<size_t>(Arguments(env, info).Integer(0)));
  return ToBigint(env, address);
}

napi_value Free(napi_env env, napi_callback_info info) {
  Call(env, "cudaFree", Arguments(env, info).Address(0));
  return nullptr;
}

// upload(address: bigint, bytes: Uint8Array, stream: bigint): void
napi_value Upload(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const auto [data, length] = arguments.Bytes(1);
  Call(env, "cudaMemcpyAsync", arguments.Address(0), static_cast<const void*>(data), length, 1, arguments.Address(2));
  Call(env, "cudaStreamSynchronize", arguments.Address(2));
  return nullptr;
}

// download(address: bigint, bytes: Uint8Array, stream: bigint): void
napi_value Download(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const auto [data, length] = arguments.Bytes(1);
  Call(env, "cudaMemcpyAsync", data, static_cast<const void*>(arguments.Address(0)), length, 2, arguments.Address(2));
  Call(env, "cudaStreamSynchronize", arguments.Address(2));
  return nullptr;
}

napi_value CreateStream(napi_env env, napi_callback_info) {
  void* stream = nullptr;
  constexpr unsigned kNonBlocking = 1;
  Call(env, "cudaStreamCreateWithFlags", &stream, kNonBlocking);
  return ToBigint(env, stream);
}

napi_value BeginCapture(napi_env env, napi_callback_info info) {
  constexpr int kThreadLocal = 1;
  Call(env, "cudaStreamBeginCapture", Arguments(env, info).Address(0), kThreadLocal);
  return nullptr;
}

// endCapture(stream: bigint): bigint
napi_value EndCapture(napi_env env, napi_callback_info info) {
  void* graph = nullptr;
  void* executable = nullptr;
  Call(env, "cudaStreamEndCapture", Arguments(env, info).Address(0), &graph);
  Call(env, "cudaGraphInstantiate", &executable, graph, 0ULL);
  return ToBigint(env, executable);
}

// launchGraph(graph: bigint, stream: bigint): void
napi_value LaunchGraph(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Call(env, "cudaGraphLaunch", arguments.Address(0), arguments.Address(1));
  return nullptr;
}

// control(name: string, value: number): void, for functions of the emulator that take one integer
napi_value Control(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  auto* const set = reinterpret_cast<void (*)(int)>(dlsym(runtime, arguments.Text(0).c_str()));
  if (set == nullptr)
    napi_throw_error(env, nullptr, "This is not the emulator");
  else
    set(static_cast<int>(arguments.Integer(1)));
  return nullptr;
}

// failNext(call: number, error: number): void, which is the emulator's cuda_on_cpu_fail
napi_value FailNext(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  auto* const fail = reinterpret_cast<void (*)(int, uint64_t, int)>(dlsym(runtime, "cuda_on_cpu_fail"));
  if (fail == nullptr)
    napi_throw_error(env, nullptr, "This is not the emulator");
  else
    fail(static_cast<int>(arguments.Integer(0)), 1, static_cast<int>(arguments.Integer(1)));
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const std::pair<const char*, napi_callback> functions[] = {
      {"open", Open},
      {"allocate", Allocate},
      {"free", Free},
      {"upload", Upload},
      {"download", Download},
      {"createStream", CreateStream},
      {"beginCapture", BeginCapture},
      {"endCapture", EndCapture},
      {"launchGraph", LaunchGraph},
      {"control", Control},
      {"failNext", FailNext},
  };
  for (const auto& [name, callback] : functions) {
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  }
  return exports;
}
