/**
 * Counts the bytes that calls of the C ABI allocate, over contexts so large that a copy of one cannot be overlooked. It
 * is linked with the engine's objects; prints "ok" and how many calls were measured.
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "../../native/include/verbatim.h"

namespace {

size_t allocated = 0;
int measured = 0;
bool failed = false;

void* Allocate(size_t size) {
  allocated += size;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

#define REQUIRE(condition)                                                         \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::exit(1);                                                                \
    }                                                                              \
  } while (false)

/** Runs `action` and requires that it allocates at most `most` bytes. */
template <typename Action>
void ExpectAtMost(size_t most, const char* what, Action&& action) {
  allocated = 0;
  action();
  ++measured;
  if (allocated <= most) return;
  std::fprintf(stderr, "%s: %zu bytes, expected at most %zu\n", what, allocated, most);
  failed = true;
}

constexpr size_t kTokens = 400'000;

verbatim_context* TokenContext() {
  verbatim_context_options options = {};
  options.struct_size = sizeof options;
  options.vocab_size = 1000;
  verbatim_context* context = nullptr;
  REQUIRE(verbatim_context_create(&options, &context) == VERBATIM_OK);
  std::vector<int32_t> tokens;
  uint32_t state = 1;
  for (size_t i = 0; i < kTokens; ++i)
    tokens.push_back(static_cast<int32_t>((state = state * 1'664'525 + 7) >> 22) % 1000);
  REQUIRE(verbatim_context_append(context, tokens.data(), tokens.size(), 0) == VERBATIM_OK);
  return context;
}

void CheckTokens() {
  verbatim_context* const context = TokenContext();
  const auto compact = [context] { REQUIRE(verbatim_context_compact(context) == VERBATIM_OK); };
  ExpectAtMost(kTokens, "tokens: compacting what is indexed", compact);
  for (int round = 0; round < 20; ++round) {
    const int32_t token = round;
    REQUIRE(verbatim_context_append(context, &token, 1, 0) == VERBATIM_OK);
    ExpectAtMost(kTokens, "tokens: compacting after an append", compact);
  }
  verbatim_context_destroy(context);
}

