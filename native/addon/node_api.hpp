#pragma once

/**
 * The one header that includes Node-API. What lives as long as an environment or a handle is node-addon-api's to hold;
 * calls read their arguments directly, since a step of a session is a call and may cost no more than tens of
 * nanoseconds.
 */

#include <napi.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace verbatim::addon {

/**
 * Functions return integers: values are 0 or more, failures are negated. -1 … -99 negate a verbatim_status, these are
 * the addon's own. lib/engine/native-addon.ts has the same numbers.
 */
enum AddonStatus : int32_t {
  /** The handle was closed, or never was one. */
  kClosed = 100,
};

inline napi_value ToJavaScript(napi_env env, int32_t value) {
  napi_value result = nullptr;
  napi_create_int32(env, value, &result);
  return result;
}

/** The memory of a typed array; valid until control returns to JavaScript. */
template <typename Element>
struct ArrayView {
  Element* data = nullptr;
  size_t length = 0;
};

/** The `kCount` arguments of a call. Readers return false where an argument is of another type. */
template <size_t kCount>
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    size_t count = kCount;
    napi_get_cb_info(env, info, &count, values_.data(), nullptr, &data_);
    // Missing arguments were set to undefined.
  }

  /** What the function was created with. */
  template <typename Data>
  Data& data() const {
    return *static_cast<Data*>(data_);
  }

  napi_value operator[](size_t index) const { return values_[index]; }

  bool Read(size_t index, int32_t& value) const {
    return napi_get_value_int32(env_, values_[index], &value) == napi_ok;
  }
  bool Read(size_t index, double& value) const {
    return napi_get_value_double(env_, values_[index], &value) == napi_ok;
  }
  bool Read(size_t index, ArrayView<int32_t>& array) const { return ReadArray(index, napi_int32_array, array); }
  bool Read(size_t index, ArrayView<float>& array) const { return ReadArray(index, napi_float32_array, array); }

  bool IsNull(size_t index) const {
    napi_valuetype type = napi_undefined;
    return napi_typeof(env_, values_[index], &type) == napi_ok && type == napi_null;
  }

 private:
  template <typename Element>
  bool ReadArray(size_t index, napi_typedarray_type expected, ArrayView<Element>& array) const {
    bool is_typed_array = false;
    if (napi_is_typedarray(env_, values_[index], &is_typed_array) != napi_ok || !is_typed_array) return false;
    napi_typedarray_type type = napi_int8_array;
    void* data = nullptr;
    if (napi_get_typedarray_info(env_, values_[index], &type, &array.length, &data, nullptr, nullptr) != napi_ok) {
      return false;
    }
    array.data = static_cast<Element*>(data);
    return type == expected;
  }

  napi_env env_;
  std::array<napi_value, kCount> values_{};
  void* data_ = nullptr;
};

}  // namespace verbatim::addon
