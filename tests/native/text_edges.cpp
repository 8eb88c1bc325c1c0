/**
 * Vectors of a caller's edges, worked out by hand: what may come after a quote, whether it may end there, and where it
 * is found. Each holds for text that is searched as it stands, for text that is indexed, and for a fork of that. It is
 * linked with the engine's objects; prints "ok" and how many vectors were checked.
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "../../native/include/verbatim.h"

namespace {

#define REQUIRE(condition)                                                         \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::exit(1);                                                                \
    }                                                                              \
  } while (false)

/** A token for each of these bytes; the last is the closing tag. */
const std::string kBytes = "abcd\\n\xc3\xa9|";

const uint8_t* Data(const std::string& text) { return reinterpret_cast<const uint8_t*>(text.data()); }

verbatim_context* NewContext() {
  std::vector<int32_t> offsets;
  for (size_t i = 0; i <= kBytes.size(); ++i) offsets.push_back(static_cast<int32_t>(i));
  verbatim_vocabulary* vocabulary = nullptr;
  REQUIRE(verbatim_vocabulary_create(static_cast<int32_t>(kBytes.size()), offsets.data(), Data(kBytes), &vocabulary) ==
          VERBATIM_OK);
  verbatim_context* context = nullptr;
  REQUIRE(verbatim_text_context_create(vocabulary, 0, &context) == VERBATIM_OK);
  verbatim_vocabulary_destroy(vocabulary);
  return context;
}

struct Vector {
  const char* what;
  std::string text;
  std::vector<uint8_t> edges;
  uint32_t flags;
  int32_t max_bytes;
  std::string quote;
  /** The bytes that may come next. */
  std::string next;
  bool may_end;
  std::vector<int32_t> starts;
};

constexpr uint8_t kEnd = VERBATIM_EDGE_END;
constexpr int32_t kAny = 1000;

const std::vector<Vector> kVectors = {
    {"nothing starts at an end", "abcd", {1, 0, kEnd, 0}, 0, kAny, "", "a|", true, {}},
    {"nor where there is no edge", "abcd", {1, 0, kEnd, 0}, 0, kAny, "a", "b", false, {}},
    {"a quote may end, or go on", "abcd", {1, 0, kEnd, 0}, 0, kAny, "ab", "c|", true, {0}},
    {"it goes past the end", "abcd", {1, 0, kEnd, 0}, 0, kAny, "abc", "d", false, {}},
    {"it may end where its run does", "abcd", {1, 0, kEnd, 0}, 0, kAny, "abcd", "|", true, {0}},
    {"an end counts for the longest quote", "abcd", {1, 0, kEnd, 0}, 0, 3, "ab", "|", true, {0}},
    {"as an edge does", "abcd", {1, 0, 1, 0}, 0, 3, "ab", "|", true, {0}},
    {"no quote of which is to end", "abcd", {1, 0, 0, 0}, 0, 3, "", "|", true, {}},
    {"a run begins with an end", "abab", {kEnd, 1, kEnd, 1}, 0, kAny, "", "b|", true, {}},
    {"of two places one is an end", "abcab", {1, kEnd, 0, kEnd, 1}, 0, kAny, "b", "|", true, {4}},
    {"of two places both are edges", "abcab", {1, 1, 0, kEnd, 1}, 0, kAny, "b", "c|", true, {4}},
    {"only the one that is followed by an end", "abcabd", {1, 0, kEnd, 1, 0, 0}, 0, kAny, "ab", "cd|", true, {0}},
    {"any other number is an edge", "abcd", {255, 0, 3, 0}, 0, kAny, "", "ac|", true, {}},
    {"no end inside a character",
     "a\xc3\xa9"
     "b",
     {1, 0, kEnd, 1},
     0,
     kAny,
     "a\xc3",
     "\xa9",
     false,
     {}},
    {"nor inside an escape sequence", "\\nb", {1, kEnd, 1}, VERBATIM_JSON, kAny, "\\", "n", false, {}},
    {"which is only one in JSON", "\\nb", {1, kEnd, 1}, 0, kAny, "\\", "n|", true, {0}},
};

