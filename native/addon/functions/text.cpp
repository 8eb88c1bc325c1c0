#include <utility>

#include "functions.hpp"
#include "owners.hpp"
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
  if (!arguments.Read(0, vocab_size) || !arguments.Read(1, offsets) || !arguments.Read(2, bytes)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
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
napi_value OwnVocabulary(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  return ToJavaScript(env, SetOwner(env, arguments, arguments.data<Environment>().vocabularies));
}

// closeVocabulary(vocabulary: number): number
napi_value CloseVocabulary(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  return ToJavaScript(env, arguments.data<Environment>().vocabularies.Erase(handle) ? 0 : -kClosed);
}

// createTextContext(vocabulary: number): number
napi_value CreateTextContext(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  auto& environment = arguments.data<Environment>();
  int32_t handle = -1;
  arguments.Read(0, handle);
  const VocabularyHandle* vocabulary = environment.vocabularies.Find(handle);
  if (vocabulary == nullptr) return ToJavaScript(env, -kClosed);
  verbatim_context* created = nullptr;
  const verbatim_status status = verbatim_text_context_create(vocabulary->get(), 0, &created);
  if (status != VERBATIM_OK) return ToJavaScript(env, -status);
  OwnedContext context(created);
  return ToJavaScript(env, Keep(environment.contexts,
                                [&] { return ContextHandle(env, std::move(context), vocabulary->report(), false); }));
}

// appendText(context: number, bytes: Uint8Array, edges: Uint8Array | null, flags: number): number
napi_value AppendText(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  int32_t handle = -1;
  int32_t flags = 0;
  Bytes bytes;
  Optional<Bytes> edges;
  if (!arguments.Read(0, handle) || !arguments.Read(1, bytes) || !arguments.Read(2, edges) ||
      !arguments.Read(3, flags) || (edges.is_given && edges.value.length < bytes.length)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  const verbatim_status status = verbatim_context_append_text(context->get(), bytes.data, bytes.length,
                                                              edges.value.data, static_cast<uint32_t>(flags));
  context->ReportMemory();
  return ToJavaScript(env, -status);
}

// readText(context: number, start: number, bytes: Uint8Array): number
napi_value ReadText(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  int32_t handle = -1;
  int32_t start = -1;
  Bytes bytes;
  if (!arguments.Read(0, handle) || !arguments.Read(1, start) || !arguments.Read(2, bytes) || start < 0) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  const ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  return ToJavaScript(
      env, -verbatim_context_read_text(context->get(), static_cast<size_t>(start), bytes.length, bytes.data));
}

// beginText(matcher: number, ranges: Int32Array | null, tag: Uint8Array, minBytes: number, maxBytes: number): number
napi_value BeginText(napi_env env, napi_callback_info info) {
  const Arguments<5> arguments(env, info);
  int32_t handle = -1;
  Ranges ranges;
  Bytes tag;
  verbatim_text_span span = {};
  span.struct_size = sizeof span;
  if (!arguments.Read(0, handle) || !ranges.Read(arguments, 1) || !arguments.Read(2, tag) ||
      !arguments.Read(3, span.min_bytes) || !arguments.Read(4, span.max_bytes)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  span.ranges = ranges.data;
  span.range_count = ranges.count;
  span.tag = tag.data;
  span.tag_length = tag.length;
  const verbatim_status status = verbatim_matcher_begin_text(matcher->get(), &span);
  matcher->ReportMemory();
  const ContextHandle* context = arguments.data<Environment>().contexts.Find(matcher->context());
  if (context != nullptr) context->ReportMemory();
  return ToJavaScript(env, -status);
}

// advanceBytes(matcher: number, bytes: Uint8Array): number
napi_value AdvanceBytes(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  int32_t handle = -1;
  Bytes bytes;
  if (!arguments.Read(0, handle) || !arguments.Read(1, bytes)) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  return ToJavaScript(env, -verbatim_matcher_advance_bytes(matcher->get(), bytes.data, bytes.length));
}

// textState(matcher: number, state: Int32Array): number
napi_value TextState(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  int32_t handle = -1;
  ArrayView<int32_t> copy;
  if (!arguments.Read(0, handle) || !arguments.Read(1, copy) || copy.length < 2) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  verbatim_text_state state = {};
  const verbatim_status status = verbatim_matcher_text_state(matcher->get(), &state);
  if (status != VERBATIM_OK) return ToJavaScript(env, -status);
  copy.data[0] = state.byte_length;
  copy.data[1] = state.closed_at;
  return ToJavaScript(env, 0);
}

// findText(context: number, bytes: Uint8Array, ranges: Int32Array | null, starts: Int32Array): number
napi_value FindText(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  int32_t handle = -1;
  Bytes bytes;
  Ranges ranges;
  ArrayView<int32_t> starts;
  if (!arguments.Read(0, handle) || !arguments.Read(1, bytes) || !ranges.Read(arguments, 2) ||
      !arguments.Read(3, starts)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  const ContextHandle* context = arguments.data<Environment>().contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  size_t count = 0;
  const verbatim_status status = verbatim_context_find_text(context->get(), bytes.data, bytes.length, ranges.data,
                                                            ranges.count, starts.length, starts.data, &count);
  return ToJavaScript(env, status == VERBATIM_OK ? static_cast<int32_t>(count) : -status);
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
