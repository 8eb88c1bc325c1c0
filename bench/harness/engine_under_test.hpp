#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "../../native/include/verbatim.h"
#include "../baselines.hpp"
#include "program.hpp"

namespace bench {

/** The engine, through its C ABI, behind the verbs of the baselines. */
class Engine {
 public:
  Engine(const std::vector<int32_t>& tokens, int32_t vocab_size) {
    const verbatim_context_options options{sizeof(options), vocab_size, 0, nullptr, 0};
    Check(verbatim_context_create(&options, &context_));
    Append(tokens);
    Check(verbatim_matcher_create(context_, &matcher_));
  }
  ~Engine() {
    verbatim_matcher_destroy(matcher_);
    verbatim_context_destroy(context_);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void Append(const std::vector<int32_t>& tokens) {
    Check(verbatim_context_append(context_, tokens.data(), tokens.size(), 0));
  }
  void Begin() { Check(verbatim_matcher_begin(matcher_, nullptr, 0)); }
  void Advance(int32_t token) { Check(verbatim_matcher_advance(matcher_, token)); }
  const uint32_t* bitmask() {
    const uint32_t* words = nullptr;
    size_t count = 0;
    Check(verbatim_matcher_bitmask(matcher_, &words, &count));
    return words;
  }
  /** Works out the allowed ids; -1 where there are none. */
  int32_t FirstId() {
    const int32_t* ids = nullptr;
    size_t count = 0;
    Check(verbatim_matcher_allowed(matcher_, &ids, &count));
    return count == 0 ? -1 : ids[0];
  }
  /** Whether the ids are ascending, and those of a bitmask. */
  bool IdsAre(const std::vector<uint32_t>& bitmask) {
    const int32_t* ids = nullptr;
    size_t count = 0;
    Check(verbatim_matcher_allowed(matcher_, &ids, &count));
    std::vector<uint32_t> found(bitmask.size());
    for (size_t i = 0; i < count; ++i) baselines::SetBit(found, ids[i]);
    return found == bitmask && std::is_sorted(ids, ids + count);
  }
  size_t bytes() const { return verbatim_context_bytes(context_); }

 private:
  static void Check(verbatim_status status) {
    if (status != VERBATIM_OK) Fail(verbatim_status_message(status));
  }

  verbatim_context* context_ = nullptr;
  verbatim_matcher* matcher_ = nullptr;
};

/** Spans of 32 tokens, quoted from the context itself. */
constexpr int kSpanTokens = 32;

struct Spans {
  const std::vector<int32_t>& text;
  std::vector<size_t> starts;

  /** The same uniform positions on every machine. */
  Spans(const std::vector<int32_t>& context, size_t count) : text(context) {
    std::mt19937 random(5);
    for (size_t i = 0; i < count; ++i) starts.push_back(random() % (context.size() - kSpanTokens));
  }

  int32_t TokenOf(size_t span, int k) const { return text[starts[span] + static_cast<size_t>(k)]; }
};

/** Ends the program where a mask of the first spans is not the rescan's. */
inline void Compare(Engine& engine, baselines::Filter& filter, baselines::Rescan& rescan, const Spans& spans,
                    size_t count) {
  const auto same = [&] {
    const std::vector<uint32_t>& expected = rescan.bitmask();
    if (filter.bitmask() != expected) Fail("the filter's mask is not the rescan's");
    if (!std::equal(expected.begin(), expected.end(), engine.bitmask())) Fail("the engine's mask is not the rescan's");
    if (!engine.IdsAre(expected)) Fail("the engine's ids are not the rescan's");
  };
  for (size_t span = 0; span < count; ++span) {
    engine.Begin();
    filter.Begin();
    rescan.Begin();
    same();
    for (int k = 0; k < kSpanTokens; ++k) {
      const int32_t token = spans.TokenOf(span, k);
      engine.Advance(token);
      filter.Advance(token);
      rescan.Advance(token);
      same();
    }
  }
}

}  // namespace bench
