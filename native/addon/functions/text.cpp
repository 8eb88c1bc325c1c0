#include <utility>

#include "call.hpp"
#include "functions.hpp"
#include "ranges.hpp"

namespace verbatim::addon {
namespace {

using Bytes = ArrayView<uint8_t>;

// createVocabulary(vocabSize: number, offsets: Int32Array, bytes: Uint8Array): number
napi_value CreateVocabulary(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  int32_t vocab_size = 0;
  ArrayView<int32_t> offsets;
  Bytes bytes;
  if (!arguments.ReadFrom(0, vocab_size, offsets, bytes)) return ToJavaScript(env, -kMistyped);
  const bool fits = vocab_size > 0 && offsets.length == static_cast<size_t>(vocab_size) + 1 &&
                    static_cast<size_t>(offsets.data[vocab_size]) <= bytes.length;
  if (!fits) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  verbatim_vocabulary* created = nullptr;
  const verbatim_status status = verbatim_vocabulary_create(vocab_size, offsets.data, bytes.data, &created);
  if (status != VERBATIM_OK) return ToJavaScript(env, -status);
  OwnedVocabulary vocabulary(created);
  return ToJavaScript(env, Keep(arguments.data<Environment>().vocabularies,
                                [&] { return VocabularyHandle(env, std::move(vocabulary)); }));
}

// ownVocabulary(vocabulary: number, owner: object): number
napi_value OwnVocabulary(napi_env env, napi_callback_info info) { return Own<VocabularyHandle>(env, info); }

// closeVocabulary(vocabulary: number): number
napi_value CloseVocabulary(napi_env env, napi_callback_info info) { return Close<VocabularyHandle>(env, info); }

// createTextContext(vocabulary: number): number
napi_value CreateTextContext(napi_env env, napi_callback_info info) {
  const Call<VocabularyHandle, 1> call(env, info);
  if (!call.Read()) return call.Refuse();
  verbatim_context* created = nullptr;
  const verbatim_status status = verbatim_text_context_create(call.get(), 0, &created);
  if (status != VERBATIM_OK) return call.Return(status);
  OwnedContext context(created);
  return ToJavaScript(env, Keep(call.environment().contexts,
                                [&] { return ContextHandle(env, std::move(context), call->report(), false); }));
}

// appendText(context: number, bytes: Uint8Array, edges: Uint8Array | null, flags: number): number
napi_value AppendText(napi_env env, napi_callback_info info) {
  const Call<ContextHandle, 4> call(env, info);
  Bytes bytes;
  Optional<Bytes> edges;
  int32_t flags = 0;
  if (!call.Read(bytes, edges, flags)) return call.Refuse();
  if (edges.is_given && edges.value.length < bytes.length) return call.Return(VERBATIM_INVALID_ARGUMENT);
  const verbatim_status status = verbatim_context_append_text(call.get(), bytes.data, bytes.length, edges.value.data,
                                                              static_cast<uint32_t>(flags));
  call->ReportMemory();
  return call.Return(status);
}

// readText(context: number, start: number, bytes: Uint8Array): number
napi_value ReadText(napi_env env, napi_callback_info info) {
  const Call<ContextHandle, 3> call(env, info);
  Count start;
  Bytes bytes;
  if (!call.Read(start, bytes)) return call.Refuse();
  return call.Return(verbatim_context_read_text(call.get(), start.value, bytes.length, bytes.data));
}

// beginText(matcher: number, ranges: Int32Array | null, tag: Uint8Array, minBytes: number, maxBytes: number): number
napi_value BeginText(napi_env env, napi_callback_info info) {
  const Call<MatcherHandle, 5> call(env, info);
  Ranges ranges;
  Bytes tag;
  verbatim_text_span span = {};
  span.struct_size = sizeof span;
  if (!call.Read(ranges, tag, span.min_bytes, span.max_bytes)) return call.Refuse();
  span.ranges = ranges.data;
  span.range_count = ranges.count;
  span.tag = tag.data;
  span.tag_length = tag.length;
  const verbatim_status status = verbatim_matcher_begin_text(call.get(), &span);
  call->ReportMemory();
  const ContextHandle* context = call.environment().contexts.Find(call->context());
  if (context != nullptr) context->ReportMemory();
  return call.Return(status);
}

// advanceBytes(matcher: number, bytes: Uint8Array): number
napi_value AdvanceBytes(napi_env env, napi_callback_info info) {
  const Call<MatcherHandle, 2> call(env, info);
  Bytes bytes;
  if (!call.Read(bytes)) return call.Refuse();
  return call.Return(verbatim_matcher_advance_bytes(call.get(), bytes.data, bytes.length));
}

// textState(matcher: number, state: Int32Array): number
napi_value TextState(napi_env env, napi_callback_info info) {
  const Call<MatcherHandle, 2> call(env, info);
  ArrayView<int32_t> copy;
  if (!call.Read(copy)) return call.Refuse();
  if (copy.length < 2) return call.Return(VERBATIM_INVALID_ARGUMENT);
  verbatim_text_state state = {};
  state.struct_size = sizeof state;
  const verbatim_status status = verbatim_matcher_text_state(call.get(), &state);
  if (status != VERBATIM_OK) return call.Return(status);
  copy.data[0] = state.byte_length;
  copy.data[1] = state.closed_at;
  return ToJavaScript(env, 0);
}

// findText(context: number, bytes: Uint8Array, ranges: Int32Array | null, starts: Int32Array): number
napi_value FindText(napi_env env, napi_callback_info info) {
  const Call<ContextHandle, 4> call(env, info);
  Bytes bytes;
  Ranges ranges;
  ArrayView<int32_t> starts;
  if (!call.Read(bytes, ranges, starts)) return call.Refuse();
  size_t count = 0;
  const verbatim_status status = verbatim_context_find_text(call.get(), bytes.data, bytes.length, ranges.data,
                                                            ranges.count, starts.length, starts.data, &count);
  return call.Return(status, static_cast<int32_t>(count));
}

}  // namespace

const std::array<Function, kTextFunctionCount> kTextFunctions = {{
    {"createVocabulary", CreateVocabulary},
    {"ownVocabulary", OwnVocabulary},
    {"closeVocabulary", CloseVocabulary},
    {"createTextContext", CreateTextContext},
    {"appendText", AppendText},
    {"readText", ReadText},
    {"beginText", BeginText},
    {"advanceBytes", AdvanceBytes},
    {"textState", TextState},
    {"findText", FindText},
}};

}  // namespace verbatim::addon
