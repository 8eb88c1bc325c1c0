/**
 * Sessions in threads, for ThreadSanitizer: forks of one compacted context, each in a thread of its own, append,
 * truncate and quote at once, while forks of the same blocks come and go. What is indexed is shared and must not
 * change. And contexts that are forked and quoted while a fork of theirs is compacted in another thread; and forks of
 * text that nobody has searched, each searched first in a thread of its own, or freed there.
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "../../native/include/verbatim.h"

namespace {

constexpr int32_t kVocabulary = 5'000;
constexpr int kThreads = 6;

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

/** Forks the shared context, then appends, quotes what it finds and undoes in the fork. */
void Work(const verbatim_context* shared, uint32_t seed) {
  verbatim_context* context = nullptr;
  Require(verbatim_context_fork(shared, &context) == VERBATIM_OK, "fork");
  std::mt19937 random(seed);
  const size_t base = verbatim_context_length(context);
  for (int round = 0; round < 40; ++round) {
    std::vector<int32_t> tokens(random() % 700);
    for (int32_t& token : tokens) token = static_cast<int32_t>(random() % 40);
    Require(verbatim_context_append(context, tokens.data(), tokens.size(), 0) == VERBATIM_OK, "append");
    verbatim_matcher* matcher = nullptr;
    Require(verbatim_matcher_create(context, &matcher) == VERBATIM_OK, "matcher");
    size_t depth = 0;
    for (; depth < 20; ++depth) {
      const int32_t* ids = nullptr;
      size_t count = 0;
      Require(verbatim_matcher_allowed(matcher, &ids, &count) == VERBATIM_OK, "allowed");
      if (count == 0) break;
      Require(verbatim_matcher_advance(matcher, ids[random() % count]) == VERBATIM_OK, "advance");
    }
    int32_t source = -1;
    size_t found = 0;
    Require(verbatim_matcher_sources(matcher, nullptr, 0, 1, &source, &found) == VERBATIM_OK && found == 1, "source");
    verbatim_matcher_destroy(matcher);
    if (round % 5 == 4) Require(verbatim_context_truncate(context, base) == VERBATIM_OK, "truncate");
  }
  verbatim_context_destroy(context);
}

