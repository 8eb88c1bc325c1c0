/**
 * Sessions in threads, for ThreadSanitizer: forks of one compacted context, each in a thread of its own, append,
 * truncate and quote at once, while forks of the same blocks come and go. What is indexed is shared and must not
 * change.
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
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

}  // namespace

int main() {
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
