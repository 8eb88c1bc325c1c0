#include "functions.hpp"

namespace verbatim::addon {
namespace {

// maskedFill(row: Float32Array, allowed: Int32Array, value: number): number
napi_value MaskedFill(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  ArrayView<float> row;
  ArrayView<int32_t> allowed;
  double value = 0;
  if (!arguments.ReadFrom(0, row, allowed, value)) return ToJavaScript(env, -kMistyped);
  return ToJavaScript(
      env, -verbatim_masked_fill_ids(row.data, row.length, allowed.data, allowed.length, static_cast<float>(value)));
}

// sample(row: Float32Array, width: number, ids: Int32Array | null, temperature: number, topK: number, topP: number,
//        minP: number, uniform: number): number
napi_value Sample(napi_env env, napi_callback_info info) {
  const Arguments<8> arguments(env, info);
  ArrayView<float> row;
  Count width;
  Optional<ArrayView<int32_t>> ids;
  verbatim_sampling sampling = {};
  sampling.struct_size = sizeof sampling;
  double uniform = -1;
  if (!arguments.ReadFrom(0, row, width, ids, sampling.temperature, sampling.top_k, sampling.top_p, sampling.min_p,
                          uniform)) {
    return ToJavaScript(env, -kMistyped);
  }
  if (width.value > row.length) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  // To the C ABI null means all ids, which an empty set may not turn into.
  if (ids.is_given && ids.value.length == 0) return ToJavaScript(env, -VERBATIM_NO_VALID_TOKEN);
  int32_t token = -1;
  const verbatim_status status =
      verbatim_sample(row.data, width.value, ids.value.data, ids.value.length, &sampling, uniform, &token);
  return ToJavaScript(env, status == VERBATIM_OK ? token : -status);
}

}  // namespace

const std::array<Function, kRowFunctionCount> kRowFunctions = {{
    {"maskedFill", MaskedFill},
    {"sample", Sample},
}};

}  // namespace verbatim::addon
