#include <algorithm>
#include <memory>
#include <span>

#include "../../include/verbatim.h"
#include "../sorting/range.hpp"
#include "../text/finder.hpp"
#include "handles.hpp"
#include "structures.hpp"

using verbatim::AreRanges;
using verbatim::Guarded;
using verbatim::Ranges;
using verbatim::ReadOptions;
using verbatim::TextContext;
using verbatim::TextFinder;
using verbatim::TextMatcher;
using verbatim::TokenTrie;
using verbatim::WriteResult;

namespace {

constexpr int32_t kLargestVocabulary = 1 << 30;
constexpr int32_t kLargestText = (1 << 30) - 1;
/** Tags longer than this are taken for a mistake. */
constexpr size_t kLongestTag = 4096;
constexpr size_t kFirstTextSpan = VERBATIM_SIZE_UP_TO(verbatim_text_span, max_bytes);
constexpr size_t kFirstTextState = VERBATIM_SIZE_UP_TO(verbatim_text_state, closed_at);
constexpr uint32_t kTextFlags = uint32_t{VERBATIM_UNSEARCHABLE} | uint32_t{VERBATIM_NEW_RUN} | uint32_t{VERBATIM_JSON};

}  // namespace

verbatim_status verbatim_vocabulary_create(int32_t vocab_size, const int32_t* offsets, const uint8_t* bytes,
                                           verbatim_vocabulary** vocabulary) {
  if (vocab_size < 1 || vocab_size > kLargestVocabulary || vocabulary == nullptr || offsets == nullptr) {
    return VERBATIM_INVALID_ARGUMENT;
  }
  const std::span<const int32_t> all(offsets, static_cast<size_t>(vocab_size) + 1);
  if (all.front() != 0 || !std::is_sorted(all.begin(), all.end())) return VERBATIM_INVALID_ARGUMENT;
  if (bytes == nullptr && all.back() > 0) return VERBATIM_INVALID_ARGUMENT;
  return Guarded([&] {
    const std::span<const uint8_t> all_bytes(bytes, static_cast<size_t>(all.back()));
    *vocabulary =
        std::make_unique<verbatim_vocabulary>(verbatim_vocabulary{std::make_shared<TokenTrie>(all, all_bytes)})
            .release();
    return VERBATIM_OK;
  });
}

void verbatim_vocabulary_destroy(verbatim_vocabulary* vocabulary) { std::unique_ptr<verbatim_vocabulary>{vocabulary}; }

size_t verbatim_vocabulary_bytes(const verbatim_vocabulary* vocabulary) {
  return vocabulary == nullptr ? 0 : vocabulary->trie->bytes();
}

