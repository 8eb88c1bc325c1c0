/** Verbs of a CUDA engine's whole batch: what a decoding step calls. Addresses are the device's unless said otherwise.
 */

#include "../functions/functions.hpp"
#include "call.hpp"

namespace verbatim::addon {
namespace {

vbt_rows NoRows() { return {sizeof(vbt_rows), 0, nullptr}; }

/** A vbt_dtype as JavaScript passes it. */
bool IsDtype(int32_t value) { return value >= VBT_FLOAT32 && value <= VBT_BFLOAT16; }

using TokenVerb = decltype(CudaFunctions::accept) CudaFunctions::*;

napi_value TakeDeviceTokens(napi_env env, napi_callback_info info, TokenVerb verb) {
  const CudaCall<5> call(env, info);
  vbt_rows rows = NoRows();
  const int32_t* tokens = nullptr;
  vbt_stream stream = nullptr;
  if (!call.Read(rows.count, rows.sequences, tokens, stream)) return call.Refuse();
  return call.Return((call.handle().functions().*verb)(call.engine(), &rows, tokens, VBT_DEVICE, stream));
}

napi_value TakeHostTokens(napi_env env, napi_callback_info info, TokenVerb verb) {
  const CudaCall<5> call(env, info);
  vbt_rows rows = NoRows();
  ArrayView<int32_t> tokens;
  vbt_stream stream = nullptr;
  if (!call.Read(rows.count, rows.sequences, tokens, stream)) return call.Refuse();
  if (rows.count < 0 || static_cast<size_t>(rows.count) > tokens.length) return call.Refuse();
  return call.Return((call.handle().functions().*verb)(call.engine(), &rows, tokens.data, VBT_HOST, stream));
}

// cudaAccept(engine: number, rows: number, sequences: bigint, tokens: bigint, stream: bigint): number
napi_value Accept(napi_env env, napi_callback_info info) { return TakeDeviceTokens(env, info, &CudaFunctions::accept); }

// cudaAcceptHost(engine: number, rows: number, sequences: bigint, tokens: Int32Array, stream: bigint): number
napi_value AcceptHost(napi_env env, napi_callback_info info) {
  return TakeHostTokens(env, info, &CudaFunctions::accept);
}

// cudaStep(engine: number, rows: number, sequences: bigint, tokens: bigint, stream: bigint): number
napi_value Step(napi_env env, napi_callback_info info) { return TakeDeviceTokens(env, info, &CudaFunctions::step); }

// cudaStepHost(engine: number, rows: number, sequences: bigint, tokens: Int32Array, stream: bigint): number
napi_value StepHost(napi_env env, napi_callback_info info) { return TakeHostTokens(env, info, &CudaFunctions::step); }

// cudaPrepare(engine: number, stream: bigint): number
napi_value Prepare(napi_env env, napi_callback_info info) {
  const CudaCall<2> call(env, info);
  vbt_stream stream = nullptr;
  if (!call.Read(stream)) return call.Refuse();
  return call.Return(call->prepare(call.engine(), stream));
}

// cudaRollback(engine: number, rows: number, sequences: bigint, counts: bigint, stream: bigint): number
napi_value Rollback(napi_env env, napi_callback_info info) {
  const CudaCall<5> call(env, info);
  vbt_rows rows = NoRows();
  const int32_t* counts = nullptr;
  vbt_stream stream = nullptr;
  if (!call.Read(rows.count, rows.sequences, counts, stream)) return call.Refuse();
  return call.Return(call->rollback(call.engine(), &rows, counts, stream));
}

/** Rows of logits as JavaScript passes them. */
struct LogitsArguments {
  void* data = nullptr;
  int32_t dtype = -1;
  int32_t width = 0;
  int64_t stride = 0;

  vbt_logits ToLogits() const { return {sizeof(vbt_logits), data, static_cast<vbt_dtype>(dtype), width, stride}; }
};

// cudaApply(engine: number, rows: number, sequences: bigint, logits: bigint, dtype: number, width: number,
//           stride: number, stream: bigint): number
napi_value Apply(napi_env env, napi_callback_info info) {
  const CudaCall<8> call(env, info);
  vbt_rows rows = NoRows();
  LogitsArguments given;
  vbt_stream stream = nullptr;
  if (!call.Read(rows.count, rows.sequences, given.data, given.dtype, given.width, given.stride, stream) ||
      !IsDtype(given.dtype)) {
    return call.Refuse();
  }
  const vbt_logits logits = given.ToLogits();
  return call.Return(call->apply(call.engine(), &rows, &logits, stream));
}

// cudaSample(engine: number, rows: number, sequences: bigint, logits: bigint, dtype: number, width: number,
//            stride: number, tokens: bigint, stream: bigint): number
napi_value Sample(napi_env env, napi_callback_info info) {
  const CudaCall<9> call(env, info);
  vbt_rows rows = NoRows();
  LogitsArguments given;
  int32_t* tokens = nullptr;
  vbt_stream stream = nullptr;
  if (!call.Read(rows.count, rows.sequences, given.data, given.dtype, given.width, given.stride, tokens, stream) ||
      !IsDtype(given.dtype)) {
    return call.Refuse();
  }
  const vbt_logits logits = given.ToLogits();
  return call.Return(call->sample(call.engine(), &rows, &logits, tokens, stream));
}

// cudaDraft(engine: number, rows: number, sequences: bigint, max: number, latest: number, tokens: bigint,
//           counts: bigint, stream: bigint): number
napi_value Draft(napi_env env, napi_callback_info info) {
  const CudaCall<8> call(env, info);
  vbt_rows rows = NoRows();
  int32_t max = 0;
  int32_t latest = 0;
  int32_t* tokens = nullptr;
  int32_t* counts = nullptr;
  vbt_stream stream = nullptr;
  if (!call.Read(rows.count, rows.sequences, max, latest, tokens, counts, stream)) return call.Refuse();
  return call.Return(call->draft(call.engine(), &rows, max, latest, tokens, counts, stream));
}

// cudaJoin(engine: number, stream: bigint): number
napi_value Join(napi_env env, napi_callback_info info) {
  const CudaCall<2> call(env, info);
  vbt_stream stream = nullptr;
  if (!call.Read(stream)) return call.Refuse();
  return call.Return(call->join(call.engine(), stream));
}

// cudaPoll(engine: number, statuses: Int32Array, stream: bigint): number
napi_value Poll(napi_env env, napi_callback_info info) {
  const CudaCall<3> call(env, info);
  ArrayView<int32_t> statuses;
  vbt_stream stream = nullptr;
  if (!call.Read(statuses, stream) || statuses.length != call.handle().max_sequences()) return call.Refuse();
  return call.Return(call->poll(call.engine(), statuses.data, stream));
}

}  // namespace

const std::array<Function, kCudaBatchFunctionCount> kCudaBatchFunctions = {{
    {"cudaAccept", Accept},
    {"cudaAcceptHost", AcceptHost},
    {"cudaStep", Step},
    {"cudaStepHost", StepHost},
    {"cudaPrepare", Prepare},
    {"cudaRollback", Rollback},
    {"cudaApply", Apply},
    {"cudaSample", Sample},
    {"cudaDraft", Draft},
    {"cudaJoin", Join},
    {"cudaPoll", Poll},
}};

}  // namespace verbatim::addon
