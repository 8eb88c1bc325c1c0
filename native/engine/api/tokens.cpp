#include <algorithm>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

#include "../../include/verbatim.h"
#include "../sorting/range.hpp"
#include "../text/matcher.hpp"
#include "../tokens/context.hpp"
#include "../tokens/matcher.hpp"
#include "handles.hpp"
#include "structures.hpp"

using verbatim::AreRanges;
using verbatim::Context;
using verbatim::Guarded;
using verbatim::Matcher;
using verbatim::Ranges;
using verbatim::ReadOptions;
using verbatim::TextMatcher;

namespace {

constexpr int32_t kLargestVocabulary = verbatim::kUnsearchable;
/** A suffix array's text has up to twice as many symbols, and they too are counted by an int32_t. */
constexpr int32_t kLargestContext = (1 << 30) - 1;
constexpr size_t kFirstContextOptions = VERBATIM_SIZE_UP_TO(verbatim_context_options, barrier_count);

/** The same for a verb of a matcher of tokens, which must be current. */
template <typename Action>
verbatim_status WithMatcher(verbatim_matcher* handle, Action&& action) noexcept {
  if (handle == nullptr || !handle->matcher.has_value()) return VERBATIM_INVALID_ARGUMENT;
  if (!handle->matcher->IsCurrent()) return VERBATIM_STALE;
  return Guarded([&] { return action(*handle->matcher); });
}

/** The same for a matcher of either kind: both have the verbs that a caller of `action` needs. */
template <typename Action>
verbatim_status WithEither(verbatim_matcher* handle, Action&& action) noexcept {
  if (handle == nullptr) return VERBATIM_INVALID_ARGUMENT;
  if (!handle->text.has_value()) return WithMatcher(handle, action);
  if (!handle->text->IsCurrent()) return VERBATIM_STALE;
  return Guarded([&] { return action(*handle->text); });
}

bool AreIds(const int32_t* ids, size_t count, int32_t vocab_size) {
  return std::all_of(ids, ids + count, [vocab_size](int32_t id) { return id >= 0 && id < vocab_size; });
}

verbatim_status Append(verbatim_context* context, const int32_t* tokens, size_t count, std::span<const uint8_t> edges,
                       uint32_t flags) noexcept {
  if (context == nullptr || context->context == nullptr) return VERBATIM_INVALID_ARGUMENT;
  if (tokens == nullptr && count > 0) return VERBATIM_INVALID_ARGUMENT;
  if ((flags & ~uint32_t{VERBATIM_UNSEARCHABLE | VERBATIM_NEW_RUN}) != 0) return VERBATIM_INVALID_ARGUMENT;
  Context& target = *context->context;
  if (!AreIds(tokens, count, target.vocab_size())) return VERBATIM_INVALID_ARGUMENT;
  if (count > static_cast<size_t>(target.max_tokens() - target.length())) return VERBATIM_CONTEXT_FULL;
  return Guarded([&] {
    target.Append({tokens, count}, (flags & VERBATIM_UNSEARCHABLE) == 0, (flags & VERBATIM_NEW_RUN) != 0, edges);
    return VERBATIM_OK;
  });
}

}  // namespace

uint32_t verbatim_abi_version(void) { return VERBATIM_ABI_VERSION; }

const char* verbatim_status_message(verbatim_status status) {
  switch (status) {
    case VERBATIM_OK:
      return "Success.";
    case VERBATIM_INVALID_ARGUMENT:
      return "An argument is outside what the call accepts.";
    case VERBATIM_OUT_OF_MEMORY:
      return "Memory could not be allocated.";
    case VERBATIM_CONTEXT_FULL:
      return "The context would grow past max_tokens.";
    case VERBATIM_NOT_ALLOWED:
      return "No candidate continues with this token.";
    case VERBATIM_STALE:
      return "The context changed after the matcher began; begin again.";
    case VERBATIM_NO_VALID_TOKEN:
      return "No logit that may be drawn is finite.";
  }
  return "Unknown status.";
}

