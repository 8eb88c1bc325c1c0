/**
 * The fuzz target of text mode's C ABI: bytes become a vocabulary, contexts of text, small ones and ones large enough
 * to be indexed, and quotes. Every token is allowed if and only if advancing with it succeeds, rewinding leads back to
 * the same set, and a closed quote stands where verbatim_context_find_text says. It runs under libFuzzer
 * (scripts/fuzz.sh) and, with main.cpp, without it (scripts/sanitize.sh).
 */
#include <algorithm>
#include <cstdint>
#include <vector>

#include "../../native/include/verbatim.h"
#include "input.hpp"

namespace {

using Bytes = std::vector<uint8_t>;

/** Text from the input; where it is long, what the input began goes on by itself. */
Bytes Text(Input& input, uint32_t length, uint32_t letters) {
  constexpr uint32_t kDrawn = 64;
  Bytes bytes;
  for (uint32_t i = 0; i < std::min(length, kDrawn); ++i) {
    bytes.push_back(static_cast<uint8_t>(input.OneIn(12) ? 0x80 + input.Below(0x80) : 'a' + input.Below(letters)));
  }
  uint32_t state = length;
  for (uint32_t i = kDrawn; i < length; ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    bytes.push_back(bytes[state >> 26]);
  }
  return bytes;
}

struct Vocabulary {
  std::vector<int32_t> offsets = {0};
  Bytes bytes;
  int32_t size() const { return static_cast<int32_t>(offsets.size()) - 1; }
  void add(const Bytes& token) {
    bytes.insert(bytes.end(), token.begin(), token.end());
    offsets.push_back(static_cast<int32_t>(bytes.size()));
  }
};

std::vector<int32_t> Allowed(verbatim_matcher* matcher) {
  const int32_t* ids = nullptr;
  size_t count = 0;
  if (verbatim_matcher_allowed(matcher, &ids, &count) != VERBATIM_OK) std::abort();
  return {ids, ids + count};
}

/** What a context holds, byte by byte. */
struct Copy {
  struct Place {
    uint8_t byte;
    bool searchable;
    bool begins_run;
  };
  std::vector<Place> places;