verbatim_context* TokenContext() {
  const verbatim_context_options options{sizeof(options), kVocabulary, 0, nullptr, 0};
  verbatim_context* context = nullptr;
  Require(verbatim_context_create(&options, &context) == VERBATIM_OK, "create");
  std::mt19937 random(11);
  for (int part = 0; part < 20; ++part) {
    std::vector<int32_t> tokens(random() % 1'000 + 1);
    for (int32_t& token : tokens) token = static_cast<int32_t>(random() % 300);
    Require(verbatim_context_append(context, tokens.data(), tokens.size(), 0) == VERBATIM_OK, "append");
  }
  return context;
}

verbatim_context* TextContext() {
  const std::vector<int32_t> offsets = {0, 1, 2, 3, 5};
  const std::string bytes = "abcab";
  verbatim_vocabulary* vocabulary = nullptr;
  Require(verbatim_vocabulary_create(4, offsets.data(), reinterpret_cast<const uint8_t*>(bytes.data()), &vocabulary) ==
              VERBATIM_OK,
          "vocabulary");
  verbatim_context* context = nullptr;
  Require(verbatim_text_context_create(vocabulary, 0, &context) == VERBATIM_OK, "create");
  verbatim_vocabulary_destroy(vocabulary);
  std::mt19937 random(13);
  for (int part = 0; part < 20; ++part) {
    std::string text(random() % 3'000 + 1, 'a');
    for (char& letter : text) letter = static_cast<char>('a' + random() % 3);
    Require(verbatim_context_append_text(context, reinterpret_cast<const uint8_t*>(text.data()), text.size(), nullptr,
                                         0) == VERBATIM_OK,
            "append");
  }
  return context;
}

/** What may come after each token of a quote that takes the last of the tokens that may. */
std::vector<size_t> Quote(const verbatim_context* context, bool is_text) {
  verbatim_matcher* matcher = nullptr;
  Require(verbatim_matcher_create(context, &matcher) == VERBATIM_OK, "matcher");
  verbatim_text_span span = {};
  span.struct_size = sizeof span;
  span.max_bytes = 4096;
  const verbatim_status begun =
      is_text ? verbatim_matcher_begin_text(matcher, &span) : verbatim_matcher_begin(matcher, nullptr, 0);
  Require(begun == VERBATIM_OK, "begin");
  std::vector<size_t> counts;
  for (int depth = 0; depth < 30; ++depth) {
    const int32_t* ids = nullptr;
    size_t count = 0;
    Require(verbatim_matcher_allowed(matcher, &ids, &count) == VERBATIM_OK, "allowed");
    counts.push_back(count);
    if (count == 0) break;
    Require(verbatim_matcher_advance(matcher, ids[count - 1]) == VERBATIM_OK, "advance");
  }
  verbatim_matcher_destroy(matcher);
  return counts;
}

/** Compacts a fork in a thread, while forks of the same context quote, the context itself, or nothing does. */
void CompactMeanwhile(verbatim_context* context, bool is_text) {
  verbatim_context* compacted = nullptr;
  Require(verbatim_context_fork(context, &compacted) == VERBATIM_OK, "fork");
  std::thread thread(
      [compacted] { Require(verbatim_context_compact(compacted) == VERBATIM_OK, "compact in a thread"); });
  std::vector<std::vector<size_t>> quotes;
  for (int round = 0; round < 10; ++round) {
    verbatim_context* fork = nullptr;
    Require(verbatim_context_fork(context, &fork) == VERBATIM_OK, "fork meanwhile");
    Require(verbatim_context_bytes(context) > 0, "bytes meanwhile");
    if (round % 3 != 0) quotes.push_back(Quote(fork, is_text));
    if (round % 4 == 0) quotes.push_back(Quote(context, is_text));
    verbatim_context_destroy(fork);
  }
  verbatim_context_destroy(context);
  thread.join();
  const std::vector<size_t> expected = Quote(compacted, is_text);
  for (const std::vector<size_t>& quote : quotes) Require(quote == expected, "quotes meanwhile are the same");
  verbatim_context_destroy(compacted);
}

/** Searches forks of text that is not indexed at once, some of them compacted or changed first, and frees one. */
void SearchAtOnce() {
  verbatim_context* context = TextContext();
  const size_t length = verbatim_context_length(context);
  const std::string text(3'000, 'b');
  std::vector<verbatim_context*> forks(kThreads);
  for (verbatim_context*& fork : forks) Require(verbatim_context_fork(context, &fork) == VERBATIM_OK, "fork");
  verbatim_context_destroy(context);
  std::vector<std::vector<size_t>> quotes(kThreads);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      if (i == 1) Require(verbatim_context_compact(forks[i]) == VERBATIM_OK, "compact");
      if (i == 2) {
        const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
        Require(verbatim_context_append_text(forks[i], bytes, text.size(), nullptr, 0) == VERBATIM_OK, "append");
        Require(Quote(forks[i], true).front() > 0, "a longer fork is quoted");
        Require(verbatim_context_truncate(forks[i], length) == VERBATIM_OK, "truncate");
      }
      if (i == 3) Require(verbatim_context_bytes(forks[i]) > length, "bytes");
      if (i > 0) quotes[i] = Quote(forks[i], true);
      verbatim_context_destroy(forks[i]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  verbatim_context* alone = TextContext();
  const std::vector<size_t> expected = Quote(alone, true);
  for (size_t i = 1; i < kThreads; ++i) Require(quotes[i] == expected, "quotes of forks at once are the same");
  verbatim_context_destroy(alone);
}

}  // namespace

int main() {
  for (int round = 0; round < 10; ++round) {
    SearchAtOnce();
    CompactMeanwhile(TokenContext(), false);
    CompactMeanwhile(TextContext(), true);
  }

  const verbatim_context_options options{sizeof(options), kVocabulary, 0, nullptr, 0};
  verbatim_context* base = nullptr;
  Require(verbatim_context_create(&options, &base) == VERBATIM_OK, "create");
  std::mt19937 random(7);
  std::vector<int32_t> tokens(30'000);
  for (int32_t& token : tokens) token = static_cast<int32_t>(random() % (random() % 2 == 0 ? 40 : kVocabulary));
  Require(verbatim_context_append(base, tokens.data(), tokens.size(), 0) == VERBATIM_OK, "append");
  Require(verbatim_context_compact(base) == VERBATIM_OK, "compact");
  for (int round = 0; round < 4; ++round) {
    std::vector<std::thread> threads;
    for (uint32_t i = 0; i < kThreads; ++i) {
      threads.emplace_back(Work, base, i + 100 * static_cast<uint32_t>(round));
    }
    for (std::thread& thread : threads) thread.join();
  }
  verbatim_context_destroy(base);
  std::printf("%d threads on one shared context: no report\n", kThreads);
  return 0;
}