verbatim_status verbatim_context_create(const verbatim_context_options* given, verbatim_context** context) {
  verbatim_context_options options = {};
  if (!ReadOptions(given, kFirstContextOptions, options) || context == nullptr) return VERBATIM_INVALID_ARGUMENT;
  if (options.vocab_size < 1 || options.vocab_size > kLargestVocabulary) return VERBATIM_INVALID_ARGUMENT;
  if (options.max_tokens < 0 || options.max_tokens > kLargestContext) return VERBATIM_INVALID_ARGUMENT;
  if (options.barriers == nullptr && options.barrier_count > 0) return VERBATIM_INVALID_ARGUMENT;
  if (!AreIds(options.barriers, options.barrier_count, options.vocab_size)) return VERBATIM_INVALID_ARGUMENT;
  return Guarded([&] {
    const int32_t max_tokens = options.max_tokens == 0 ? kLargestContext : options.max_tokens;
    const std::span<const int32_t> barriers(options.barriers, options.barrier_count);
    *context = std::make_unique<verbatim_context>(
                   verbatim_context{std::make_shared<Context>(options.vocab_size, max_tokens, barriers), nullptr})
                   .release();
    return VERBATIM_OK;
  });
}

void verbatim_context_destroy(verbatim_context* context) { std::unique_ptr<verbatim_context>{context}; }

verbatim_status verbatim_context_append(verbatim_context* context, const int32_t* tokens, size_t count,
                                        uint32_t flags) {
  return Append(context, tokens, count, {}, flags);
}

verbatim_status verbatim_context_append_edges(verbatim_context* context, const int32_t* tokens, size_t count,
                                              const uint8_t* edges, uint32_t flags) {
  if (edges == nullptr && count > 0) return VERBATIM_INVALID_ARGUMENT;
  return Append(context, tokens, count, {edges, count}, flags);
}

