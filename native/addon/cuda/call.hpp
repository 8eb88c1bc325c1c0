#pragma once

#include "../handles/environment.hpp"
#include "../node_api.hpp"

namespace verbatim::addon {

/** A call of `kCount` arguments on an engine of the CUDA library, whose handle is the first of them. */
template <size_t kCount>
class CudaCall {
 public:
  CudaCall(napi_env env, napi_callback_info info) : env_(env), arguments_(env, info) {
    int32_t handle = -1;
    if (arguments_.Read(0, handle)) engine_ = arguments_.template data<Environment>().cuda_engines.Find(handle);
  }

  /** Reads the arguments after the handle, in order. False: `Refuse` tells JavaScript what is wrong. */
  template <typename... Values>
  bool Read(Values&... values) const {
    static_assert(sizeof...(Values) == kCount - 1);
    return engine_ != nullptr && arguments_.ReadFrom(1, values...);
  }

  napi_value Refuse() const { return ToJavaScript(env_, engine_ == nullptr ? -kClosed : -kMistyped); }

  CudaEngineHandle& handle() const { return *engine_; }
  vbt_engine* engine() const { return engine_->get(); }
  const CudaFunctions* operator->() const { return &engine_->functions(); }

  /** `value` where the status is VBT_OK, otherwise the status, negated. */
  napi_value Return(vbt_status status, int32_t value = 0) const {
    return ToJavaScript(env_, status == VBT_OK ? value : -status);
  }

 private:
  napi_env env_;
  Arguments<kCount> arguments_;
  CudaEngineHandle* engine_ = nullptr;
};

}  // namespace verbatim::addon
