/**
 * The fuzz target of text mode's C ABI: bytes become a vocabulary, contexts of text, small ones and ones large enough
 * to be indexed, with edges that a caller gives, forks of them, and quotes. What may come next, what is drafted and
 * where a closed quote stands is what the formulas say (text_oracle.hpp). It runs under libFuzzer (scripts/fuzz.sh)
 * and, with main.cpp, without it (scripts/sanitize.sh).
 */
#include <algorithm>
#include <cstdint>
#include <vector>

#include "../../native/include/verbatim.h"
#include "input.hpp"
#include "text_oracle.hpp"

namespace {

/** What texts and tokens are made of. */
struct Letters {
  uint32_t count;
  /** The texts are JSON-escaped. */
  bool json;

  uint8_t Draw(Input& input) const {
    if (input.OneIn(12)) return static_cast<uint8_t>(0x80 + input.Below(0x80));
    const uint32_t letter = input.Below(count);
    return static_cast<uint8_t>(json ? "a\\un"[letter] : "abcd"[letter]);
  }
};

/** Text from the input; where it is long, what the input began goes on by itself. */
Bytes Text(Input& input, uint32_t length, const Letters& letters) {
  constexpr uint32_t kDrawn = 64;
  Bytes bytes;
  for (uint32_t i = 0; i < std::min(length, kDrawn); ++i) bytes.push_back(letters.Draw(input));
  uint32_t state = length;
  for (uint32_t i = kDrawn; i < length; ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    bytes.push_back(bytes[state >> 26]);
  }
  return bytes;
}

/** A new vocabulary of these tokens, which a context takes. */
verbatim_vocabulary* VocabularyOf(const std::vector<Bytes>& tokens) {
  std::vector<int32_t> offsets = {0};
  Bytes bytes;
  for (const Bytes& token : tokens) {
    bytes.insert(bytes.end(), token.begin(), token.end());
    offsets.push_back(static_cast<int32_t>(bytes.size()));
  }
  verbatim_vocabulary* vocabulary = nullptr;
  REQUIRE(verbatim_vocabulary_create(static_cast<int32_t>(tokens.size()), offsets.data(), bytes.data(), &vocabulary) ==
          VERBATIM_OK);
  return vocabulary;
}

std::vector<int32_t> Allowed(verbatim_matcher* matcher) {
  const int32_t* ids = nullptr;
  size_t count = 0;
  if (verbatim_matcher_allowed(matcher, &ids, &count) != VERBATIM_OK) std::abort();
  return {ids, ids + count};
}

/** A context, what it should hold, and the tokens of its vocabulary. */
struct Subject {
  const std::vector<Bytes>& tokens;
  verbatim_context* context;
  TextCopy copy;
};

/** What a span is constrained by. */
struct Constraints {
  std::vector<verbatim_range> ranges;
  bool is_restricted;
  Bytes tag;
  verbatim_text_span span = {};

  Constraints(Input& input, int32_t length, const Letters& letters) {
    is_restricted = input.OneIn(3);
    const auto position = [&] { return static_cast<int32_t>(input.Below(static_cast<uint32_t>(length) + 1)); };
    std::vector<int32_t> cuts = {0, length};
    if (is_restricted)
      cuts = input.OneIn(2) ? std::vector{position(), length} : std::vector{0, position(), position(), position()};
    std::sort(cuts.begin(), cuts.end());
    for (size_t i = 0; i < cuts.size(); i += 2) ranges.push_back({cuts[i], cuts[i + 1]});
    const uint32_t tag_length = 1 + input.Below(3);
    tag = Text(input, input.OneIn(5) ? 0 : tag_length, {2, letters.json});
    span.struct_size = sizeof span;
    span.ranges = is_restricted ? ranges.data() : nullptr;
    span.range_count = is_restricted ? ranges.size() : 0;
    span.tag = tag.data();
    span.tag_length = tag.size();
    span.max_bytes = input.OneIn(3) ? 1 + static_cast<int32_t>(input.Below(20)) : 1 << 30;
    span.min_bytes = input.OneIn(3) ? std::min(span.max_bytes, static_cast<int32_t>(input.Below(6))) : 0;
  }
  Constraints(const Constraints&) = delete;