verbatim_status verbatim_text_context_create(const verbatim_vocabulary* vocabulary, int32_t max_bytes,
                                             verbatim_context** context) {
  if (vocabulary == nullptr || context == nullptr || max_bytes < 0 || max_bytes > kLargestText) {
    return VERBATIM_INVALID_ARGUMENT;
  }
  return Guarded([&] {
    auto text = std::make_shared<TextContext>(vocabulary->trie, max_bytes == 0 ? kLargestText : max_bytes);
    *context = std::make_unique<verbatim_context>(verbatim_context{nullptr, std::move(text)}).release();
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_context_append_text(verbatim_context* context, const uint8_t* bytes, size_t count,
                                             const uint8_t* edges, uint32_t flags) {
  if (context == nullptr || context->text == nullptr || (bytes == nullptr && count > 0)) {
    return VERBATIM_INVALID_ARGUMENT;
  }
  if ((flags & ~kTextFlags) != 0) return VERBATIM_INVALID_ARGUMENT;
  TextContext& target = *context->text;
  if (count > static_cast<size_t>(target.max_bytes() - target.length())) return VERBATIM_CONTEXT_FULL;
  return Guarded([&] {
    target.Append({bytes, count}, {(flags & VERBATIM_UNSEARCHABLE) == 0,
                                   (flags & VERBATIM_NEW_RUN) != 0,
                                   (flags & VERBATIM_JSON) != 0,
                                   {edges, edges == nullptr ? 0 : count}});
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_context_read_text(const verbatim_context* context, size_t start, size_t count,
                                           uint8_t* bytes) {
  if (context == nullptr || context->text == nullptr || (bytes == nullptr && count > 0)) {
    return VERBATIM_INVALID_ARGUMENT;
  }
  const size_t length = static_cast<size_t>(context->text->length());
  if (start > length || count > length - start) return VERBATIM_INVALID_ARGUMENT;
  context->text->Read(static_cast<int32_t>(start), {bytes, count});
  return VERBATIM_OK;
}

verbatim_status verbatim_matcher_begin_text(verbatim_matcher* matcher, const verbatim_text_span* given) {
  if (matcher == nullptr || !matcher->text.has_value()) return VERBATIM_INVALID_ARGUMENT;
  verbatim_text_span span = {};
  if (!ReadOptions(given, kFirstTextSpan, span)) return VERBATIM_INVALID_ARGUMENT;
  if (!AreRanges(span.ranges, span.range_count)) return VERBATIM_INVALID_ARGUMENT;
  if (span.tag_length > kLongestTag || (span.tag == nullptr && span.tag_length > 0)) return VERBATIM_INVALID_ARGUMENT;
  if (span.min_bytes < 0 || span.max_bytes < 1) return VERBATIM_INVALID_ARGUMENT;
  return Guarded([&] {
    matcher->text->Begin({Ranges(span.ranges, span.range_count),
                          span.ranges != nullptr,
                          {span.tag, span.tag_length},
                          span.min_bytes,
                          span.max_bytes});
    return VERBATIM_OK;
  });
}

verbatim_status verbatim_matcher_advance_bytes(verbatim_matcher* matcher, const uint8_t* bytes, size_t count) {
  if (matcher == nullptr || !matcher->text.has_value() || (bytes == nullptr && count > 0)) {
    return VERBATIM_INVALID_ARGUMENT;
  }
  if (!matcher->text->IsCurrent()) return VERBATIM_STALE;
  return Guarded([&] { return matcher->text->AdvanceBytes({bytes, count}) ? VERBATIM_OK : VERBATIM_NOT_ALLOWED; });
}

verbatim_status verbatim_matcher_text_state(const verbatim_matcher* matcher, verbatim_text_state* state) {
  if (matcher == nullptr || !matcher->text.has_value()) return VERBATIM_INVALID_ARGUMENT;
  const TextMatcher& text = *matcher->text;
  if (!text.IsCurrent()) return VERBATIM_STALE;
  const verbatim_text_state result = {sizeof result, text.byte_length(), text.closed_at()};
  return WriteResult(result, kFirstTextState, state) ? VERBATIM_OK : VERBATIM_INVALID_ARGUMENT;
}

verbatim_status verbatim_context_find_text(const verbatim_context* context, const uint8_t* bytes, size_t byte_count,
                                           const verbatim_range* ranges, size_t range_count, size_t limit,
                                           int32_t* starts, size_t* count) {
  if (context == nullptr || context->text == nullptr || count == nullptr) return VERBATIM_INVALID_ARGUMENT;
  if ((bytes == nullptr && byte_count > 0) || (starts == nullptr && limit > 0)) return VERBATIM_INVALID_ARGUMENT;
  if (!AreRanges(ranges, range_count)) return VERBATIM_INVALID_ARGUMENT;
  return Guarded([&] {
    *count = 0;
    if (byte_count == 0) return VERBATIM_OK;
    TextFinder finder(*context->text, {bytes, byte_count}, Ranges(ranges, range_count), ranges != nullptr);
    const std::vector<int32_t> found = finder.First(limit);
    std::copy(found.begin(), found.end(), starts);
    *count = found.size();
    return VERBATIM_OK;
  });
}