std::string NextBytes(verbatim_matcher* matcher) {
  const int32_t* ids = nullptr;
  size_t count = 0;
  REQUIRE(verbatim_matcher_allowed(matcher, &ids, &count) == VERBATIM_OK);
  std::string bytes;
  for (size_t i = 0; i < count; ++i) bytes.push_back(kBytes[static_cast<size_t>(ids[i])]);
  return bytes;
}

void Check(const verbatim_context* context, const Vector& vector, const char* how) {
  verbatim_matcher* matcher = nullptr;
  REQUIRE(verbatim_matcher_create(context, &matcher) == VERBATIM_OK);
  verbatim_text_span span = {};
  span.struct_size = sizeof span;
  span.tag = Data(kBytes) + kBytes.size() - 1;
  span.tag_length = 1;
  span.max_bytes = vector.max_bytes;
  REQUIRE(verbatim_matcher_begin_text(matcher, &span) == VERBATIM_OK);
  int may_end = -1;
  bool holds = vector.quote.empty() ||
               verbatim_matcher_advance_bytes(matcher, Data(vector.quote), vector.quote.size()) == VERBATIM_OK;
  holds = holds && verbatim_matcher_may_end(matcher, &may_end) == VERBATIM_OK;
  std::vector<int32_t> starts(8);
  size_t count = 0;
  REQUIRE(verbatim_context_find_text(context, Data(vector.quote), vector.quote.size(), nullptr, 0, starts.size(),
                                     starts.data(), &count) == VERBATIM_OK);
  starts.resize(count);
  if (!holds || NextBytes(matcher) != vector.next || (may_end != 0) != vector.may_end || starts != vector.starts) {
    std::fprintf(stderr, "%s, %s: next \"%s\", may_end %d, %zu starts\n", vector.what, how, NextBytes(matcher).c_str(),
                 may_end, count);
    std::exit(1);
  }
  verbatim_matcher_destroy(matcher);
}

void CheckEverywhere(const Vector& vector) {
  verbatim_context* context = NewContext();
  REQUIRE(verbatim_context_append_text(context, Data(vector.text), vector.text.size(), vector.edges.data(),
                                       vector.flags) == VERBATIM_OK);
  Check(context, vector, "as it stands");
  verbatim_context* fork = nullptr;
  REQUIRE(verbatim_context_fork(context, &fork) == VERBATIM_OK);
  REQUIRE(verbatim_context_compact(context) == VERBATIM_OK);
  Check(context, vector, "indexed");
  Check(fork, vector, "in a fork");
  verbatim_context_destroy(fork);
  REQUIRE(verbatim_context_fork(context, &fork) == VERBATIM_OK);
  verbatim_context_destroy(context);
  Check(fork, vector, "in a fork of what is indexed");
  verbatim_context_destroy(fork);
}

/** What is appended in the place of what was cut has its own edges. */
void CheckAfterCut() {
  const Vector before = {"before a cut", "abcd", {1, 0, kEnd, 0}, 0, kAny, "", "a|", true, {}};
  const Vector after = {"after a cut", "abcd", {}, 0, kAny, "cd", "|", true, {2}};
  verbatim_context* context = NewContext();
  REQUIRE(verbatim_context_append_text(context, Data(before.text), before.text.size(), before.edges.data(), 0) ==
          VERBATIM_OK);
  REQUIRE(verbatim_context_compact(context) == VERBATIM_OK);
  Check(context, before, "indexed");
  REQUIRE(verbatim_context_truncate(context, 2) == VERBATIM_OK);
  REQUIRE(verbatim_context_append_text(context, Data(after.text) + 2, 2, nullptr, 0) == VERBATIM_OK);
  Check(context, after, "as it stands");
  REQUIRE(verbatim_context_compact(context) == VERBATIM_OK);
  Check(context, after, "indexed");
  verbatim_context_destroy(context);
}

}  // namespace

int main() {
  for (const Vector& vector : kVectors) CheckEverywhere(vector);
  CheckAfterCut();
  std::printf("ok %zu\n", kVectors.size());
  return 0;
}
