#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "../../native/include/verbatim.h"

/** Contexts and matchers to try verbs on, made alike each time, and all that they tell of themselves. */

namespace {

/** Allocations that are not freed. */
int64_t live = 0;
/** Allocations until one fails; below 0: none does. */
int64_t left = -1;
bool all_after = false;
bool has_failed = false;

void* Allocate(size_t size) {
  if (left == 0) {
    has_failed = true;
    if (!all_after) left = -1;
    throw std::bad_alloc();
  }
  if (left > 0) --left;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  ++live;
  return memory;
}

void Free(void* memory) {
  if (memory != nullptr) --live;
  std::free(memory);
}

const char* current = "";

#define REQUIRE(condition)                                                                      \
  do {                                                                                          \
    if (!(condition)) {                                                                         \
      std::fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, __LINE__, current, #condition); \
      std::exit(1);                                                                             \
    }                                                                                           \
  } while (false)

/** A context, a fork that shares what it has indexed, and a matcher; and what a verb made. */
struct World {
  bool is_text = false;
  verbatim_vocabulary* vocabulary = nullptr;
  verbatim_context* fork = nullptr;
  verbatim_context* context = nullptr;
  verbatim_matcher* matcher = nullptr;
  /** What the matcher has begun with, and its pieces. */
  std::vector<verbatim_range> ranges;
  std::vector<int32_t> path;
  verbatim_context* made_context = nullptr;
  verbatim_matcher* made_matcher = nullptr;
  std::vector<int32_t> written = std::vector<int32_t>(64);
  size_t count = 0;
  int answer = 0;
};

constexpr uint8_t kTag[] = {'<', '/', 'q'};
/** Bytes of the text: each is the token of its index. */
const std::string kBytes = "ab< /\xc3\xa9";
constexpr int32_t kVocabulary = 12;
/** Where a long quote stands: indexed, and shared with a fork. */
constexpr size_t kQuoted = 120;
constexpr int32_t kBarrier = kVocabulary - 1;

verbatim_status Begin(World& world, verbatim_matcher* matcher) {
  const verbatim_range* const ranges = world.ranges.empty() ? nullptr : world.ranges.data();
  if (!world.is_text) return verbatim_matcher_begin(matcher, ranges, world.ranges.size());
  verbatim_text_span span = {};
  span.struct_size = sizeof span;
  span.ranges = ranges;
  span.range_count = world.ranges.size();
  span.tag = kTag;
  span.tag_length = sizeof kTag;
  span.min_bytes = 2;
  span.max_bytes = 200;
  return verbatim_matcher_begin_text(matcher, &span);
}

uint32_t Draw(uint32_t& state) { return (state = state * 1'664'525 + 1'013'904'223) >> 16; }

void AppendTokens(verbatim_context* context, size_t count, uint32_t seed, uint32_t flags, bool has_edges) {
  std::vector<int32_t> tokens(count);
  std::vector<uint8_t> edges(count);
  for (size_t i = 0; i < count; ++i) {
    tokens[i] = static_cast<int32_t>(Draw(seed) % 4);
    if (Draw(seed) % 40 == 0) tokens[i] = static_cast<int32_t>(Draw(seed) % kVocabulary);
    edges[i] = Draw(seed) % 3 != 0;
  }
  const verbatim_status status = has_edges
                                     ? verbatim_context_append_edges(context, tokens.data(), count, edges.data(), flags)
                                     : verbatim_context_append(context, tokens.data(), count, flags);
  REQUIRE(status == VERBATIM_OK);
}

std::string Letters(size_t count, uint32_t seed) {
  const std::string letters[] = {"a", "a", "b", "ab", " ", "é", "</"};
  std::string text;
  while (text.size() < count) text += letters[Draw(seed) % 7];
  return text;
}

void AppendText(verbatim_context* context, size_t count, uint32_t seed, uint32_t flags, bool has_edges) {
  const std::string text = Letters(count, seed);
  std::vector<uint8_t> edges(text.size());
  for (uint8_t& edge : edges) edge = static_cast<uint8_t>(Draw(seed) % 3);
  REQUIRE(verbatim_context_append_text(context, reinterpret_cast<const uint8_t*>(text.data()), text.size(),
                                       has_edges ? edges.data() : nullptr, flags) == VERBATIM_OK);
}

void Append(World& world, size_t count, uint32_t seed, uint32_t flags = 0, bool has_edges = false) {
  (world.is_text ? AppendText : AppendTokens)(world.context, count, seed, flags, has_edges);
}

verbatim_vocabulary* MakeVocabulary() {
  const std::string bytes = kBytes + "</qabababab a</q";
  const int32_t offsets[kVocabulary + 1] = {0, 1, 2, 3, 4, 5, 6, 7, 10, 12, 16, 19, 23};
  verbatim_vocabulary* vocabulary = nullptr;
  REQUIRE(verbatim_vocabulary_create(kVocabulary, offsets, reinterpret_cast<const uint8_t*>(bytes.data()),
                                     &vocabulary) == VERBATIM_OK);
  return vocabulary;
}

/** Runs of all kinds, some of them indexed and shared with a fork, and some not. */
World MakeWorld(bool is_text) {
  World world;
  world.is_text = is_text;
  if (is_text) {
    world.vocabulary = MakeVocabulary();
    REQUIRE(verbatim_text_context_create(world.vocabulary, 0, &world.context) == VERBATIM_OK);
  } else {
    verbatim_context_options options = {};
    options.struct_size = sizeof options;
    options.vocab_size = kVocabulary;
    options.barriers = &kBarrier;
    options.barrier_count = 1;
    REQUIRE(verbatim_context_create(&options, &world.context) == VERBATIM_OK);
  }
  Append(world, 4000, 1, VERBATIM_NEW_RUN);
  Append(world, 60, 2, VERBATIM_UNSEARCHABLE);
  Append(world, 300, 3, VERBATIM_NEW_RUN, true);
  REQUIRE(verbatim_context_compact(world.context) == VERBATIM_OK);
  REQUIRE(verbatim_context_fork(world.context, &world.fork) == VERBATIM_OK);
  Append(world, 150, 4);
  REQUIRE(verbatim_matcher_create(world.context, &world.matcher) == VERBATIM_OK);
  REQUIRE(Begin(world, world.matcher) == VERBATIM_OK);
  Append(world, 30, 5);
  REQUIRE(Begin(world, world.matcher) == VERBATIM_OK);
  return world;
}

void Destroy(World& world) {
  verbatim_matcher_destroy(world.made_matcher);
  verbatim_matcher_destroy(world.matcher);
  for (verbatim_context* each : {world.made_context, world.context, world.fork}) verbatim_context_destroy(each);
  verbatim_vocabulary_destroy(world.vocabulary);
}

void Quote(World& world, const std::vector<int32_t>& tokens) {
  for (const int32_t token : tokens) {
    REQUIRE(verbatim_matcher_advance(world.matcher, token) == VERBATIM_OK);
    world.path.push_back(token);
  }
}

/** Quotes so many tokens of the context from a place on; of text, by the tokens of its bytes. */
void QuoteFrom(World& world, size_t start, size_t depth) {
  std::vector<int32_t> tokens(depth);
  if (!world.is_text) {
    REQUIRE(verbatim_context_read(world.context, start, depth, tokens.data()) == VERBATIM_OK);
  } else {
    std::vector<uint8_t> bytes(depth);
    REQUIRE(verbatim_context_read_text(world.context, start, depth, bytes.data()) == VERBATIM_OK);
    for (size_t i = 0; i < depth; ++i) tokens[i] = static_cast<int32_t>(kBytes.find(static_cast<char>(bytes[i])));
  }
  Quote(world, tokens);
}

void Restrict(World& world, std::vector<verbatim_range> ranges) {
  world.ranges = std::move(ranges);
  REQUIRE(Begin(world, world.matcher) == VERBATIM_OK);
}

void Add(std::string& text, const char* name, int64_t value) {
  text += std::string(name) + std::to_string(value) + " ";
}

void AddContext(std::string& text, const World& world, const verbatim_context* context) {
  const size_t length = verbatim_context_length(context);
  Add(text, "\ncontext ", static_cast<int64_t>(length));
  if (world.is_text) {
    std::vector<uint8_t> bytes(length);
    REQUIRE(verbatim_context_read_text(context, 0, length, bytes.data()) == VERBATIM_OK);
    for (const uint8_t byte : bytes) Add(text, "", byte);
  } else {
    std::vector<int32_t> tokens(length);
    REQUIRE(verbatim_context_read(context, 0, length, tokens.data()) == VERBATIM_OK);
    for (const int32_t token : tokens) Add(text, "", token);
  }
}

void AddMatcher(std::string& text, const World& world, verbatim_matcher* matcher) {
  Add(text, "\nmatcher ", static_cast<int64_t>(verbatim_matcher_depth(matcher)));
  if (world.is_text) {
    verbatim_text_state state = {};
    state.struct_size = sizeof state;
    REQUIRE(verbatim_matcher_text_state(matcher, &state) == VERBATIM_OK);
    Add(text, "bytes ", state.byte_length);
    Add(text, "closed ", state.closed_at);
  }
  const int32_t* ids = nullptr;
  size_t count = 0;
  REQUIRE(verbatim_matcher_allowed(matcher, &ids, &count) == VERBATIM_OK);
  for (size_t i = 0; i < count; ++i) Add(text, "may ", ids[i]);
  int may_end = 0;
  REQUIRE(verbatim_matcher_may_end(matcher, &may_end) == VERBATIM_OK);
  Add(text, "end ", may_end);
  for (const int latest : {0, 1}) {
    int32_t draft[16];
    REQUIRE(verbatim_matcher_draft(matcher, 16, latest, draft, &count) == VERBATIM_OK);
    for (size_t i = 0; i < count; ++i) Add(text, "draft ", draft[i]);
  }
  if (world.is_text) return;
  std::vector<int32_t> starts(5000);
  REQUIRE(verbatim_matcher_sources(matcher, nullptr, 0, starts.size(), starts.data(), &count) == VERBATIM_OK);
  for (size_t i = 0; i < count; ++i) Add(text, "at ", starts[i]);
}

/**
 * All that a world tells of itself, and where its quote leads.
 * @param begins_again as a matcher must where its context has changed
 */
std::string Describe(World& world, bool begins_again) {
  std::string text;
  for (const verbatim_context* context : {world.context, world.fork, world.made_context}) {
    if (context != nullptr) AddContext(text, world, context);
  }
  if (begins_again) {
    REQUIRE(Begin(world, world.matcher) == VERBATIM_OK);
    for (const int32_t token : world.path) {
      const verbatim_status status = verbatim_matcher_advance(world.matcher, token);
      Add(text, "status ", status);
    }
  }
  AddMatcher(text, world, world.matcher);
  if (world.made_matcher != nullptr) AddMatcher(text, world, world.made_matcher);
  Add(text, "\nwritten ", world.answer);
  for (size_t i = 0; i < world.count; ++i) Add(text, "", world.written[i]);
  // It goes on as it would have, back to the first piece and on from there.
  const int32_t* ids = nullptr;
  size_t count = 0;
  REQUIRE(verbatim_matcher_allowed(world.matcher, &ids, &count) == VERBATIM_OK);
  if (count > 0 && verbatim_matcher_advance(world.matcher, ids[count - 1]) == VERBATIM_OK)
    AddMatcher(text, world, world.matcher);
  for (size_t depth = verbatim_matcher_depth(world.matcher); depth-- > 0;) {
    REQUIRE(verbatim_matcher_rewind(world.matcher, depth) == VERBATIM_OK);
    if (depth < 4) AddMatcher(text, world, world.matcher);
  }
  return text;
}

}  // namespace