  void Append(const Bytes& text, uint32_t flags) {
    const bool searchable = (flags & VERBATIM_UNSEARCHABLE) == 0;
    bool begins_run = (flags & VERBATIM_NEW_RUN) != 0 || places.empty() || !places.back().searchable;
    for (const uint8_t byte : text) {
      places.push_back({byte, searchable, begins_run || !searchable});
      begins_run = false;
    }
  }
  bool HasAt(size_t start, const Bytes& quote) const {
    for (size_t i = 0; i < quote.size(); ++i) {
      if (start + i >= places.size()) return false;
      const Place& place = places[start + i];
      if (!place.searchable || place.byte != quote[i] || (i > 0 && place.begins_run)) return false;
    }
    return true;
  }
};

void Quote(Input& input, const Vocabulary& vocabulary, verbatim_context* context, const Copy& copy) {
  verbatim_matcher* matcher = nullptr;
  REQUIRE(verbatim_matcher_create(context, &matcher) == VERBATIM_OK);
  const int32_t length = static_cast<int32_t>(verbatim_context_length(context));
  const verbatim_range range = {static_cast<int32_t>(input.Below(static_cast<uint32_t>(length) + 1)), length};
  const Bytes tag = Text(input, 1 + input.Below(3), 2);
  verbatim_text_span span = {};
  span.struct_size = sizeof span;
  span.ranges = input.OneIn(3) ? &range : nullptr;
  span.range_count = 1;
  span.tag = tag.data();
  span.tag_length = input.OneIn(5) ? 0 : tag.size();
  span.min_bytes = input.OneIn(3) ? static_cast<int32_t>(input.Below(6)) : 0;
  span.max_bytes = input.OneIn(3) ? 1 + static_cast<int32_t>(input.Below(20)) : 1 << 30;
  REQUIRE(verbatim_matcher_begin_text(matcher, &span) == VERBATIM_OK);
  Bytes taken;
  for (int step = 0; step < 8; ++step) {
    const std::vector<int32_t> allowed = Allowed(matcher);
    REQUIRE(std::is_sorted(allowed.begin(), allowed.end()));
    const size_t depth = verbatim_matcher_depth(matcher);
    for (int32_t token = 0; token < vocabulary.size(); ++token) {
      const bool listed = std::binary_search(allowed.begin(), allowed.end(), token);
      const verbatim_status status = verbatim_matcher_advance(matcher, token);
      REQUIRE((status == VERBATIM_OK) == listed);
      if (status == VERBATIM_OK) REQUIRE(verbatim_matcher_rewind(matcher, depth) == VERBATIM_OK);
    }
    REQUIRE(Allowed(matcher) == allowed);
    std::vector<int32_t> draft(4);
    size_t drafted = 0;
    REQUIRE(verbatim_matcher_draft(matcher, draft.size(), static_cast<int32_t>(input.Below(2)), draft.data(),
                                   &drafted) == VERBATIM_OK);
    for (size_t i = 0; i < drafted; ++i) REQUIRE(verbatim_matcher_advance(matcher, draft[i]) == VERBATIM_OK);
    REQUIRE(verbatim_matcher_rewind(matcher, depth) == VERBATIM_OK);
    if (allowed.empty()) break;
    const int32_t token = allowed[input.Below(static_cast<uint32_t>(allowed.size()))];
    REQUIRE(verbatim_matcher_advance(matcher, token) == VERBATIM_OK);
    taken.insert(taken.end(), vocabulary.bytes.begin() + vocabulary.offsets[static_cast<size_t>(token)],
                 vocabulary.bytes.begin() + vocabulary.offsets[static_cast<size_t>(token) + 1]);
    verbatim_text_state state = {};
    REQUIRE(verbatim_matcher_text_state(matcher, &state) == VERBATIM_OK);
    if (state.closed_at < 0) continue;
    REQUIRE(Allowed(matcher).empty());
    taken.resize(static_cast<size_t>(state.closed_at));
    int32_t start = -1;
    size_t count = 0;
    REQUIRE(verbatim_context_find_text(context, taken.data(), taken.size(), span.ranges, 1, 1, &start, &count) ==
            VERBATIM_OK);
    if (!taken.empty()) ++quotes_checked;
    REQUIRE(taken.empty() || (count == 1 && copy.HasAt(static_cast<size_t>(start), taken)));
    break;
  }
  verbatim_matcher_destroy(matcher);
}

void Run(Input input) {
  const uint32_t letters = 1 + input.Below(4);
  Vocabulary vocabulary;
  for (int byte = 0; byte < 3; ++byte) vocabulary.add({static_cast<uint8_t>('a' + byte)});
  for (uint32_t i = input.Below(30); i > 0; --i) vocabulary.add(Text(input, input.Below(6), letters));
  verbatim_vocabulary* shared = nullptr;
  REQUIRE(verbatim_vocabulary_create(vocabulary.size(), vocabulary.offsets.data(), vocabulary.bytes.data(), &shared) ==
          VERBATIM_OK);
  verbatim_context* context = nullptr;
  REQUIRE(verbatim_text_context_create(shared, 0, &context) == VERBATIM_OK);
  verbatim_vocabulary_destroy(shared);
  const uint32_t most = input.OneIn(8) ? 6000 : 60;
  Copy copy;
  for (uint32_t i = 1 + input.Below(4); i > 0; --i) {
    const Bytes text = Text(input, input.Below(most), letters);
    Bytes edges;
    const bool has_edges = !input.OneIn(3);
    for (size_t j = 0; has_edges && j < text.size(); ++j) edges.push_back(j % 64 == 0 || input.OneIn(2));
    const uint32_t flags = input.OneIn(6) ? VERBATIM_UNSEARCHABLE : input.Below(2) * VERBATIM_NEW_RUN;
    REQUIRE(verbatim_context_append_text(context, text.data(), text.size(), has_edges ? edges.data() : nullptr,
                                         flags) == VERBATIM_OK);
    copy.Append(text, flags);
    if (input.OneIn(3)) REQUIRE(verbatim_context_compact(context) == VERBATIM_OK);
    if (input.OneIn(4)) {
      const size_t length = input.Below(static_cast<uint32_t>(verbatim_context_length(context)) + 1);
      REQUIRE(verbatim_context_truncate(context, length) == VERBATIM_OK);
      copy.places.resize(length);
    }
    Quote(input, vocabulary, context, copy);
  }
  verbatim_context* fork = nullptr;
  REQUIRE(verbatim_context_fork(context, &fork) == VERBATIM_OK);
  verbatim_context_destroy(context);
  Quote(input, vocabulary, fork, copy);
  verbatim_context_destroy(fork);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Run(Input(data, size));
  return 0;
}
