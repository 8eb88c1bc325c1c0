/**
 * The fuzz target of the C ABI: bytes become verbs on contexts and matchers, and after each the engine must say what
 * the oracle says. It runs under libFuzzer (scripts/fuzz.sh) and, with main.cpp, without it (scripts/sanitize.sh).
 */
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <set>
#include <vector>

#include "../../native/include/verbatim.h"
#include "input.hpp"
#include "oracle.hpp"

namespace {

/** Allocations that still succeed; negative: all of them. Counted down where a verb runs under scarce memory. */
thread_local long allocations_left = -1;

}  // namespace

void* operator new(size_t size) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace {

struct ContextDeleter {
  void operator()(verbatim_context* context) const { verbatim_context_destroy(context); }
};
struct MatcherDeleter {
  void operator()(verbatim_matcher* matcher) const { verbatim_matcher_destroy(matcher); }
};

/** A context and what it should hold. */
struct Pair {
  std::unique_ptr<verbatim_context, ContextDeleter> context;
  Oracle oracle;
};

constexpr int32_t kVocabularies[] = {2, 3, 17, 300, 70'000, 1'000'000};
/** Bounds the oracle's work for one input. */
constexpr int32_t kMaxTokens = 6'000;

class Run {
 public:
  Run(const uint8_t* data, size_t size) : input_(data, size) {
    vocab_size_ = kVocabularies[input_.Below(std::size(kVocabularies))];
    alphabet_ = 1 + static_cast<int32_t>(input_.Below(static_cast<uint32_t>(std::min(vocab_size_, 60))));
    if (input_.OneIn(2)) barriers_.insert(vocab_size_ - 1);
    const std::vector<int32_t> barriers(barriers_.begin(), barriers_.end());
    const verbatim_context_options options{sizeof(options), vocab_size_, kMaxTokens, barriers.data(), barriers.size()};
    verbatim_context* context = nullptr;
    REQUIRE(verbatim_context_create(&options, &context) == VERBATIM_OK);
    pairs_.push_back({std::unique_ptr<verbatim_context, ContextDeleter>(context), {}});
  }

  void All() {
    for (int step = 0; !input_.ended() && step < 40; ++step) {
      switch (input_.Below(8)) {
        case 0:
        case 1:
        case 2:
          Append();
          break;
        case 3:
          Truncate();
          break;
        case 4:
          Fork();
          break;
        case 5:
          if (input_.OneIn(3)) REQUIRE(verbatim_context_compact(now().context.get()) == VERBATIM_OK);
          break;
        case 6:
          Misuse();
          break;
        default:
          Scarcely();
          break;
      }
      CheckTokens();
      Quote();
    }
  }

 private:
  Pair& now() { return pairs_[current_]; }

  /** Some tokens, of a shape that the input picks; large appends cross the engine's block sizes. */
  std::vector<int32_t> Tokens() {
    const size_t count = input_.OneIn(4) ? input_.Below(3'000) : input_.Below(200);
    const uint32_t shape = input_.Below(5);
    const size_t period = 1 + input_.Below(40);
    std::vector<int32_t> tokens;
    const std::vector<Oracle::Token>& before = now().oracle.tokens;
    uint32_t noise = input_.Two() | 1;
    for (size_t i = 0; i < count; ++i) {
      noise = noise * 1'664'525 + 1'013'904'223;
      const int32_t random = static_cast<int32_t>((noise >> 8) % static_cast<uint32_t>(alphabet_));
      int32_t token = random;
      if (shape == 1) token = static_cast<int32_t>(i % period) % alphabet_;
      if (shape == 2) token = 0;
      if (shape == 3 && before.size() > period) token = before[(before.size() / 2 + i) % before.size()].id;
      if (shape == 4 && i % 24 != 7) token = static_cast<int32_t>(i % 24) % alphabet_;
      tokens.push_back(noise % 997 == 0 ? vocab_size_ - 1 : token);
    }
    return tokens;
  }

  void Append() {
    const std::vector<int32_t> tokens = Tokens();
    const bool searchable = !input_.OneIn(8);
    const bool new_run = input_.OneIn(4);
    const uint32_t flags =
        (searchable ? 0u : uint32_t{VERBATIM_UNSEARCHABLE}) | (new_run ? uint32_t{VERBATIM_NEW_RUN} : 0u);
    const bool one_by_one = input_.OneIn(4);
    if (static_cast<size_t>(now().oracle.length()) + tokens.size() > kMaxTokens) {
      REQUIRE(verbatim_context_append(now().context.get(), tokens.data(), tokens.size(), flags) ==
              VERBATIM_CONTEXT_FULL);
      return;
    }
    if (one_by_one) {
      for (const int32_t token : tokens) {
        REQUIRE(verbatim_context_append(now().context.get(), &token, 1, flags) == VERBATIM_OK);
        now().oracle.Append({token}, barriers_, searchable, new_run);
      }
    } else {
      REQUIRE(verbatim_context_append(now().context.get(), tokens.data(), tokens.size(), flags) == VERBATIM_OK);
      now().oracle.Append(tokens, barriers_, searchable, new_run);
    }
  }

  void Truncate() {
    const uint32_t length = static_cast<uint32_t>(now().oracle.length());
    const uint32_t kept = input_.OneIn(3) ? input_.Below(length + 1) : length - std::min(length, input_.Below(64));
    REQUIRE(verbatim_context_truncate(now().context.get(), kept) == VERBATIM_OK);
    now().oracle.tokens.resize(kept);
  }

  void Fork() {
    verbatim_context* fork = nullptr;
    REQUIRE(verbatim_context_fork(now().context.get(), &fork) == VERBATIM_OK);
    pairs_.push_back({std::unique_ptr<verbatim_context, ContextDeleter>(fork), now().oracle});
    if (pairs_.size() > 4) pairs_.erase(pairs_.begin());
    current_ = input_.Below(static_cast<uint32_t>(pairs_.size()));
  }

  /** A verb that runs out of memory changes nothing; the same verb with enough of it does what it should. */
  void Scarcely() {
    const long allowance = static_cast<long>(input_.Below(24));
    const std::vector<int32_t> tokens = Tokens();
    verbatim_context* context = now().context.get();
    const size_t length = now().oracle.tokens.size();
    const size_t kept = input_.Below(static_cast<uint32_t>(length) + 1);
    const bool appends = input_.OneIn(2) && length + tokens.size() <= kMaxTokens;
    allocations_left = allowance;
    const verbatim_status status = appends ? verbatim_context_append(context, tokens.data(), tokens.size(), 0)
                                           : verbatim_context_truncate(context, kept);
    allocations_left = -1;
    REQUIRE(status == VERBATIM_OK || status == VERBATIM_OUT_OF_MEMORY);
    if (status != VERBATIM_OK) return;
    if (appends) {
      now().oracle.Append(tokens, barriers_, true, false);
    } else {
      now().oracle.tokens.resize(kept);
    }
  }

  /** The same for a step of a quote. */
  verbatim_status AdvanceScarcely(verbatim_matcher* matcher, int32_t token) {
    allocations_left = static_cast<long>(input_.Below(6));
    const verbatim_status status = verbatim_matcher_advance(matcher, token);
    allocations_left = static_cast<long>(input_.Below(6));
    const int32_t* ids = nullptr;
    size_t count = 0;
    const verbatim_status listed = verbatim_matcher_allowed(matcher, &ids, &count);
    allocations_left = -1;
    REQUIRE(listed == VERBATIM_OK || listed == VERBATIM_OUT_OF_MEMORY);
    return status == VERBATIM_OUT_OF_MEMORY ? verbatim_matcher_advance(matcher, token) : status;
  }

  /** Wrong arguments are refused and change nothing. */
  void Misuse() {
    verbatim_context* context = now().context.get();
    const int32_t outside = input_.OneIn(2) ? -1 : vocab_size_;
    REQUIRE(verbatim_context_append(context, &outside, 1, 0) == VERBATIM_INVALID_ARGUMENT);
    REQUIRE(verbatim_context_append(context, nullptr, 1, 0) == VERBATIM_INVALID_ARGUMENT);
    REQUIRE(verbatim_context_append(context, nullptr, 0, 64) == VERBATIM_INVALID_ARGUMENT);
    REQUIRE(verbatim_context_truncate(context, now().oracle.tokens.size() + 1) == VERBATIM_INVALID_ARGUMENT);
    int32_t token = 0;
    REQUIRE(verbatim_context_read(context, now().oracle.tokens.size(), 1, &token) == VERBATIM_INVALID_ARGUMENT);
  }

  void CheckTokens() {
    std::vector<int32_t> tokens(now().oracle.tokens.size());
    REQUIRE(verbatim_context_length(now().context.get()) == tokens.size());
    REQUIRE(verbatim_context_read(now().context.get(), 0, tokens.size(), tokens.data()) == VERBATIM_OK);
    for (size_t i = 0; i < tokens.size(); ++i) REQUIRE(tokens[i] == now().oracle.tokens[i].id);
  }

  /** One quote: a walk through the candidates, compared at each step. */
  void Quote() {
    verbatim_matcher* created = nullptr;
    REQUIRE(verbatim_matcher_create(now().context.get(), &created) == VERBATIM_OK);
    const std::unique_ptr<verbatim_matcher, MatcherDeleter> matcher(created);
    std::vector<Oracle::Range> ranges;
    const bool restricted = input_.OneIn(4);
    if (restricted) ranges = Ranges();
    const std::vector<Oracle::Range>* within = restricted ? &ranges : nullptr;
    std::vector<verbatim_range> abi_ranges;
    for (const Oracle::Range& range : ranges) abi_ranges.push_back({range.start, range.end});
    abi_ranges.push_back({});  // So that data() is not null where there are no ranges.
    if (restricted) {
      REQUIRE(verbatim_matcher_begin(matcher.get(), abi_ranges.data(), ranges.size()) == VERBATIM_OK);
    }
    std::vector<int32_t> quote;
    const uint32_t steps = input_.Below(24);
    for (uint32_t step = 0; step <= steps; ++step) {
      const std::set<int32_t> allowed = now().oracle.Allowed(quote, within);
      CheckAllowed(matcher.get(), allowed);
      CheckDerived(matcher.get(), quote, within);
      if (input_.OneIn(12)) {
        quote.resize(input_.Below(static_cast<uint32_t>(quote.size()) + 1));
        REQUIRE(verbatim_matcher_rewind(matcher.get(), quote.size()) == VERBATIM_OK);
        continue;
      }
      int32_t token = static_cast<int32_t>(input_.Below(static_cast<uint32_t>(vocab_size_)));
      if (!allowed.empty() && !input_.OneIn(8)) {
        token = *std::next(allowed.begin(),
                           static_cast<std::ptrdiff_t>(input_.Below(static_cast<uint32_t>(allowed.size()))));
      }
      const bool is_allowed = allowed.contains(token);
      const verbatim_status status =
          input_.OneIn(4) ? AdvanceScarcely(matcher.get(), token) : verbatim_matcher_advance(matcher.get(), token);
      REQUIRE(status == (is_allowed ? VERBATIM_OK : VERBATIM_NOT_ALLOWED));
      if (is_allowed) quote.push_back(token);
    }
    REQUIRE(verbatim_matcher_advance(matcher.get(), vocab_size_) == VERBATIM_INVALID_ARGUMENT);
    CheckStale(matcher.get());
    if (!quote.empty()) ++quotes_checked;
  }

  std::vector<Oracle::Range> Ranges() {
    std::vector<Oracle::Range> ranges;
    int32_t start = 0;
    for (uint32_t i = input_.Below(4); i > 0 && start <= now().oracle.length(); --i) {
      start += static_cast<int32_t>(input_.Below(static_cast<uint32_t>(now().oracle.length() - start) + 1));
      const int32_t end =
          start + static_cast<int32_t>(input_.Below(static_cast<uint32_t>(now().oracle.length() - start) + 1));
      ranges.push_back({start, end});
      start = end;
    }
    return ranges;
  }

  void CheckAllowed(verbatim_matcher* matcher, const std::set<int32_t>& allowed) {
    const int32_t* ids = nullptr;
    size_t count = 0;
    if (input_.OneIn(8)) {
      allocations_left = static_cast<long>(input_.Below(4));
      const verbatim_status status = verbatim_matcher_allowed(matcher, &ids, &count);
      allocations_left = -1;
      REQUIRE(status == VERBATIM_OK || status == VERBATIM_OUT_OF_MEMORY);
    }
    REQUIRE(verbatim_matcher_allowed(matcher, &ids, &count) == VERBATIM_OK);
    REQUIRE(std::equal(ids, ids + count, allowed.begin(), allowed.end()));
    const uint32_t* words = nullptr;
    size_t word_count = 0;
    REQUIRE(verbatim_matcher_bitmask(matcher, &words, &word_count) == VERBATIM_OK);
    REQUIRE(word_count == (static_cast<size_t>(vocab_size_) + 31) / 32);
    size_t bits = 0;
    for (size_t i = 0; i < word_count; ++i) bits += static_cast<size_t>(__builtin_popcount(words[i]));
    REQUIRE(bits == allowed.size());
    for (const int32_t id : allowed) REQUIRE((words[id / 32] >> (id % 32) & 1) != 0);
    int is_allowed = -1;
    const int32_t probe = static_cast<int32_t>(input_.Below(static_cast<uint32_t>(vocab_size_)));
    REQUIRE(verbatim_matcher_allows(matcher, probe, &is_allowed) == VERBATIM_OK);
    REQUIRE((is_allowed == 1) == allowed.contains(probe));
  }

  /** Drafts and sources, now and then. */
  void CheckDerived(verbatim_matcher* matcher, const std::vector<int32_t>& quote,
                    const std::vector<Oracle::Range>* ranges) {
    if (!input_.OneIn(6)) return;
    std::vector<int32_t> written(1 + input_.Below(12));
    size_t count = 0;
    REQUIRE(verbatim_matcher_draft(matcher, written.size(), 0, written.data(), &count) == VERBATIM_OK);
    const std::vector<int32_t> draft = now().oracle.Draft(quote, ranges, written.size());
    REQUIRE(
        std::equal(draft.begin(), draft.end(), written.begin(), written.begin() + static_cast<std::ptrdiff_t>(count)));
    REQUIRE(verbatim_matcher_draft(matcher, written.size(), 1, written.data(), &count) == VERBATIM_OK);
    const std::vector<int32_t> latest = now().oracle.DraftLatest(quote, ranges, written.size());
    REQUIRE(std::equal(latest.begin(), latest.end(), written.begin(),
                       written.begin() + static_cast<std::ptrdiff_t>(count)));
    REQUIRE(verbatim_matcher_sources(matcher, nullptr, 0, written.size(), written.data(), &count) == VERBATIM_OK);
    std::vector<int32_t> sources = quote.empty() ? quote : now().oracle.Candidates(quote, ranges);
    if (sources.size() > written.size()) sources.resize(written.size());
    REQUIRE(std::equal(sources.begin(), sources.end(), written.begin(),
                       written.begin() + static_cast<std::ptrdiff_t>(count)));
  }

  /** A matcher refuses to speak of a context that has changed, until it begins again. */
  void CheckStale(verbatim_matcher* matcher) {
    if (now().oracle.length() >= kMaxTokens || !input_.OneIn(4)) return;
    const int32_t token = 0;
    REQUIRE(verbatim_context_append(now().context.get(), &token, 1, 0) == VERBATIM_OK);
    now().oracle.Append({token}, barriers_, true, false);
    REQUIRE(verbatim_matcher_advance(matcher, token) == VERBATIM_STALE);
    REQUIRE(verbatim_matcher_begin(matcher, nullptr, 0) == VERBATIM_OK);
    CheckAllowed(matcher, now().oracle.Allowed({}, nullptr));
  }

  Input input_;
  int32_t vocab_size_ = 0;
  int32_t alphabet_ = 0;
  std::set<int32_t> barriers_;
  std::vector<Pair> pairs_;
  size_t current_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Run(data, size).All();
  return 0;
}
