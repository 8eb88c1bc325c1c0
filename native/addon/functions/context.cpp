#include <memory>
#include <utility>

#include "call.hpp"
#include "compaction.hpp"
#include "functions.hpp"

namespace verbatim::addon {
namespace {

template <size_t kCount>
using ContextCall = Call<ContextHandle, kCount>;

// createContext(vocabSize: number, barriers: Int32Array): number
napi_value CreateContext(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  verbatim_context_options options = {};
  options.struct_size = sizeof options;
  ArrayView<int32_t> barriers;
  if (!arguments.ReadFrom(0, options.vocab_size, barriers)) return ToJavaScript(env, -kMistyped);
  options.barriers = barriers.data;
  options.barrier_count = barriers.length;
  verbatim_context* created = nullptr;
  const verbatim_status status = verbatim_context_create(&options, &created);
  if (status != VERBATIM_OK) return ToJavaScript(env, -status);
  OwnedContext context(created);
  return ToJavaScript(env, Keep(arguments.data<Environment>().contexts,
                                [&] { return ContextHandle(env, std::move(context), nullptr, false); }));
}

// forkContext(context: number): number
napi_value ForkContext(napi_env env, napi_callback_info info) {
  const ContextCall<1> call(env, info);
  if (!call.Read()) return call.Refuse();
  verbatim_context* created = nullptr;
  const verbatim_status status = verbatim_context_fork(call.get(), &created);
  if (status != VERBATIM_OK) return call.Return(status);
  OwnedContext fork(created);
  // What the two share is the origin's to report.
  call->ReportMemory();
  std::shared_ptr<const MemoryReport> origin = call->report();
  return ToJavaScript(env, Keep(call.environment().contexts,
                                [&] { return ContextHandle(env, std::move(fork), std::move(origin), true); }));
}

// closeContext(context: number): number
napi_value CloseContext(napi_env env, napi_callback_info info) { return Close<ContextHandle>(env, info); }

// appendTokens(context: number, tokens: Int32Array, flags: number): number
napi_value AppendTokens(napi_env env, napi_callback_info info) {
  const ContextCall<3> call(env, info);
  ArrayView<int32_t> tokens;
  int32_t flags = 0;
  if (!call.Read(tokens, flags)) return call.Refuse();
  const verbatim_status status =
      verbatim_context_append(call.get(), tokens.data, tokens.length, static_cast<uint32_t>(flags));
  call->ReportMemory();
  return call.Return(status);
}

// appendTokensWithEdges(context: number, tokens: Int32Array, edges: Uint8Array, flags: number): number
napi_value AppendTokensWithEdges(napi_env env, napi_callback_info info) {
  const ContextCall<4> call(env, info);
  ArrayView<int32_t> tokens;
  ArrayView<uint8_t> edges;
  int32_t flags = 0;
  if (!call.Read(tokens, edges, flags)) return call.Refuse();
  if (tokens.length != edges.length) return call.Return(VERBATIM_INVALID_ARGUMENT);
  const verbatim_status status =
      verbatim_context_append_edges(call.get(), tokens.data, tokens.length, edges.data, static_cast<uint32_t>(flags));
  call->ReportMemory();
  return call.Return(status);
}

// appendToken(context: number, token: number, flags: number): number
napi_value AppendToken(napi_env env, napi_callback_info info) {
  const ContextCall<3> call(env, info);
  int32_t token = 0;
  int32_t flags = 0;
  if (!call.Read(token, flags)) return call.Refuse();
  const verbatim_status status = verbatim_context_append(call.get(), &token, 1, static_cast<uint32_t>(flags));
  call->ReportToken();
  return call.Return(status);
}

// truncateContext(context: number, length: number): number
napi_value TruncateContext(napi_env env, napi_callback_info info) {
  const ContextCall<2> call(env, info);
  Count length;
  if (!call.Read(length)) return call.Refuse();
  const verbatim_status status = verbatim_context_truncate(call.get(), length.value);
  call->ReportMemory();
  return call.Return(status);
}

// readContext(context: number, start: number, tokens: Int32Array): number
napi_value ReadContext(napi_env env, napi_callback_info info) {
  const ContextCall<3> call(env, info);
  Count start;
  ArrayView<int32_t> tokens;
  if (!call.Read(start, tokens)) return call.Refuse();
  return call.Return(verbatim_context_read(call.get(), start.value, tokens.length, tokens.data));
}

// compactContext(context: number): number
napi_value CompactContext(napi_env env, napi_callback_info info) {
  const ContextCall<1> call(env, info);
  if (!call.Read()) return call.Refuse();
  const verbatim_status status = verbatim_context_compact(call.get());
  call->ReportMemory();
  return call.Return(status);
}

// compactContextInBackground(context: number, done: (result: number) => void): number
napi_value CompactContextInBackground(napi_env env, napi_callback_info info) {
  const ContextCall<2> call(env, info);
  Callback done;
  if (!call.Read(done)) return call.Refuse();
  return ToJavaScript(env, CompactInBackground(env, call.environment(), call.handle(), done));
}

// contextLength(context: number): number
napi_value ContextLength(napi_env env, napi_callback_info info) {
  const ContextCall<1> call(env, info);
  if (!call.Read()) return call.Refuse();
  return ToJavaScript(env, static_cast<int32_t>(verbatim_context_length(call.get())));
}

// contextBytes(context: number): number
napi_value ContextBytes(napi_env env, napi_callback_info info) {
  const ContextCall<1> call(env, info);
  if (!call.Read()) return call.Refuse();
  return ToJavaScript(env, verbatim_context_bytes(call.get()));
}

// contextOwnBytes(context: number): number
napi_value ContextOwnBytes(napi_env env, napi_callback_info info) {
  const ContextCall<1> call(env, info);
  if (!call.Read()) return call.Refuse();
  return ToJavaScript(env, verbatim_context_own_bytes(call.get()));
}

// ownContext(context: number, owner: object): number
napi_value OwnContext(napi_env env, napi_callback_info info) { return Own<ContextHandle>(env, info); }

// closeAbandoned(): number
napi_value CloseAbandoned(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  arguments.data<Environment>().CloseAbandoned(env);
  return ToJavaScript(env, 0);
}

// liveContexts(): number
napi_value LiveContexts(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  return ToJavaScript(env, static_cast<int32_t>(arguments.data<Environment>().contexts.count()));
}

}  // namespace

const std::array<Function, kContextFunctionCount> kContextFunctions = {{
    {"createContext", CreateContext},
    {"forkContext", ForkContext},
    {"closeContext", CloseContext},
    {"appendTokens", AppendTokens},
    {"appendTokensWithEdges", AppendTokensWithEdges},
    {"appendToken", AppendToken},
    {"truncateContext", TruncateContext},
    {"readContext", ReadContext},
    {"compactContext", CompactContext},
    {"compactContextInBackground", CompactContextInBackground},
    {"contextLength", ContextLength},
    {"contextBytes", ContextBytes},
    {"contextOwnBytes", ContextOwnBytes},
    {"ownContext", OwnContext},
    {"closeAbandoned", CloseAbandoned},
    {"liveContexts", LiveContexts},
}};

}  // namespace verbatim::addon
