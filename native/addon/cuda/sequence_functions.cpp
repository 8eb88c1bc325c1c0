/** Verbs of one sequence of a CUDA engine, and what can be read back of it. */

#include "../functions/functions.hpp"
#include "call.hpp"

namespace verbatim::addon {
namespace {

// cudaOpenSequence(engine: number, context: number, maxTokens: number, stream: bigint): number
napi_value OpenSequence(napi_env env, napi_callback_info info) {
  const CudaCall<4> call(env, info);
  int32_t handle = -1;
  Count max_tokens;
  vbt_stream stream = nullptr;
  if (!call.Read(handle, max_tokens, stream)) return call.Refuse();
  vbt_context* context = nullptr;
  // -1 stands for no context.
  if (handle != -1) {
    vbt_context** const found = call.handle().contexts().Find(handle);
    if (found == nullptr) return ToJavaScript(env, -kClosed);
    context = *found;
  }
  int32_t sequence = -1;
  const vbt_status status = call->sequence_open(call.engine(), context, max_tokens.value, stream, &sequence);
  return call.Return(status, sequence);
}

// cudaForkSequence(engine: number, sequence: number, stream: bigint): number
napi_value ForkSequence(napi_env env, napi_callback_info info) {
  const CudaCall<3> call(env, info);
  int32_t sequence = -1;
  vbt_stream stream = nullptr;
  if (!call.Read(sequence, stream)) return call.Refuse();
  int32_t fork = -1;
  const vbt_status status = call->sequence_fork(call.engine(), sequence, stream, &fork);
  return call.Return(status, fork);
}

/** Calls a verb that takes nothing but the sequence and a stream. */
napi_value CallVerb(napi_env env, napi_callback_info info, decltype(CudaFunctions::reset) CudaFunctions::*verb) {
  const CudaCall<3> call(env, info);
  int32_t sequence = -1;
  vbt_stream stream = nullptr;
  if (!call.Read(sequence, stream)) return call.Refuse();
  return call.Return((call.handle().functions().*verb)(call.engine(), sequence, stream));
}

// cudaCloseSequence(engine: number, sequence: number, stream: bigint): number
napi_value CloseSequence(napi_env env, napi_callback_info info) {
  return CallVerb(env, info, &CudaFunctions::sequence_close);
}

// cudaEndSpan(engine: number, sequence: number, stream: bigint): number
napi_value EndSpan(napi_env env, napi_callback_info info) { return CallVerb(env, info, &CudaFunctions::end_span); }

// cudaReset(engine: number, sequence: number, stream: bigint): number
napi_value Reset(napi_env env, napi_callback_info info) { return CallVerb(env, info, &CudaFunctions::reset); }

// cudaClear(engine: number, sequence: number, stream: bigint): number
napi_value Clear(napi_env env, napi_callback_info info) { return CallVerb(env, info, &CudaFunctions::clear); }

// cudaTruncate(engine: number, sequence: number, length: number, stream: bigint): number
napi_value Truncate(napi_env env, napi_callback_info info) {
  const CudaCall<4> call(env, info);
  int32_t sequence = -1;
  Count length;
  vbt_stream stream = nullptr;
  if (!call.Read(sequence, length, stream)) return call.Refuse();
  return call.Return(call->truncate(call.engine(), sequence, length.value, stream));
}

// cudaAppend(engine: number, sequence: number, tokens: Int32Array, flags: number, stream: bigint): number
napi_value Append(napi_env env, napi_callback_info info) {
  const CudaCall<5> call(env, info);
  int32_t sequence = -1;
  ArrayView<int32_t> tokens;
  int32_t flags = 0;
  vbt_stream stream = nullptr;
  if (!call.Read(sequence, tokens, flags, stream)) return call.Refuse();
  return call.Return(
      call->append(call.engine(), sequence, tokens.data, tokens.length, static_cast<uint32_t>(flags), stream));
}

// cudaBeginSpan(engine: number, sequence: number, ranges: Int32Array | null, ends: Int32Array | null,
//               stream: bigint): number
napi_value BeginSpan(napi_env env, napi_callback_info info) {
  const CudaCall<5> call(env, info);
  int32_t sequence = -1;
  Optional<ArrayView<int32_t>> positions;
  Optional<ArrayView<int32_t>> ends;
  vbt_stream stream = nullptr;
  if (!call.Read(sequence, positions, ends, stream) || positions.value.length % 2 != 0) return call.Refuse();
  // To the C ABI null means everything, or the end token, which empty arrays may not turn into.
  static constexpr vbt_range kNowhere = {0, 0};
  static constexpr int32_t kNothing = -1;
  static_assert(sizeof(vbt_range) == 2 * sizeof(int32_t));
  const vbt_range* ranges = nullptr;
  if (positions.is_given) {
    ranges = positions.value.length == 0 ? &kNowhere : reinterpret_cast<const vbt_range*>(positions.value.data);
  }
  const int32_t* end_ids = nullptr;
  if (ends.is_given) end_ids = ends.value.length == 0 ? &kNothing : ends.value.data;
  return call.Return(call->begin_span(call.engine(), sequence, ranges, positions.value.length / 2, end_ids,
                                      ends.value.length, stream));
}

// cudaSetSampling(engine: number, sequence: number, temperature: number, topK: number, topP: number, minP: number,
//                 seed: bigint, stream: bigint): number
napi_value SetSampling(napi_env env, napi_callback_info info) {
  const CudaCall<8> call(env, info);
  int32_t sequence = -1;
  double temperature = 1;
  double top_p = 1;
  double min_p = 0;
  vbt_sampling sampling = {};
  sampling.struct_size = sizeof sampling;
  vbt_stream stream = nullptr;
  if (!call.Read(sequence, temperature, sampling.top_k, top_p, min_p, sampling.seed, stream)) return call.Refuse();
  sampling.temperature = static_cast<float>(temperature);
  sampling.top_p = static_cast<float>(top_p);
  sampling.min_p = static_cast<float>(min_p);
  return call.Return(call->set_sampling(call.engine(), sequence, &sampling, stream));
}

// cudaSnapshot(engine: number, sequence: number, state: Int32Array): number
napi_value Snapshot(napi_env env, napi_callback_info info) {
  const CudaCall<3> call(env, info);
  int32_t sequence = -1;
  ArrayView<int32_t> state;
  if (!call.Read(sequence, state) || state.length != 6) return call.Refuse();
  vbt_snapshot_info snapshot = {};
  snapshot.struct_size = sizeof snapshot;
  const vbt_status status = call->snapshot(call.engine(), sequence, &snapshot);
  state.data[0] = static_cast<int32_t>(snapshot.status);
  state.data[1] = snapshot.length;
  state.data[2] = snapshot.in_span;
  state.data[3] = snapshot.depth;
  state.data[4] = snapshot.candidates;
  state.data[5] = snapshot.spans;
  return call.Return(status);
}

// cudaRead(engine: number, sequence: number, start: number, tokens: Int32Array): number
napi_value Read(napi_env env, napi_callback_info info) {
  const CudaCall<4> call(env, info);
  int32_t sequence = -1;
  Count start;
  ArrayView<int32_t> tokens;
  if (!call.Read(sequence, start, tokens)) return call.Refuse();
  return call.Return(call->read(call.engine(), sequence, start.value, tokens.length, tokens.data));
}

// cudaReadBitmask(engine: number, sequence: number, words: Int32Array): number
napi_value ReadBitmask(napi_env env, napi_callback_info info) {
  const CudaCall<3> call(env, info);
  int32_t sequence = -1;
  ArrayView<int32_t> words;
  if (!call.Read(sequence, words)) return call.Refuse();
  const uint32_t* masks = nullptr;
  size_t words_per_row = 0;
  const vbt_status status = call->bitmasks(call.engine(), &masks, &words_per_row);
  if (status != VBT_OK) return call.Return(status);
  if (words.length != words_per_row) return call.Refuse();
  return call.Return(call->read_bitmask(call.engine(), sequence, reinterpret_cast<uint32_t*>(words.data)));
}

// cudaReadSpans(engine: number, sequence: number, first: number, spans: Int32Array): number
napi_value ReadSpans(napi_env env, napi_callback_info info) {
  const CudaCall<4> call(env, info);
  int32_t sequence = -1;
  Count first;
  ArrayView<int32_t> spans;
  // Written as `[start0, end0, isOpen0, start1, …]`.
  static_assert(sizeof(vbt_span) == 3 * sizeof(int32_t));
  if (!call.Read(sequence, first, spans) || spans.length % 3 != 0) return call.Refuse();
  size_t count = 0;
  const vbt_status status = call->read_spans(call.engine(), sequence, first.value, spans.length / 3,
                                             reinterpret_cast<vbt_span*>(spans.data), &count);
  return call.Return(status, static_cast<int32_t>(count));
}

// cudaSources(engine: number, sequence: number, span: number, starts: Int32Array): number
napi_value Sources(napi_env env, napi_callback_info info) {
  const CudaCall<4> call(env, info);
  int32_t sequence = -1;
  Count span;
  ArrayView<int32_t> starts;
  if (!call.Read(sequence, span, starts)) return call.Refuse();
  size_t count = 0;
  const vbt_status status = call->sources(call.engine(), sequence, span.value, starts.length, starts.data, &count);
  return call.Return(status, static_cast<int32_t>(count));
}

}  // namespace

const std::array<Function, kCudaSequenceFunctionCount> kCudaSequenceFunctions = {{
    {"cudaOpenSequence", OpenSequence},
    {"cudaForkSequence", ForkSequence},
    {"cudaCloseSequence", CloseSequence},
    {"cudaEndSpan", EndSpan},
    {"cudaReset", Reset},
    {"cudaClear", Clear},
    {"cudaTruncate", Truncate},
    {"cudaAppend", Append},
    {"cudaBeginSpan", BeginSpan},
    {"cudaSetSampling", SetSampling},
    {"cudaSnapshot", Snapshot},
    {"cudaRead", Read},
    {"cudaReadBitmask", ReadBitmask},
    {"cudaReadSpans", ReadSpans},
    {"cudaSources", Sources},
}};

}  // namespace verbatim::addon
