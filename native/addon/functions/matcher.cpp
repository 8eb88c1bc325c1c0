#include <memory>
#include <utility>

#include "functions.hpp"
#include "owners.hpp"
#include "ranges.hpp"

namespace verbatim::addon {
namespace {

// createMatcher(context: number, ids: Int32Array): number
napi_value CreateMatcher(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  auto& environment = arguments.data<Environment>();
  int32_t context_handle = -1;
  ArrayView<int32_t> ids;
  if (!arguments.Read(0, context_handle) || !arguments.Read(1, ids)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  const ContextHandle* context = environment.contexts.Find(context_handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  verbatim_matcher* created = nullptr;
  const verbatim_status status = verbatim_matcher_create(context->get(), &created);
  if (status != VERBATIM_OK) return ToJavaScript(env, -status);
  OwnedMatcher matcher(created);
  // A matcher of text begins at once, which indexes its context.
  context->ReportMemory();
  Napi::ObjectReference reference = Napi::Persistent(Napi::Object(env, arguments[1]));
  if (reference.IsEmpty()) return ToJavaScript(env, -VERBATIM_OUT_OF_MEMORY);
  std::shared_ptr<const MemoryReport> report = context->report();
  return ToJavaScript(env, Keep(environment.matchers, [&] {
                        return MatcherHandle(env, std::move(matcher), std::move(reference), ids, context_handle,
                                             std::move(report));
                      }));
}

// ownMatcher(matcher: number, owner: object): number
napi_value OwnMatcher(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  return ToJavaScript(env, SetOwner(env, arguments, arguments.data<Environment>().matchers));
}

// closeMatcher(matcher: number): number
napi_value CloseMatcher(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  return ToJavaScript(env, arguments.data<Environment>().matchers.Erase(handle) ? 0 : -kClosed);
}

// begin(matcher: number, ranges: Int32Array | null): number
napi_value Begin(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  int32_t handle = -1;
  Ranges ranges;
  if (!arguments.Read(0, handle) || !ranges.Read(arguments, 1)) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  const verbatim_status status = verbatim_matcher_begin(matcher->get(), ranges.data, ranges.count);
  matcher->ReportMemory();
  return ToJavaScript(env, -status);
}

// advance(matcher: number, token: number): number
napi_value Advance(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  int32_t handle = -1;
  int32_t token = -1;
  if (!arguments.Read(0, handle) || !arguments.Read(1, token)) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  const verbatim_status status = verbatim_matcher_advance(matcher->get(), token);
  if (status != VERBATIM_OK) return ToJavaScript(env, -status);
  const int32_t count = matcher->WriteContinuations();
  // Refused as a whole: a caller that sees a failure may count on nothing having changed.
  if (count < 0) verbatim_matcher_rewind(matcher->get(), verbatim_matcher_depth(matcher->get()) - 1);
  return ToJavaScript(env, count);
}

// rewind(matcher: number, depth: number): number
napi_value Rewind(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  int32_t handle = -1;
  int32_t depth = -1;
  if (!arguments.Read(0, handle) || !arguments.Read(1, depth) || depth < 0) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  return ToJavaScript(env, -verbatim_matcher_rewind(matcher->get(), static_cast<size_t>(depth)));
}

// matcherDepth(matcher: number): number
napi_value MatcherDepth(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  return ToJavaScript(env, static_cast<int32_t>(verbatim_matcher_depth(matcher->get())));
}

// allows(matcher: number, token: number): number
napi_value Allows(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  int32_t handle = -1;
  int32_t token = -1;
  if (!arguments.Read(0, handle) || !arguments.Read(1, token)) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  int allowed = 0;
  const verbatim_status status = verbatim_matcher_allows(matcher->get(), token, &allowed);
  return ToJavaScript(env, status == VERBATIM_OK ? allowed : -status);
}

// mayEnd(matcher: number): number
napi_value MayEnd(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  int may_end = 0;
  const verbatim_status status = verbatim_matcher_may_end(matcher->get(), &may_end);
  return ToJavaScript(env, status == VERBATIM_OK ? may_end : -status);
}

// continuations(matcher: number): number
napi_value Continuations(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  return ToJavaScript(env, matcher->WriteContinuations());
}

// copyContinuations(matcher: number, ids: Int32Array): number
napi_value CopyContinuations(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  int32_t handle = -1;
  ArrayView<int32_t> copy;
  if (!arguments.Read(0, handle) || !arguments.Read(1, copy)) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  size_t count = 0;
  const verbatim_status status = verbatim_matcher_copy_allowed(matcher->get(), copy.data, copy.length, &count);
  if (status != VERBATIM_OK) return ToJavaScript(env, -status);
  if (count > copy.length) return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  return ToJavaScript(env, static_cast<int32_t>(count));
}

// draft(matcher: number, tokens: Int32Array, latest: number): number
napi_value Draft(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  int32_t handle = -1;
  int32_t latest = 0;
  ArrayView<int32_t> tokens;
  if (!arguments.Read(0, handle) || !arguments.Read(1, tokens) || !arguments.Read(2, latest)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  size_t count = 0;
  const verbatim_status status = verbatim_matcher_draft(matcher->get(), tokens.length, latest, tokens.data, &count);
  return ToJavaScript(env, status == VERBATIM_OK ? static_cast<int32_t>(count) : -status);
}

// sources(matcher: number, ranges: Int32Array | null, starts: Int32Array): number
napi_value Sources(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  int32_t handle = -1;
  Ranges ranges;
  ArrayView<int32_t> starts;
  if (!arguments.Read(0, handle) || !ranges.Read(arguments, 1) || !arguments.Read(2, starts)) {
    return ToJavaScript(env, -VERBATIM_INVALID_ARGUMENT);
  }
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  size_t count = 0;
  const verbatim_status status =
      verbatim_matcher_sources(matcher->get(), ranges.data, ranges.count, starts.length, starts.data, &count);
  return ToJavaScript(env, status == VERBATIM_OK ? static_cast<int32_t>(count) : -status);
}

// matcherBytes(matcher: number): number
napi_value MatcherBytes(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  const MatcherHandle* matcher = arguments.data<Environment>().matchers.Find(handle);
  if (matcher == nullptr) return ToJavaScript(env, -kClosed);
  return ToJavaScript(env, verbatim_matcher_bytes(matcher->get()));
}

// liveMatchers(): number
napi_value LiveMatchers(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  return ToJavaScript(env, static_cast<int32_t>(arguments.data<Environment>().matchers.count()));
}

}  // namespace

const std::array<Function, kMatcherFunctionCount> kMatcherFunctions = {{
    {"createMatcher", CreateMatcher},
    {"ownMatcher", OwnMatcher},
    {"closeMatcher", CloseMatcher},
    {"begin", Begin},
    {"advance", Advance},
    {"rewind", Rewind},
    {"matcherDepth", MatcherDepth},
    {"allows", Allows},
    {"mayEnd", MayEnd},
    {"continuations", Continuations},
    {"copyContinuations", CopyContinuations},
    {"draft", Draft},
    {"sources", Sources},
    {"matcherBytes", MatcherBytes},
    {"liveMatchers", LiveMatchers},
}};

}  // namespace verbatim::addon
