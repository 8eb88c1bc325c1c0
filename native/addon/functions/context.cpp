#include <memory>
#include <utility>

#include "compaction.hpp"
#include "functions.hpp"
#include "owners.hpp"

namespace verbatim::addon {
namespace {

// createContext(vocabSize: number, barriers: Int32Array): number
napi_value CreateContext(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  verbatim_context_options options = {};
  options.struct_size = sizeof options;
  ArrayView<int32_t> barriers;
  if (!arguments.Read(0, options.vocab_size) || !arguments.Read(1, barriers)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
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
  const Arguments<1> arguments(env, info);
  auto& environment = arguments.data<Environment>();
  int32_t handle = -1;
  arguments.Read(0, handle);
  const ContextHandle* context = environment.contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  verbatim_context* created = nullptr;
  const verbatim_status status = verbatim_context_fork(context->get(), &created);
  if (status != VERBATIM_OK) return ToJavaScript(env, -status);
  OwnedContext fork(created);
  // What the two share is the origin's to report.
  context->ReportMemory();
  std::shared_ptr<const MemoryReport> origin = context->report();
  return ToJavaScript(
      env, Keep(environment.contexts, [&] { return ContextHandle(env, std::move(fork), std::move(origin), true); }));
}

// closeContext(context: number): number
napi_value CloseContext(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  auto& environment = arguments.data<Environment>();
  int32_t handle = -1;
  arguments.Read(0, handle);
  return ToJavaScript(env, environment.contexts.Erase(handle) ? 0 : -kClosed);
}

// appendTokens(context: number, tokens: Int32Array, flags: number): number
napi_value AppendTokens(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  int32_t handle = -1;
  int32_t flags = 0;
  ArrayView<int32_t> tokens;
  if (!arguments.Read(0, handle) || !arguments.Read(1, tokens) || !arguments.Read(2, flags)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  const verbatim_status status =
      verbatim_context_append(context->get(), tokens.data, tokens.length, static_cast<uint32_t>(flags));
  context->ReportMemory();
  return ToJavaScript(env, -status);
}

// appendTokensWithEdges(context: number, tokens: Int32Array, edges: Uint8Array, flags: number): number
napi_value AppendTokensWithEdges(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  int32_t handle = -1;
  int32_t flags = 0;
  ArrayView<int32_t> tokens;
  ArrayView<uint8_t> edges;
  if (!arguments.Read(0, handle) || !arguments.Read(1, tokens) || !arguments.Read(2, edges) ||
      !arguments.Read(3, flags) || tokens.length != edges.length) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  const verbatim_status status = verbatim_context_append_edges(context->get(), tokens.data, tokens.length, edges.data,
                                                               static_cast<uint32_t>(flags));
  context->ReportMemory();
  return ToJavaScript(env, -status);
}

// appendToken(context: number, token: number, flags: number): number
napi_value AppendToken(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  int32_t handle = -1;
  int32_t token = 0;
  int32_t flags = 0;
  if (!arguments.Read(0, handle) || !arguments.Read(1, token) || !arguments.Read(2, flags)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  const verbatim_status status = verbatim_context_append(context->get(), &token, 1, static_cast<uint32_t>(flags));
  context->ReportToken();
  return ToJavaScript(env, -status);
}

// truncateContext(context: number, length: number): number
napi_value TruncateContext(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  int32_t handle = -1;
  int32_t length = -1;
  if (!arguments.Read(0, handle) || !arguments.Read(1, length) || length < 0) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  const verbatim_status status = verbatim_context_truncate(context->get(), static_cast<size_t>(length));
  context->ReportMemory();
  return ToJavaScript(env, -status);
}

// readContext(context: number, start: number, tokens: Int32Array): number
napi_value ReadContext(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  int32_t handle = -1;
  int32_t start = -1;
  ArrayView<int32_t> tokens;
  if (!arguments.Read(0, handle) || !arguments.Read(1, start) || !arguments.Read(2, tokens) || start < 0) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  const ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  return ToJavaScript(env,
                      -verbatim_context_read(context->get(), static_cast<size_t>(start), tokens.length, tokens.data));
}

// compactContext(context: number): number
napi_value CompactContext(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  const verbatim_status status = verbatim_context_compact(context->get());
  context->ReportMemory();
  return ToJavaScript(env, -status);
}

// compactContextInBackground(context: number, done: (result: number) => void): number
napi_value CompactContextInBackground(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  int32_t handle = -1;
  if (!arguments.Read(0, handle)) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  return ToJavaScript(env, CompactInBackground(env, arguments.data<Environment>(), handle, arguments[1]));
}

// contextLength(context: number): number
napi_value ContextLength(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  const ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  return ToJavaScript(env, static_cast<int32_t>(verbatim_context_length(context->get())));
}

// contextBytes(context: number): number
napi_value ContextBytes(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  const ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  return ToJavaScript(env, verbatim_context_bytes(context->get()));
}

// contextOwnBytes(context: number): number
napi_value ContextOwnBytes(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  const ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  return ToJavaScript(env, verbatim_context_own_bytes(context->get()));
}

// ownContext(context: number, owner: object): number
napi_value OwnContext(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  return ToJavaScript(env, SetOwner(env, arguments, arguments.data<Environment>().contexts));
}

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
