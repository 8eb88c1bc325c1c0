/** The Node-API addon: lib/engine/native-addon.ts is its other side. */

#include <memory>
#include <new>

#include "functions.hpp"

namespace verbatim::addon {
namespace {

bool Export(napi_env env, napi_value exports, const Function& function, Environment* environment) {
  napi_value value = nullptr;
  return napi_create_function(env, function.name, NAPI_AUTO_LENGTH, function.callback, environment, &value) ==
             napi_ok &&
         napi_set_named_property(env, exports, function.name, value) == napi_ok;
}

template <size_t kCount>
bool ExportAll(napi_env env, napi_value exports, const std::array<Function, kCount>& functions,
               Environment* environment) {
  for (const Function& function : functions) {
    if (!Export(env, exports, function, environment)) return false;
  }
  return true;
}

void DestroyEnvironment(void* environment) { delete static_cast<Environment*>(environment); }

// abiVersion(): number
napi_value AbiVersion(napi_env env, napi_callback_info) {
  return ToJavaScript(env, static_cast<int32_t>(verbatim_abi_version()));
}

napi_value Initialize(napi_env env, napi_value exports) {
  std::unique_ptr<Environment> environment(new (std::nothrow) Environment);
  const Function abi_version = {"abiVersion", AbiVersion};
  if (environment == nullptr || !Export(env, exports, abi_version, environment.get()) ||
      !ExportAll(env, exports, kContextFunctions, environment.get()) ||
      !ExportAll(env, exports, kMatcherFunctions, environment.get()) ||
      !ExportAll(env, exports, kRowFunctions, environment.get()) ||
      napi_add_env_cleanup_hook(env, DestroyEnvironment, environment.get()) != napi_ok) {
    napi_throw_error(env, nullptr, "The addon could not be initialized");
    return nullptr;
  }
  // The cleanup hook owns it now.
  static_cast<void>(environment.release());
  return exports;
}

}  // namespace
}  // namespace verbatim::addon

NAPI_MODULE_INIT() { return verbatim::addon::Initialize(env, exports); }
