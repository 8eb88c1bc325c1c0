#include "functions.hpp"

namespace verbatim::addon {
namespace {

// maskedFill(row: Float32Array, allowed: Int32Array, value: number): number
napi_value MaskedFill(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  ArrayView<float> row;
  ArrayView<int32_t> allowed;
  double value = 0;
  if (!arguments.Read(0, row) || !arguments.Read(1, allowed) || !arguments.Read(2, value)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  return ToJavaScript(
      env, -verbatim_masked_fill_ids(row.data, row.length, allowed.data, allowed.length, static_cast<float>(value)));
}

// sample(row: Float32Array, width: number, ids: Int32Array | null, temperature: number, topK: number, topP: number,
//        minP: number, uniform: number): number
napi_value Sample(napi_env env, napi_callback_info info) {
  const Arguments<8> arguments(env, info);
  ArrayView<float> row;
  int32_t width = -1;
  ArrayView<int32_t> ids;
  verbatim_sampling sampling = {};
  sampling.struct_size = sizeof sampling;
  double uniform = -1;
  if (!arguments.Read(0, row) || !arguments.Read(1, width) || !arguments.Read(3, sampling.temperature) ||
      !arguments.Read(4, sampling.top_k) || !arguments.Read(5, sampling.top_p) || !arguments.Read(6, sampling.min_p) ||
      !arguments.Read(7, uniform)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  if (width < 0 || static_cast<size_t>(width) > row.length) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  // To the C ABI null means all ids, which an empty set may not turn into.
  const int32_t* choices = nullptr;
  if (!arguments.IsNull(2)) {
    if (!arguments.Read(2, ids)) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
    if (ids.length == 0) return ToJavaScript(env, -VERBATIM_NO_VALID_TOKEN);
    choices = ids.data;
  }
  int32_t token = -1;
  const verbatim_status status =
      verbatim_sample(row.data, static_cast<size_t>(width), choices, ids.length, &sampling, uniform, &token);
  return ToJavaScript(env, status == VERBATIM_OK ? token : -status);
}

}  // namespace

const std::array<Function, kRowFunctionCount> kRowFunctions = {{
    {"maskedFill", MaskedFill},
    {"sample", Sample},
}};

}  // namespace verbatim::addon
