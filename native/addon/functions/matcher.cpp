#include <memory>
#include <utility>

#include "call.hpp"
#include "functions.hpp"
#include "ranges.hpp"

namespace verbatim::addon {
namespace {

template <size_t kCount>
using MatcherCall = Call<MatcherHandle, kCount>;

// createMatcher(context: number, ids: Int32Array): number
napi_value CreateMatcher(napi_env env, napi_callback_info info) {
  const Call<ContextHandle, 2> call(env, info);
  SharedArray ids;
  if (!call.Read(ids)) return call.Refuse();
  verbatim_matcher* created = nullptr;
  const verbatim_status status = verbatim_matcher_create(call.get(), &created);
  if (status != VERBATIM_OK) return call.Return(status);
  OwnedMatcher matcher(created);
  // A matcher of text begins at once, which indexes its context.
  call->ReportMemory();
  Napi::ObjectReference reference = Napi::Persistent(Napi::Object(env, ids.object));
  if (reference.IsEmpty()) return ToJavaScript(env, -VERBATIM_OUT_OF_MEMORY);
  std::shared_ptr<const MemoryReport> report = call->report();
  return ToJavaScript(env, Keep(call.environment().matchers, [&] {
                        return MatcherHandle(env, std::move(matcher), std::move(reference), ids.view, call.handle(),
                                             std::move(report));
                      }));
}

// ownMatcher(matcher: number, owner: object): number
napi_value OwnMatcher(napi_env env, napi_callback_info info) { return Own<MatcherHandle>(env, info); }

// closeMatcher(matcher: number): number
napi_value CloseMatcher(napi_env env, napi_callback_info info) { return Close<MatcherHandle>(env, info); }

// begin(matcher: number, ranges: Int32Array | null): number
napi_value Begin(napi_env env, napi_callback_info info) {
  const MatcherCall<2> call(env, info);
  Ranges ranges;
  if (!call.Read(ranges)) return call.Refuse();
  const verbatim_status status = verbatim_matcher_begin(call.get(), ranges.data, ranges.count);
  call->ReportMemory();
  return call.Return(status);
}

// advance(matcher: number, token: number): number
napi_value Advance(napi_env env, napi_callback_info info) {
  const MatcherCall<2> call(env, info);
  int32_t token = -1;
  if (!call.Read(token)) return call.Refuse();
  const verbatim_status status = verbatim_matcher_advance(call.get(), token);
  if (status != VERBATIM_OK) return call.Return(status);
  const int32_t count = call->WriteContinuations();
  // Refused as a whole: a caller that sees a failure may count on nothing having changed.
  if (count < 0) verbatim_matcher_rewind(call.get(), verbatim_matcher_depth(call.get()) - 1);
  return ToJavaScript(env, count);
}

// rewind(matcher: number, depth: number): number
napi_value Rewind(napi_env env, napi_callback_info info) {
  const MatcherCall<2> call(env, info);
  Count depth;
  if (!call.Read(depth)) return call.Refuse();
  return call.Return(verbatim_matcher_rewind(call.get(), depth.value));
}

// matcherDepth(matcher: number): number
napi_value MatcherDepth(napi_env env, napi_callback_info info) {
  const MatcherCall<1> call(env, info);
  if (!call.Read()) return call.Refuse();
  return ToJavaScript(env, static_cast<int32_t>(verbatim_matcher_depth(call.get())));
}

// allows(matcher: number, token: number): number
napi_value Allows(napi_env env, napi_callback_info info) {
  const MatcherCall<2> call(env, info);
  int32_t token = -1;
  if (!call.Read(token)) return call.Refuse();
  int allowed = 0;
  const verbatim_status status = verbatim_matcher_allows(call.get(), token, &allowed);
  return call.Return(status, allowed);
}

// mayEnd(matcher: number): number
napi_value MayEnd(napi_env env, napi_callback_info info) {
  const MatcherCall<1> call(env, info);
  if (!call.Read()) return call.Refuse();
  int may_end = 0;
  const verbatim_status status = verbatim_matcher_may_end(call.get(), &may_end);
  return call.Return(status, may_end);
}

// continuations(matcher: number): number
napi_value Continuations(napi_env env, napi_callback_info info) {
  const MatcherCall<1> call(env, info);
  if (!call.Read()) return call.Refuse();
  return ToJavaScript(env, call->WriteContinuations());
}

// copyContinuations(matcher: number, ids: Int32Array): number
napi_value CopyContinuations(napi_env env, napi_callback_info info) {
  const MatcherCall<2> call(env, info);
  ArrayView<int32_t> copy;
  if (!call.Read(copy)) return call.Refuse();
  size_t count = 0;
  const verbatim_status status = verbatim_matcher_copy_allowed(call.get(), copy.data, copy.length, &count);
  if (status == VERBATIM_OK && count > copy.length) return call.Return(VERBATIM_INVALID_ARGUMENT);
  return call.Return(status, static_cast<int32_t>(count));
}

// draft(matcher: number, tokens: Int32Array, latest: number): number
napi_value Draft(napi_env env, napi_callback_info info) {
  const MatcherCall<3> call(env, info);
  ArrayView<int32_t> tokens;
  int32_t latest = 0;
  if (!call.Read(tokens, latest)) return call.Refuse();
  size_t count = 0;
  const verbatim_status status = verbatim_matcher_draft(call.get(), tokens.length, latest, tokens.data, &count);
  return call.Return(status, static_cast<int32_t>(count));
}

// sources(matcher: number, ranges: Int32Array | null, starts: Int32Array): number
napi_value Sources(napi_env env, napi_callback_info info) {
  const MatcherCall<3> call(env, info);
  Ranges ranges;
  ArrayView<int32_t> starts;
  if (!call.Read(ranges, starts)) return call.Refuse();
  size_t count = 0;
  const verbatim_status status =
      verbatim_matcher_sources(call.get(), ranges.data, ranges.count, starts.length, starts.data, &count);
  return call.Return(status, static_cast<int32_t>(count));
}

// matcherBytes(matcher: number): number
napi_value MatcherBytes(napi_env env, napi_callback_info info) {
  const MatcherCall<1> call(env, info);
  if (!call.Read()) return call.Refuse();
  return ToJavaScript(env, verbatim_matcher_bytes(call.get()));
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
