#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "../../../cuda/include/verbatim_cuda.h"
#include "oracle/text.hpp"
#include "random.hpp"

/** Random engines, and random texts for them. */

namespace verbatim::cuda::tests {

struct Plan {
  vbt_engine_options options = {};
  /** options.barriers points into a copy of its own: ask Options(). */
  std::vector<int32_t> barriers;
  /** What texts are made of; few, so that matches are long. */
  std::vector<int32_t> letters;
  /** Tokens of a context, of a sequence beyond it, and of one append, at most. */
  int32_t max_context = 0;
  int32_t max_tokens = 0;
  int32_t max_append = 0;
  /** Rows of logits that are compared at once. */
  int32_t max_logits_rows = 0;
  /** Tokens of a quote before a random one closes it. */
  int32_t patience = 0;
  bool is_large = false;

  vbt_engine_options Options() const {
    vbt_engine_options given = options;
    given.barriers = barriers.empty() ? nullptr : barriers.data();
    given.barrier_count = barriers.size();
    return given;
  }

  Rules MakeRules() const {
    Rules rules = {
        options.vocab_size,      options.start_token,           options.end_token, {}, options.max_span_tokens,
        options.min_span_tokens, options.recall_generated != 0, options.max_spans};
    rules.barriers.insert(barriers.begin(), barriers.end());
    rules.barriers.insert(options.end_token);
    if (options.start_token != -1) rules.barriers.insert(options.start_token);
    return rules;
  }
};

inline std::vector<int32_t> DistinctIds(Random& random, int32_t vocab_size, int32_t count) {
  std::set<int32_t> ids;
  while (static_cast<int32_t>(ids.size()) < count) {
    // The first and the last words of a bitmask are where mistakes are made.
    const int32_t near_edge = random.OneIn(2) ? random.Skewed(vocab_size) : vocab_size - 1 - random.Skewed(vocab_size);
    ids.insert(random.OneIn(3) ? near_edge : random.Below(vocab_size));
  }
  std::vector<int32_t> shuffled(ids.begin(), ids.end());
  random.Shuffle(shuffled);
  return shuffled;
}

/** The ids of a plan's delimiters, barriers and letters. */
inline void ChooseIds(Random& random, Plan& plan, int32_t letters) {
  vbt_engine_options& options = plan.options;
  const int32_t barriers = random.OneIn(2) ? 0 : random.Between(1, 3);
  const int32_t wanted = std::min(2 + barriers + letters, options.vocab_size);
  std::vector<int32_t> ids = DistinctIds(random, options.vocab_size, wanted);
  options.end_token = ids[0];
  options.start_token = random.OneIn(6) ? -1 : ids[1];
  for (size_t index = 2; index < ids.size(); ++index) {
    const bool is_barrier = static_cast<int32_t>(index) < 2 + barriers && index + 1 < ids.size();
    (is_barrier ? plan.barriers : plan.letters).push_back(ids[index]);
  }
  // A barrier may be named twice, and a delimiter may be named as one.
  if (barriers > 0 && random.OneIn(3)) plan.barriers.push_back(ids[static_cast<size_t>(random.Below(2))]);
}

inline float RandomMaskValue(Random& random) {
  if (!random.OneIn(3)) return -std::numeric_limits<float>::infinity();
  return random.Of({-1e4F, -65'504.0F, -1e30F, -1.0F / 3, 0.0F, 1e-7F, std::numeric_limits<float>::lowest()});
}

/** Engines over contexts of a few hundred tokens at most: everything happens often. */
inline Plan SmallPlan(Random& random) {
  Plan plan;
  vbt_engine_defaults(&plan.options, sizeof plan.options);
  vbt_engine_options& options = plan.options;
  options.vocab_size = random.OneIn(40) ? 151'669 : random.Between(3, 40);
  if (random.OneIn(6)) options.vocab_size = random.Of({31, 32, 33, 64, 65, 100, 127, 128, 129, 1'000});
  ChooseIds(random, plan, random.Of({1, 2, 2, 3, 5, 24}));
  options.max_span_tokens = random.OneIn(3) ? random.Between(1, 6) : random.Of({12, 40, 128});
  options.min_span_tokens = random.OneIn(2) ? 0 : random.Between(0, std::min(6, options.max_span_tokens));
  options.recall_generated = random.OneIn(5) ? 0 : 1;
  options.mask_value = RandomMaskValue(random);
  options.max_sequences = random.OneIn(5) ? random.Between(1, 2) : random.Between(3, 8);
  options.max_spans = random.OneIn(4) ? random.Between(1, 3) : 64;
  options.pool_bytes = size_t{16} << 20;
  plan.max_context = random.Of({0, 12, 60, 60, 250, 700, 2'500});
  plan.max_tokens = random.OneIn(5) ? random.Between(1, 24) : random.Between(100, 900);
  plan.max_append = random.Of({6, 30, 60});
  plan.patience = random.Of({6, 20, 80, 200});
  plan.max_logits_rows = options.vocab_size > 10'000 ? 3 : options.max_sequences + 2;
  return plan;
}

/** Engines over contexts of 20,000 tokens and more, with thousands of tokens appended; a real vocabulary. */
inline Plan LargePlan(Random& random, int64_t number) {
  Plan plan;
  vbt_engine_defaults(&plan.options, sizeof plan.options);
  vbt_engine_options& options = plan.options;
  options.vocab_size = random.OneIn(2) ? 151'669 : random.Between(300, 2'000);
  // Of two letters every position is a candidate; a text has thousands. Each run has all of these.
  const int32_t letters[] = {1, 2, 30, 1'000, 30'000};
  ChooseIds(random, plan, std::min(letters[number % 5], options.vocab_size - 10));
  options.min_span_tokens = random.OneIn(3) ? random.Between(1, 6) : 0;
  options.recall_generated = random.OneIn(6) ? 0 : 1;
  options.mask_value = RandomMaskValue(random);
  options.max_sequences = 4;
  options.pool_bytes = size_t{64} << 20;
  plan.max_context = random.Between(20'000, 70'000);
  plan.max_tokens = random.Between(5'000, 12'000);
  plan.max_append = 3'000;
  plan.patience = 60;
  plan.max_logits_rows = 2;
  plan.is_large = true;
  return plan;
}

/** A text that the plan's letters make: of one letter, periodic, skewed, uniform, or records whose keys recur. */
inline std::vector<int32_t> MakeText(Random& random, const Plan& plan, int32_t count) {
  const std::vector<int32_t>& letters = plan.letters;
  const auto letter_count = static_cast<int32_t>(letters.size());
  enum Kind { kEqual, kPeriodic, kUniform, kSkewed, kRecords, kKinds };
  const int32_t kind = random.Below(kKinds);
  const int32_t period = random.Between(1, 24);
  std::vector<int32_t> text;
  text.reserve(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; ++i) {
    int32_t letter = 0;
    if (kind == kPeriodic) letter = i % period % letter_count;
    if (kind == kUniform) letter = random.Below(letter_count);
    if (kind == kSkewed) letter = random.Skewed(random.Skewed(letter_count) + 1);
    // Three letters of a key that recurs, then three of a value.
    if (kind == kRecords) letter = i % 6 < 3 ? (i / 6 % 4 + i % 6) % letter_count : random.Skewed(letter_count);
    text.push_back(letters[static_cast<size_t>(letter)]);
  }
  if (count == 0 || random.OneIn(2)) return text;
  // Barriers, and tokens that delimiters and chance strew in.
  for (int32_t strewn = random.Skewed(std::min(count, 12) + 1); strewn > 0; --strewn) {
    int32_t id = random.OneIn(4) ? random.Below(plan.options.vocab_size) : plan.options.end_token;
    if (!plan.barriers.empty() && random.OneIn(2)) id = random.Of(plan.barriers);
    text[static_cast<size_t>(random.Below(count))] = id;
  }
  return text;
}

/** A context's pieces: documents, what no quote may contain, and what is neither. */
inline std::vector<vbt_piece> MakePieces(Random& random, int32_t count) {
  std::vector<vbt_piece> pieces;
  int32_t left = count;
  while (left > 0 || random.OneIn(4)) {
    const int32_t taken = random.OneIn(5) ? 0 : random.Skewed(left + 1);
    const auto flags = static_cast<uint32_t>(random.OneIn(2) ? 0 : random.Below(4));
    pieces.push_back({static_cast<size_t>(taken), flags});
    left -= taken;
    if (pieces.size() > 12) break;
  }
  if (left > 0) pieces.push_back({static_cast<size_t>(left), 0});
  return pieces;
}

}  // namespace verbatim::cuda::tests
