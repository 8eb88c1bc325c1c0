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
#include <string>

namespace verbatim::addon {

/**
 * Functions return integers: values are 0 or more, failures are negated. -1 … -99 negate a verbatim_status (in
 * functions of the CUDA library a vbt_status), these are the addon's own. lib/engine/native/addon.ts and
 * lib/cuda/cuda-addon.ts have the same numbers.
 */
enum AddonStatus : int32_t {
  /** The handle was closed, or never was one. */
  kClosed = 100,
  /** An argument is not of the type that the function's signature names, or negative where it is a count. */
  kMistyped = 101,
  /** The CUDA library has not been loaded, or cannot be. */
  kNotLoaded = 102,
};

inline napi_value ToJavaScript(napi_env env, int32_t value) {
  napi_value result = nullptr;
  napi_create_int32(env, value, &result);
  return result;
}

inline napi_value ToJavaScript(napi_env env, size_t bytes) {
  napi_value result = nullptr;
  napi_create_int64(env, static_cast<int64_t>(bytes), &result);
  return result;
}

/** The memory of a typed array; valid until control returns to JavaScript. */
template <typename Element>
struct ArrayView {
  Element* data = nullptr;
  size_t length = 0;
};

/** An integer that is not negative. */
struct Count {
  size_t value = 0;
};

/** What can be referred to weakly: an object or a function. */
struct AnyObject {
  napi_value value = nullptr;
};

/** A function that is called later. */
struct Callback {
  napi_value value = nullptr;
};

/** A typed array whose memory is used after the call too, while the object is referred to. */
struct SharedArray {
  napi_value object = nullptr;
  ArrayView<int32_t> view;
};

/** A value that null leaves out. */
template <typename Value>
struct Optional {
  bool is_given = false;
  Value value = {};
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

  /** Reads as many arguments as there are values, in order, from the one at `first` on. */
  template <typename... Values>
  bool ReadFrom(size_t first, Values&... values) const {
    return (Read(first++, values) && ...);
  }

  bool Read(size_t index, int32_t& value) const {
    return napi_get_value_int32(env_, values_[index], &value) == napi_ok;
  }
  bool Read(size_t index, double& value) const {
    return napi_get_value_double(env_, values_[index], &value) == napi_ok;
  }
  bool Read(size_t index, Count& count) const {
    int64_t value = -1;
    if (!Read(index, value) || value < 0) return false;
    count.value = static_cast<size_t>(value);
    return true;
  }
  bool Read(size_t index, int64_t& value) const {
    return napi_get_value_int64(env_, values_[index], &value) == napi_ok;
  }
  /** A bigint in [0, 2^64). */
  bool Read(size_t index, uint64_t& value) const {
    bool is_lossless = false;
    return napi_get_value_bigint_uint64(env_, values_[index], &value, &is_lossless) == napi_ok && is_lossless;
  }
  /** An address, of this machine's memory or of a device's, as a bigint. */
  template <typename Pointee>
  bool Read(size_t index, Pointee*& address) const {
    uint64_t value = 0;
    if (!Read(index, value) || value > UINTPTR_MAX) return false;
    address = reinterpret_cast<Pointee*>(static_cast<uintptr_t>(value));
    return true;
  }
  /** Throws bad_alloc. */
  bool Read(size_t index, std::string& text) const {
    size_t length = 0;
    if (napi_get_value_string_utf8(env_, values_[index], nullptr, 0, &length) != napi_ok) return false;
    text.resize(length);
    return napi_get_value_string_utf8(env_, values_[index], text.data(), length + 1, &length) == napi_ok;
  }
  bool Read(size_t index, ArrayView<int32_t>& array) const { return ReadArray(index, napi_int32_array, array); }
  bool Read(size_t index, ArrayView<float>& array) const { return ReadArray(index, napi_float32_array, array); }
  bool Read(size_t index, ArrayView<double>& array) const { return ReadArray(index, napi_float64_array, array); }
  bool Read(size_t index, ArrayView<uint8_t>& array) const { return ReadArray(index, napi_uint8_array, array); }
  bool Read(size_t index, ArrayView<uint64_t>& array) const { return ReadArray(index, napi_biguint64_array, array); }

  bool Read(size_t index, AnyObject& object) const {
    napi_valuetype type = napi_undefined;
    object.value = values_[index];
    return napi_typeof(env_, object.value, &type) == napi_ok && (type == napi_object || type == napi_function);
  }
  bool Read(size_t index, Callback& callback) const {
    napi_valuetype type = napi_undefined;
    callback.value = values_[index];
    return napi_typeof(env_, callback.value, &type) == napi_ok && type == napi_function;
  }
  bool Read(size_t index, SharedArray& array) const {
    array.object = values_[index];
    return Read(index, array.view);
  }
  /** A value that reads itself. */
  template <typename Value>
    requires requires(Value& value, const Arguments& arguments) { value.ReadFrom(arguments, size_t{}); } bool
  Read(size_t index, Value& value) const {
    return value.ReadFrom(*this, index);
  }
  template <typename Value>
  bool Read(size_t index, Optional<Value>& optional) const {
    optional.is_given = !IsNull(index);
    return !optional.is_given || Read(index, optional.value);
  }

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