/** Takes back the last token of a long quote: what was there before it is still known. */
void CheckRewinding(verbatim_matcher* matcher, const char* what) {
  const size_t depth = verbatim_matcher_depth(matcher);
  REQUIRE(depth > 50'000);
  for (size_t back = 1; back < 20; ++back) {
    ExpectAtMost(1000, what, [&] { REQUIRE(verbatim_matcher_rewind(matcher, depth - back) == VERBATIM_OK); });
    REQUIRE(verbatim_matcher_depth(matcher) == depth - back);
  }
}

void CheckRewindingTokens() {
  verbatim_context* const context = TokenContext();
  std::vector<int32_t> tokens(kTokens / 2);
  REQUIRE(verbatim_context_read(context, 1000, tokens.size(), tokens.data()) == VERBATIM_OK);
  verbatim_matcher* matcher = nullptr;
  REQUIRE(verbatim_matcher_create(context, &matcher) == VERBATIM_OK);
  REQUIRE(verbatim_matcher_begin(matcher, nullptr, 0) == VERBATIM_OK);
  for (const int32_t token : tokens) REQUIRE(verbatim_matcher_advance(matcher, token) == VERBATIM_OK);
  CheckRewinding(matcher, "tokens: taking the last token back");
  verbatim_matcher_destroy(matcher);
  verbatim_context_destroy(context);
}

constexpr size_t kBytes = 2'000'000;

/** Letters and spaces; the words of a small vocabulary. */
std::string Prose() {
  std::string text;
  uint32_t state = 1;
  while (text.size() < kBytes) {
    state = state * 1'664'525 + 1'013'904'223;
    text += "word" + std::to_string((state >> 20) % 500) + " ";
  }
  text.resize(kBytes);
  return text;
}

verbatim_context* TextContext(const std::string& text) {
  const std::vector<int32_t> offsets = {0, 1, 2, 3, 7, 9};
  const std::string bytes = "ab word.</";
  verbatim_vocabulary* vocabulary = nullptr;
  REQUIRE(verbatim_vocabulary_create(5, offsets.data(), reinterpret_cast<const uint8_t*>(bytes.data()), &vocabulary) ==
          VERBATIM_OK);
  verbatim_context* context = nullptr;
  REQUIRE(verbatim_text_context_create(vocabulary, 0, &context) == VERBATIM_OK);
  verbatim_vocabulary_destroy(vocabulary);
  REQUIRE(verbatim_context_append_text(context, reinterpret_cast<const uint8_t*>(text.data()), text.size(), nullptr,
                                       0) == VERBATIM_OK);
  return context;
}

void AppendToken(verbatim_context* context) {
  REQUIRE(verbatim_context_append_text(context, reinterpret_cast<const uint8_t*>("word"), 4, nullptr, 0) ==
          VERBATIM_OK);
}

void CheckAppends(const std::string& text) {
  verbatim_context* const context = TextContext(text);
  ExpectAtMost(10 * kBytes, "text: generating before anything is indexed", [context] {
    for (int i = 0; i < 20'000; ++i) AppendToken(context);
  });
  verbatim_context_destroy(context);
}

void CheckCompacting(const std::string& text) {
  verbatim_context* const context = TextContext(text);
  const auto compact = [context] { REQUIRE(verbatim_context_compact(context) == VERBATIM_OK); };
  compact();
  for (int round = 0; round < 20; ++round) {
    AppendToken(context);
    ExpectAtMost(kBytes / 2, "text: compacting after an append", compact);
  }
  verbatim_context_destroy(context);
}

verbatim_matcher* Begin(verbatim_context* context) {
  verbatim_matcher* matcher = nullptr;
  REQUIRE(verbatim_matcher_create(context, &matcher) == VERBATIM_OK);
  verbatim_text_span span = {};
  span.struct_size = sizeof span;
  span.max_bytes = 4096;
  REQUIRE(verbatim_matcher_begin_text(matcher, &span) == VERBATIM_OK);
  return matcher;
}

void CheckForks(const std::string& text) {
  verbatim_context* const context = TextContext(text);
  std::vector<verbatim_context*> forks(8);
  const auto fork = [&](size_t i) { REQUIRE(verbatim_context_fork(context, &forks[i]) == VERBATIM_OK); };
  ExpectAtMost(20'000, "text: the first fork of what is not indexed", [&] { fork(0); });
  for (size_t i = 1; i < forks.size(); ++i) {
    AppendToken(context);
    ExpectAtMost(20'000, "text: forking what is not indexed", [&] { fork(i); });
    ExpectAtMost(20'000, "text: generating in a fork", [&] { AppendToken(forks[i]); });
  }
  verbatim_matcher_destroy(Begin(forks[0]));
  for (size_t i = 1; i < forks.size(); ++i) {
    ExpectAtMost(100'000, "text: quoting in a fork of what another one has indexed",
                 [&] { verbatim_matcher_destroy(Begin(forks[i])); });
  }
  for (verbatim_context* each : forks) verbatim_context_destroy(each);
  verbatim_context_destroy(context);
}

/** Every place of the text goes on alike: a draft and a source concern half of them. */
void CheckCandidates() {
  std::string text;
  while (text.size() < kBytes) text += "ab";
  verbatim_context* const context = TextContext(text);
  verbatim_matcher* const matcher = Begin(context);
  REQUIRE(verbatim_matcher_advance(matcher, 0) == VERBATIM_OK);
  for (const int latest : {0, 1}) {
    ExpectAtMost(20'000, "text: drafting", [&] {
      std::vector<int32_t> tokens(16);
      size_t count = 0;
      REQUIRE(verbatim_matcher_draft(matcher, tokens.size(), latest, tokens.data(), &count) == VERBATIM_OK);
      // Nothing follows the latest place but its last byte.
      REQUIRE(count == (latest != 0 ? 1 : 16));
    });
  }
  verbatim_matcher_destroy(matcher);
  const int32_t length = static_cast<int32_t>(text.size());
  const std::vector<std::vector<verbatim_range>> searched = {
      {}, {{0, length}}, {{length - 10, length}}, {{0, 11}, {length / 2, length / 2 + 9}}};
  for (const std::vector<verbatim_range>& ranges : searched) {
    ExpectAtMost(20'000, "text: the first sources of many", [&] {
      std::vector<int32_t> starts(3);
      size_t count = 0;
      REQUIRE(verbatim_context_find_text(context, reinterpret_cast<const uint8_t*>("bab"), 3,
                                         ranges.empty() ? nullptr : ranges.data(), ranges.size(), starts.size(),
                                         starts.data(), &count) == VERBATIM_OK);
      REQUIRE(count == 3 && starts[1] == starts[0] + 2);
    });
  }
  verbatim_context_destroy(context);
}

void CheckRewindingText(const std::string& text) {
  verbatim_context* const context = TextContext(text);
  verbatim_matcher* matcher = nullptr;
  REQUIRE(verbatim_matcher_create(context, &matcher) == VERBATIM_OK);
  const std::string tag = "</";
  verbatim_text_span span = {};
  span.struct_size = sizeof span;
  span.tag = reinterpret_cast<const uint8_t*>(tag.data());
  span.tag_length = tag.size();
  span.max_bytes = INT32_MAX;
  REQUIRE(verbatim_matcher_begin_text(matcher, &span) == VERBATIM_OK);
  for (size_t i = 0; i < 60'000; ++i) {
    const uint8_t byte = static_cast<uint8_t>(text[1000 + i]);
    REQUIRE(verbatim_matcher_advance_bytes(matcher, &byte, 1) == VERBATIM_OK);
  }
  CheckRewinding(matcher, "text: taking the last piece back");
  verbatim_matcher_destroy(matcher);
  verbatim_context_destroy(context);
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

int main() {
  CheckTokens();
  const std::string text = Prose();
  CheckAppends(text);
  CheckCompacting(text);
  CheckForks(text);
  CheckCandidates();
  CheckRewindingTokens();
  CheckRewindingText(text);
  if (!failed) std::printf("ok %d\n", measured);
  return failed ? 1 : 0;
}