  TextOracle Oracle(const TextCopy& copy) const {
    std::vector<TextRange> places;
    for (const verbatim_range& range : ranges) {
      places.push_back({static_cast<size_t>(range.start), static_cast<size_t>(range.end)});
    }
    return {copy, places, tag, static_cast<size_t>(span.min_bytes), static_cast<size_t>(span.max_bytes)};
  }
};

/** The longest tokens of what the candidates agree on, up to the first that would complete the tag. */
std::vector<int32_t> Draft(const TextOracle& oracle, TextReading reading, const std::vector<Bytes>& tokens, size_t max,
                           bool latest) {
  std::vector<int32_t> draft;
  if (reading.closed_at || !oracle.Occurs(reading.bytes)) return draft;
  Bytes agreed = oracle.Agreed(reading.bytes, latest);
  while (draft.size() < max) {
    size_t best = tokens.size();
    for (size_t token = 0; token < tokens.size(); ++token) {
      const Bytes& bytes = tokens[token];
      if (bytes.size() > agreed.size() || !std::equal(bytes.begin(), bytes.end(), agreed.begin())) continue;
      if (bytes.size() > (best == tokens.size() ? 0 : tokens[best].size())) best = token;
    }
    if (best == tokens.size()) break;
    const auto next = oracle.After(reading, tokens[best], oracle.LeastBytes(reading, tokens));
    if (!next || next->closed_at) break;
    reading = *next;
    draft.push_back(static_cast<int32_t>(best));
    agreed.erase(agreed.begin(), agreed.begin() + static_cast<std::ptrdiff_t>(tokens[best].size()));
  }
  return draft;
}

/** Every token is allowed if and only if the formula says so and advancing succeeds, and rewinding undoes that. */
std::vector<int32_t> CheckAllowed(verbatim_matcher* matcher, const TextOracle& oracle, const TextReading& reading,
                                  const std::vector<Bytes>& tokens) {
  const std::vector<int32_t> allowed = Allowed(matcher);
  REQUIRE(std::is_sorted(allowed.begin(), allowed.end()));
  const size_t depth = verbatim_matcher_depth(matcher);
  const size_t min_bytes = oracle.LeastBytes(reading, tokens);
  for (int32_t token = 0; token < static_cast<int32_t>(tokens.size()); ++token) {
    const bool listed = std::binary_search(allowed.begin(), allowed.end(), token);
    REQUIRE(oracle.After(reading, tokens[static_cast<size_t>(token)], min_bytes).has_value() == listed);
    const verbatim_status status = verbatim_matcher_advance(matcher, token);
    REQUIRE((status == VERBATIM_OK) == listed);
    if (status == VERBATIM_OK) REQUIRE(verbatim_matcher_rewind(matcher, depth) == VERBATIM_OK);
  }
  REQUIRE(Allowed(matcher) == allowed);
  int may_end = 0;
  REQUIRE(verbatim_matcher_may_end(matcher, &may_end) == VERBATIM_OK);
  REQUIRE((may_end != 0) == (oracle.Occurs(reading.bytes) && oracle.MayEnd(reading.bytes)));
  return allowed;
}

void CheckDraft(Input& input, verbatim_matcher* matcher, const TextOracle& oracle, const TextReading& reading,
                const std::vector<Bytes>& tokens) {
  const bool latest = input.OneIn(2);
  std::vector<int32_t> draft(4);
  size_t drafted = 0;
  REQUIRE(verbatim_matcher_draft(matcher, draft.size(), latest ? 1 : 0, draft.data(), &drafted) == VERBATIM_OK);
  draft.resize(drafted);
  REQUIRE(draft == Draft(oracle, reading, tokens, 4, latest));
}

/** A quote that is closed stands where it is found, and nothing comes after it. */
void CheckSources(const Subject& subject, const Constraints& constraints, const TextOracle& oracle, Bytes quote) {
  std::vector<int32_t> starts(3);
  size_t count = 0;
  REQUIRE(verbatim_context_find_text(subject.context, quote.data(), quote.size(), constraints.span.ranges,
                                     constraints.span.range_count, starts.size(), starts.data(),
                                     &count) == VERBATIM_OK);
  std::vector<size_t> expected = oracle.Sources(quote);
  REQUIRE(quote.empty() || !expected.empty());
  expected.resize(std::min(expected.size(), starts.size()));
  REQUIRE(std::vector<size_t>(starts.begin(), starts.begin() + static_cast<std::ptrdiff_t>(count)) == expected);
  if (!quote.empty()) ++quotes_checked;
}

/** One of the allowed tokens; more often than not, one that the tag begins or goes on in. */
int32_t Choose(Input& input, const TextOracle& oracle, const TextReading& reading, const std::vector<Bytes>& tokens,
               std::vector<int32_t> allowed) {
  if (!reading.bytes.empty() && !input.OneIn(3)) {
    const size_t min_bytes = oracle.LeastBytes(reading, tokens);
    std::vector<int32_t> closing = allowed;
    std::erase_if(closing, [&](int32_t token) {
      const auto next = oracle.After(reading, tokens[static_cast<size_t>(token)], min_bytes);
      return next->tags.empty() && !next->closed_at;
    });
    if (!closing.empty()) allowed = closing;
  }
  return allowed[input.Below(static_cast<uint32_t>(allowed.size()))];
}

void Quote(Input& input, const Subject& subject, const Letters& letters) {
  verbatim_matcher* matcher = nullptr;
  REQUIRE(verbatim_matcher_create(subject.context, &matcher) == VERBATIM_OK);
  const Constraints constraints(input, static_cast<int32_t>(verbatim_context_length(subject.context)), letters);
  const TextOracle oracle = constraints.Oracle(subject.copy);
  REQUIRE(verbatim_matcher_begin_text(matcher, &constraints.span) == VERBATIM_OK);
  TextReading reading;
  for (int step = 0; step < 8; ++step) {
    const std::vector<int32_t> allowed = CheckAllowed(matcher, oracle, reading, subject.tokens);
    CheckDraft(input, matcher, oracle, reading, subject.tokens);
    if (allowed.empty()) break;
    const int32_t token = Choose(input, oracle, reading, subject.tokens, allowed);
    const size_t min_bytes = oracle.LeastBytes(reading, subject.tokens);
    reading = oracle.After(reading, subject.tokens[static_cast<size_t>(token)], min_bytes).value();
    REQUIRE(verbatim_matcher_advance(matcher, token) == VERBATIM_OK);
    verbatim_text_state state = {};
    state.struct_size = sizeof state;
    REQUIRE(verbatim_matcher_text_state(matcher, &state) == VERBATIM_OK);
    REQUIRE(state.byte_length == static_cast<int32_t>(reading.bytes.size()));
    REQUIRE(state.closed_at == (reading.closed_at ? static_cast<int32_t>(*reading.closed_at) : -1));
    if (!reading.closed_at) continue;
    REQUIRE(Allowed(matcher).empty());
    reading.bytes.resize(*reading.closed_at);
    CheckSources(subject, constraints, oracle, reading.bytes);
    break;
  }
  verbatim_matcher_destroy(matcher);
}

/** A caller's edges: at few places or many, and at some of them a quote may only end. */
Bytes Edges(Input& input, size_t count) {
  const uint32_t sparse = 1 + input.Below(12);
  const bool has_ends = input.OneIn(2);
  Bytes edges;
  for (size_t i = 0; i < count; ++i) {
    const bool is_edge = input.ended() ? i % (sparse * 5) == 0 : input.OneIn(sparse);
    const bool only_ends = has_ends && (input.ended() ? i % 3 == 0 : input.OneIn(2));
    edges.push_back(static_cast<uint8_t>(!is_edge ? 0 : only_ends ? VERBATIM_EDGE_END : 1));
  }
  return edges;
}

/** Appends some text; where there is no room for it nothing changes. */
void Append(Input& input, Subject& subject, const Letters& letters, size_t max_bytes) {
  const Bytes text = Text(input, input.Below(input.OneIn(8) ? 6000 : 60), letters);
  const Bytes edges = input.OneIn(2) ? Edges(input, text.size()) : Bytes();
  uint32_t flags = input.OneIn(6) ? static_cast<uint32_t>(VERBATIM_UNSEARCHABLE) : input.Below(2) * VERBATIM_NEW_RUN;
  if (letters.json) flags |= VERBATIM_JSON;
  const uint8_t* given = edges.empty() ? nullptr : edges.data();
  const bool has_room = subject.copy.places.size() + text.size() <= max_bytes;
  REQUIRE(verbatim_context_append_text(subject.context, text.data(), text.size(), given, flags) ==
          (has_room ? VERBATIM_OK : VERBATIM_CONTEXT_FULL));
  if (has_room) subject.copy.Append(text, given, flags);
  REQUIRE(verbatim_context_length(subject.context) == subject.copy.places.size());
}

void Truncate(Input& input, Subject& subject) {
  const size_t length = input.Below(static_cast<uint32_t>(subject.copy.places.size()) + 1);
  REQUIRE(verbatim_context_truncate(subject.context, length) == VERBATIM_OK);
  subject.copy.places.resize(length);
}

/** Takes the place of the context, which goes on without a search, so that the fork is the first to index. */
void Fork(Input& input, Subject& subject, const Letters& letters) {
  verbatim_context* fork = nullptr;
  REQUIRE(verbatim_context_fork(subject.context, &fork) == VERBATIM_OK);
  if (input.OneIn(2)) Quote(input, {subject.tokens, fork, subject.copy}, letters);
  if (input.OneIn(2)) std::swap(subject.context, fork);
  verbatim_context_destroy(fork);
}

void Run(Input input) {
  const Letters letters = {1 + input.Below(4), input.OneIn(4)};
  std::vector<Bytes> tokens;
  for (const char byte : {'a', letters.json ? '\\' : 'b', letters.json ? 'u' : 'c'}) {
    tokens.push_back({static_cast<uint8_t>(byte)});
  }
  for (uint32_t i = input.Below(30); i > 0; --i) tokens.push_back(Text(input, input.Below(6), letters));
  const uint32_t max_bytes = input.OneIn(6) ? 1 + input.Below(200) : 1 << 20;
  verbatim_vocabulary* vocabulary = VocabularyOf(tokens);
  Subject subject = {tokens, nullptr, {}};
  REQUIRE(verbatim_text_context_create(vocabulary, static_cast<int32_t>(max_bytes), &subject.context) == VERBATIM_OK);
  verbatim_vocabulary_destroy(vocabulary);
  for (uint32_t i = 1 + input.Below(8); i > 0; --i) {
    Append(input, subject, letters, max_bytes);
    if (input.OneIn(4)) REQUIRE(verbatim_context_compact(subject.context) == VERBATIM_OK);
    if (input.OneIn(3)) Truncate(input, subject);
    if (input.OneIn(4)) Fork(input, subject, letters);
    if (input.OneIn(2)) Quote(input, subject, letters);
  }
  for (int i = 0; i < 3; ++i) Quote(input, subject, letters);
  verbatim_context_destroy(subject.context);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Run(Input(data, size));
  return 0;
}
