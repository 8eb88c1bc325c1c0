/** The Node-API addon: lib/engine/native/addon.ts and lib/cuda/cuda-addon.ts are its other side. */

#include <memory>
#include <new>

#include "functions/functions.hpp"

namespace verbatim::addon {
namespace {

/**
 * By the C functions: a thread may be terminated while it loads the addon, and node-addon-api ends the process where it
 * cannot throw.
 */
bool Export(Napi::Object exports, const Function& function, Environment* environment) {
  napi_value value = nullptr;
  const Napi::Env env = exports.Env();
  return napi_create_function(env, function.name, NAPI_AUTO_LENGTH, function.callback, environment, &value) ==
             napi_ok &&
         napi_set_named_property(env, exports, function.name, value) == napi_ok;
}

template <size_t kCount>
bool ExportAll(Napi::Object exports, const std::array<Function, kCount>& functions, Environment* environment) {
  for (const Function& function : functions) {
    if (!Export(exports, function, environment)) return false;
  }
  return true;
}

// abiVersion(): number
napi_value AbiVersion(napi_env env, napi_callback_info) {
  return ToJavaScript(env, static_cast<int32_t>(verbatim_abi_version()));
}

Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  std::unique_ptr<Environment> environment(new (std::nothrow) Environment);
  const Function abi_version = {"abiVersion", AbiVersion};
  if (environment == nullptr || !Export(exports, abi_version, environment.get()) ||
      !ExportAll(exports, kContextFunctions, environment.get()) ||
      !ExportAll(exports, kMatcherFunctions, environment.get()) ||
      !ExportAll(exports, kRowFunctions, environment.get()) || !ExportAll(exports, kTextFunctions, environment.get()) ||
      !ExportAll(exports, kCudaEngineFunctions, environment.get()) ||
      !ExportAll(exports, kCudaSequenceFunctions, environment.get()) ||
      !ExportAll(exports, kCudaBatchFunctions, environment.get())) {
    napi_throw_error(env, nullptr, "The addon could not be initialized");
    return exports;
  }
  // The environment of JavaScript owns it now, and deletes it when it ends.
  env.SetInstanceData(environment.release());
  return exports;
}

}  // namespace
}  // namespace verbatim::addon

using verbatim::addon::Initialize;

NODE_API_MODULE(verbatim, Initialize)
