/**
 * Random contexts of text through the C ABI, small ones and ones large enough to be indexed: every token is allowed if
 * and only if advancing with it succeeds, rewinding leads back to the same set, and a closed quote stands where
 * verbatim_context_find_text says. Run under sanitizers by scripts/sanitize.sh.
 * usage: text [rounds] [seed]
 */
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "../../native/engine/verbatim.h"

namespace {

#define CHECK(condition)                                                                             \
  do {                                                                                               \
    if (!(condition)) {                                                                              \
      std::fprintf(stderr, "round %d of seed %d, line %d: %s\n", round, seed, __LINE__, #condition); \
      std::exit(1);                                                                                  \
    }                                                                                                \
  } while (false)

using Bytes = std::vector<uint8_t>;

class Source {
 public:
  explicit Source(uint32_t seed) : engine_(seed) {}
  int below(int bound) { return static_cast<int>(engine_() % static_cast<uint32_t>(bound)); }
  Bytes text(int length, int letters) {
    Bytes bytes;
    for (int i = 0; i < length; ++i)
      bytes.push_back(below(12) == 0 ? uint8_t(0x80 + below(0x80)) : uint8_t('a' + below(letters)));
    return bytes;
  }

 private:
  std::mt19937 engine_;
};

struct Vocabulary {
  std::vector<int32_t> offsets = {0};
  Bytes bytes;
  int32_t size() const { return static_cast<int32_t>(offsets.size()) - 1; }
  void add(const Bytes& token) {
    bytes.insert(bytes.end(), token.begin(), token.end());
    offsets.push_back(static_cast<int32_t>(bytes.size()));
  }
};

int steps = 0;
int closed = 0;

std::vector<int32_t> Allowed(verbatim_matcher* matcher) {
  const int32_t* ids = nullptr;
  size_t count = 0;
  if (verbatim_matcher_allowed(matcher, &ids, &count) != VERBATIM_OK) std::abort();
  return {ids, ids + count};
}

void Quote(Source& source, const Vocabulary& vocabulary, verbatim_context* context, int round, int seed) {
  verbatim_matcher* matcher = nullptr;
  CHECK(verbatim_matcher_create(context, &matcher) == VERBATIM_OK);
  const int32_t length = static_cast<int32_t>(verbatim_context_length(context));
  const verbatim_range range = {source.below(length + 1), length};
  const Bytes tag = source.text(1 + source.below(3), 2);
  verbatim_text_span span = {};
  span.struct_size = sizeof span;
  span.ranges = source.below(3) == 0 ? &range : nullptr;
  span.range_count = 1;
  span.tag = tag.data();
  span.tag_length = source.below(5) == 0 ? 0 : tag.size();
  span.min_bytes = source.below(3) == 0 ? source.below(6) : 0;
  span.max_bytes = source.below(3) == 0 ? 1 + source.below(20) : 1 << 30;
  CHECK(verbatim_matcher_begin_text(matcher, &span) == VERBATIM_OK);
  Bytes taken;
  for (int step = 0; step < 8; ++step) {
    const std::vector<int32_t> allowed = Allowed(matcher);
    CHECK(std::is_sorted(allowed.begin(), allowed.end()));
    const size_t depth = verbatim_matcher_depth(matcher);
    for (int32_t token = 0; token < vocabulary.size(); ++token) {
      const bool listed = std::binary_search(allowed.begin(), allowed.end(), token);
      const verbatim_status status = verbatim_matcher_advance(matcher, token);
      CHECK((status == VERBATIM_OK) == listed);
      if (status == VERBATIM_OK) CHECK(verbatim_matcher_rewind(matcher, depth) == VERBATIM_OK);
      ++steps;
    }
    CHECK(Allowed(matcher) == allowed);
    std::vector<int32_t> draft(4);
    size_t drafted = 0;
    CHECK(verbatim_matcher_draft(matcher, draft.size(), source.below(2), draft.data(), &drafted) == VERBATIM_OK);
    for (size_t i = 0; i < drafted; ++i) CHECK(verbatim_matcher_advance(matcher, draft[i]) == VERBATIM_OK);
    CHECK(verbatim_matcher_rewind(matcher, depth) == VERBATIM_OK);
    if (allowed.empty()) break;
    const int32_t token = allowed[static_cast<size_t>(source.below(static_cast<int>(allowed.size())))];
    CHECK(verbatim_matcher_advance(matcher, token) == VERBATIM_OK);
    taken.insert(taken.end(), vocabulary.bytes.begin() + vocabulary.offsets[static_cast<size_t>(token)],
                 vocabulary.bytes.begin() + vocabulary.offsets[static_cast<size_t>(token) + 1]);
    verbatim_text_state state = {};
    CHECK(verbatim_matcher_text_state(matcher, &state) == VERBATIM_OK);
    if (state.closed_at < 0) continue;
    ++closed;
    CHECK(Allowed(matcher).empty());
    int32_t start = -1;
    size_t count = 0;
    CHECK(verbatim_context_find_text(context, taken.data(), static_cast<size_t>(state.closed_at), span.ranges, 1, 1,
                                     &start, &count) == VERBATIM_OK);
    CHECK(state.closed_at == 0 || count == 1);
    break;
  }
  verbatim_matcher_destroy(matcher);
}

void Round(int round, int seed) {
  Source source(static_cast<uint32_t>(seed * 100'003 + round));
  const int letters = 1 + source.below(4);
  Vocabulary vocabulary;
  for (int byte = 0; byte < 3; ++byte) vocabulary.add({static_cast<uint8_t>('a' + byte)});
  for (int i = source.below(30); i > 0; --i) vocabulary.add(source.text(source.below(6), letters));
  verbatim_vocabulary* shared = nullptr;
  CHECK(verbatim_vocabulary_create(vocabulary.size(), vocabulary.offsets.data(), vocabulary.bytes.data(), &shared) ==
        VERBATIM_OK);
  verbatim_context* context = nullptr;
  CHECK(verbatim_text_context_create(shared, 0, &context) == VERBATIM_OK);
  verbatim_vocabulary_destroy(shared);
  const int most = source.below(8) == 0 ? 6000 : 60;
  for (int i = 1 + source.below(4); i > 0; --i) {
    const Bytes text = source.text(source.below(most), letters);
    Bytes edges;
    for (size_t j = 0; j < text.size(); ++j) edges.push_back(source.below(2) == 0);
    const uint32_t flags = source.below(6) == 0 ? VERBATIM_UNSEARCHABLE : source.below(2) * VERBATIM_NEW_RUN;
    CHECK(verbatim_context_append_text(context, text.data(), text.size(), source.below(3) == 0 ? edges.data() : nullptr,
                                       flags) == VERBATIM_OK);
    if (source.below(3) == 0) CHECK(verbatim_context_compact(context) == VERBATIM_OK);
    if (source.below(4) == 0) {
      const size_t length = static_cast<size_t>(source.below(static_cast<int>(verbatim_context_length(context)) + 1));
      CHECK(verbatim_context_truncate(context, length) == VERBATIM_OK);
    }
    Quote(source, vocabulary, context, round, seed);
  }
  verbatim_context* fork = nullptr;
  CHECK(verbatim_context_fork(context, &fork) == VERBATIM_OK);
  verbatim_context_destroy(context);
  Quote(source, vocabulary, fork, round, seed);
  verbatim_context_destroy(fork);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 300;
  const int seed = argc > 2 ? std::atoi(argv[2]) : 1;
  for (int round = 0; round < rounds; ++round) Round(round, seed);
  if (steps < 1000 || closed < 10) return std::fprintf(stderr, "Nothing was tested\n"), 1;
  std::printf("text: %d rounds, %d steps, %d quotes closed\n", rounds, steps, closed);
  return 0;
}
