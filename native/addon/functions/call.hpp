#pragma once

#include "../handles/environment.hpp"
#include "../node_api.hpp"

namespace verbatim::addon {

/** A call of `kCount` arguments on a context, matcher or vocabulary, whose handle is the first of them. */
template <typename Object, size_t kCount>
class Call {
 public:
  Call(napi_env env, napi_callback_info info) : env_(env), arguments_(env, info) {
    if (arguments_.Read(0, handle_)) object_ = environment().template Table<Object>().Find(handle_);
  }

  /** Reads the arguments after the handle, in order. False: `Refuse` tells JavaScript what is wrong. */
  template <typename... Values>
  bool Read(Values&... values) const {
    static_assert(sizeof...(Values) == kCount - 1);
    return object_ != nullptr && arguments_.ReadFrom(1, values...);
  }

  napi_value Refuse() const { return ToJavaScript(env_, object_ == nullptr ? -kClosed : -kMistyped); }

  Environment& environment() const { return arguments_.template data<Environment>(); }
  int32_t handle() const { return handle_; }
  Object* operator->() const { return object_; }
  /** What the C ABI calls the object. */
  auto* get() const { return object_->get(); }

  /** `value` where the status is VERBATIM_OK, otherwise the status, negated. */
  napi_value Return(verbatim_status status, int32_t value = 0) const {
    return ToJavaScript(env_, status == VERBATIM_OK ? value : -status);
  }

 private:
  napi_env env_;
  Arguments<kCount> arguments_;
  int32_t handle_ = -1;
  Object* object_ = nullptr;
};

/** Closes the object of the only argument: 0, or a negated status. */
template <typename Object>
napi_value Close(napi_env env, napi_callback_info info) {
  const Call<Object, 1> call(env, info);
  if (!call.Read()) return call.Refuse();
  call.environment().template Table<Object>().Erase(call.handle());
  return ToJavaScript(env, 0);
}

/**
 * Has the object of the first argument closed when the second argument is garbage: 0, or a negated status; where no
 * memory is left, the object is closed. Any object but this one may be closed by it, if its owner is garbage.
 */
template <typename Object>
napi_value Own(napi_env env, napi_callback_info info) {
  const Call<Object, 2> call(env, info);
  AnyObject owner;
  if (!call.Read(owner)) return call.Refuse();
  OwnedTable<Object>& table = call.environment().template Table<Object>();
  if (!table.SetOwner(env, call.handle(), owner.value)) {
    table.Erase(call.handle());
    return ToJavaScript(env, -VERBATIM_OUT_OF_MEMORY);
  }
  call.environment().CloseAbandonedWhereManyCame(env);
  return ToJavaScript(env, 0);
}

}  // namespace verbatim::addon