verbatim_status verbatim_context_truncate(verbatim_context* context, size_t length) {
  if (context == nullptr || length > verbatim_context_length(context)) return VERBATIM_INVALID_ARGUMENT;
  return Guarded([&] {
    if (context->text != nullptr) context->text->Truncate(static_cast<int32_t>(length));
    if (context->context != nullptr) context->context->Truncate(static_cast<int32_t>(length));
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_context_fork(const verbatim_context* context, verbatim_context** fork) {
  if (context == nullptr || fork == nullptr) return VERBATIM_INVALID_ARGUMENT;
  return Guarded([&] {
    verbatim_context copy;
    if (context->text != nullptr) copy.text = context->text->Fork();
    if (context->context != nullptr) copy.context = context->context->Fork();
    *fork = std::make_unique<verbatim_context>(std::move(copy)).release();
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_context_compact(verbatim_context* context) {
  if (context == nullptr) return VERBATIM_INVALID_ARGUMENT;
  return Guarded([&] {
    if (context->text != nullptr) context->text->Compact();
    if (context->context != nullptr) context->context->Compact();
    return VERBATIM_OK;
  });
}

size_t verbatim_context_length(const verbatim_context* context) {
  if (context == nullptr) return 0;
  return static_cast<size_t>(context->text != nullptr ? context->text->length() : context->context->length());
}

size_t verbatim_context_bytes(const verbatim_context* context) {
  if (context == nullptr) return 0;
  return context->text != nullptr ? context->text->bytes() : context->context->bytes();
}

size_t verbatim_context_own_bytes(const verbatim_context* context) {
  if (context == nullptr) return 0;
  return context->text != nullptr ? context->text->own_bytes() : context->context->own_bytes();
}

verbatim_status verbatim_context_read(const verbatim_context* context, size_t start, size_t count, int32_t* tokens) {
  if (context == nullptr || context->context == nullptr) return VERBATIM_INVALID_ARGUMENT;
  if (tokens == nullptr && count > 0) return VERBATIM_INVALID_ARGUMENT;
  const size_t length = verbatim_context_length(context);
  if (start > length || count > length - start) return VERBATIM_INVALID_ARGUMENT;
  context->context->Read(static_cast<int32_t>(start), {tokens, count});
  return VERBATIM_OK;
}

verbatim_status verbatim_matcher_create(const verbatim_context* context, verbatim_matcher** matcher) {
  if (context == nullptr || matcher == nullptr) return VERBATIM_INVALID_ARGUMENT;
  return Guarded([&] {
    auto created = std::make_unique<verbatim_matcher>();
    if (context->text != nullptr) created->text.emplace(context->text);
    if (context->context != nullptr) created->matcher.emplace(context->context);
    *matcher = created.release();
    return VERBATIM_OK;
  });
}

void verbatim_matcher_destroy(verbatim_matcher* matcher) { std::unique_ptr<verbatim_matcher>{matcher}; }

verbatim_status verbatim_matcher_begin(verbatim_matcher* matcher, const verbatim_range* ranges, size_t range_count) {
  if (matcher == nullptr || !matcher->matcher.has_value()) return VERBATIM_INVALID_ARGUMENT;
  if (!AreRanges(ranges, range_count)) return VERBATIM_INVALID_ARGUMENT;
  return Guarded([&] {
    matcher->matcher->Begin(Ranges(ranges, range_count), ranges != nullptr);
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_matcher_advance(verbatim_matcher* matcher, int32_t token) {
  return WithEither(matcher, [token](auto& target) {
    if (token < 0 || token >= target.vocab_size()) return VERBATIM_INVALID_ARGUMENT;
    return target.Advance(token) ? VERBATIM_OK : VERBATIM_NOT_ALLOWED;
  });
}

verbatim_status verbatim_matcher_rewind(verbatim_matcher* matcher, size_t depth) {
  return WithEither(matcher, [depth](auto& target) {
    if (depth > target.depth()) return VERBATIM_INVALID_ARGUMENT;
    target.Rewind(depth);
    return VERBATIM_OK;
  });
}

size_t verbatim_matcher_bytes(const verbatim_matcher* matcher) {
  if (matcher == nullptr) return 0;
  return matcher->text.has_value() ? matcher->text->bytes() : matcher->matcher->bytes();
}

size_t verbatim_matcher_depth(const verbatim_matcher* matcher) {
  if (matcher == nullptr) return 0;
  return matcher->text.has_value() ? matcher->text->depth() : matcher->matcher->depth();
}

verbatim_status verbatim_matcher_allows(verbatim_matcher* matcher, int32_t token, int* allowed) {
  if (allowed == nullptr) return VERBATIM_INVALID_ARGUMENT;
  return WithEither(matcher, [&](auto& target) {
    if (token < 0 || token >= target.vocab_size()) return VERBATIM_INVALID_ARGUMENT;
    *allowed = target.Allows(token) ? 1 : 0;
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_matcher_may_end(verbatim_matcher* matcher, int* may_end) {
  if (may_end == nullptr) return VERBATIM_INVALID_ARGUMENT;
  return WithEither(matcher, [&](const auto& target) {
    *may_end = target.MayEnd() ? 1 : 0;
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_matcher_allowed(verbatim_matcher* matcher, const int32_t** ids, size_t* count) {
  if (ids == nullptr || count == nullptr) return VERBATIM_INVALID_ARGUMENT;
  return WithEither(matcher, [&](auto& target) {
    const std::span<const int32_t> allowed = target.Allowed();
    *ids = allowed.data();
    *count = allowed.size();
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_matcher_copy_allowed(verbatim_matcher* matcher, int32_t* ids, size_t capacity, size_t* count) {
  if ((ids == nullptr && capacity > 0) || count == nullptr) return VERBATIM_INVALID_ARGUMENT;
  return WithEither(matcher, [&](auto& target) {
    *count = target.CopyAllowed({ids, capacity});
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_matcher_bitmask(verbatim_matcher* matcher, const uint32_t** words, size_t* word_count) {
  if (words == nullptr || word_count == nullptr) return VERBATIM_INVALID_ARGUMENT;
  return WithEither(matcher, [&](auto& target) {
    const std::span<const uint32_t> bitmask = target.Bitmask();
    *words = bitmask.data();
    *word_count = bitmask.size();
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_matcher_draft(verbatim_matcher* matcher, size_t max, int latest, int32_t* tokens,
                                       size_t* count) {
  if ((tokens == nullptr && max > 0) || count == nullptr) return VERBATIM_INVALID_ARGUMENT;
  return WithEither(matcher, [&](auto& target) {
    const std::span<int32_t> draft(tokens, max);
    *count = latest != 0 ? target.DraftLatest(draft) : target.Draft(draft);
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_matcher_sources(verbatim_matcher* matcher, const verbatim_range* ranges, size_t range_count,
                                         size_t limit, int32_t* starts, size_t* count) {
  if ((starts == nullptr && limit > 0) || count == nullptr) return VERBATIM_INVALID_ARGUMENT;
  if (!AreRanges(ranges, range_count)) return VERBATIM_INVALID_ARGUMENT;
  return WithMatcher(matcher, [&](Matcher& target) {
    *count = target.Sources(Ranges(ranges, range_count), ranges != nullptr, {starts, limit});
    return VERBATIM_OK;
  });
}
