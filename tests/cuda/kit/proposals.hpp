#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "logits.hpp"
#include "oracle/engine.hpp"
#include "plan.hpp"
#include "random.hpp"

/** Random arguments that lead somewhere: most tokens are allowed, most rows name a sequence. */

namespace verbatim::cuda::tests {

class Proposals {
 public:
  Proposals(const Plan& plan, EngineOracle& oracle, Random& random) : plan_(plan), oracle_(oracle), random_(random) {}

  /** A token that a sequence is likely to accept. */
  int32_t Token(const SequenceOracle& sequence) {
    if (random_.OneIn(60)) return -1;
    if (random_.OneIn(150)) {
      const int32_t vocab_size = plan_.options.vocab_size;
      return random_.Of(
          {-2, vocab_size, vocab_size + 31, std::numeric_limits<int32_t>::max(), std::numeric_limits<int32_t>::min()});
    }
    if (random_.OneIn(80)) return random_.Below(plan_.options.vocab_size);
    return sequence.in_span() ? TokenInSpan(sequence) : TokenOutside(sequence);
  }

  std::vector<int32_t> Tokens(const Batch& batch) {
    std::vector<int32_t> tokens;
    for (int32_t row = 0; row < batch.count; ++row) {
      const SequenceOracle* sequence = oracle_.Find(batch.SequenceOf(row));
      tokens.push_back(sequence == nullptr ? random_.Below(plan_.options.vocab_size) : Token(*sequence));
    }
    return tokens;
  }

  /** How many tokens to take back. */
  std::vector<int32_t> Counts(const Batch& batch) {
    std::vector<int32_t> counts;
    for (int32_t row = 0; row < batch.count; ++row) {
      const SequenceOracle* sequence = oracle_.Find(batch.SequenceOf(row));
      const int32_t own = sequence == nullptr ? 0 : sequence->length() - sequence->context_length();
      int32_t count = random_.OneIn(4) ? 0 : random_.Skewed(random_.Skewed(own + 1) + 1);
      if (random_.OneIn(60)) {
        count = random_.Of({-1, own + 1, std::numeric_limits<int32_t>::max(), std::numeric_limits<int32_t>::min()});
      }
      counts.push_back(count);
    }
    return counts;
  }

  int64_t TruncatedLength(const SequenceOracle& sequence) {
    if (random_.OneIn(16)) return sequence.length() + random_.Between(1, 3);
    if (random_.OneIn(16) && sequence.context_length() > 0) return random_.Below(sequence.context_length());
    if (random_.OneIn(40)) return int64_t{1} << random_.Between(20, 40);
    const int32_t own = sequence.length() - sequence.context_length();
    const bool goes_far = random_.OneIn(plan_.is_large ? 12 : 3);
    return sequence.length() - (goes_far ? random_.Below(own + 1) : random_.Skewed(std::min(own, 8) + 1));
  }

  Batch Rows(int32_t most) {
    Batch batch;
    std::vector<int32_t> rows = oracle_.OpenSequences();
    random_.Shuffle(rows);
    if (random_.OneIn(6)) {
      batch.count = std::min(random_.Between(0, oracle_.max_sequences() + 1), most);
      return batch;
    }
    if (random_.OneIn(3)) rows.resize(static_cast<size_t>(random_.Below(static_cast<int32_t>(rows.size()) + 1)));
    if (random_.OneIn(4)) {
      for (int32_t odd = random_.Between(1, 3); odd > 0; --odd) {
        const auto place = random_.Below(static_cast<int32_t>(rows.size()) + 1);
        rows.insert(rows.begin() + place, OddRow(rows));
      }
    }
    if (static_cast<int32_t>(rows.size()) > most) rows.resize(static_cast<size_t>(most));
    batch.count = static_cast<int32_t>(rows.size());
    batch.sequences = std::move(rows);
    return batch;
  }

  /** What a span of vbt_begin_span searches; its ends are NULL's. */
  Scope SpanScope(const SequenceOracle& sequence) {
    Scope scope = {std::nullopt, {plan_.options.end_token}};
    if (random_.OneIn(2)) return scope;
    scope.ranges.emplace();
    int32_t start = 0;
    const int32_t end = sequence.length() + (random_.OneIn(3) ? 10 : 0);
    for (int32_t ranges = random_.Below(VBT_MAX_RANGES + 1); ranges > 0 && start <= end; --ranges) {
      const int32_t from = start + random_.Skewed(random_.Skewed(end - start + 1) + 1);
      const int32_t to = from + random_.Below(end - from + 1);
      scope.ranges->push_back({from, to});
      start = to;
    }
    return scope;
  }

  std::vector<int32_t> Ends() {
    std::vector<int32_t> ends;
    for (int32_t count = random_.Below(VBT_MAX_ENDS + 1); count > 0; --count) {
      ends.push_back(random_.OneIn(3) ? random_.Below(plan_.options.vocab_size) : random_.Of(plan_.letters));
    }
    return ends;
  }

  /** Tokens to append: some of them tokens that the sequence has. */
  std::vector<int32_t> Append(const SequenceOracle& sequence) {
    const int32_t most = plan_.max_append + 1;
    std::vector<int32_t> tokens = MakeText(random_, plan_, plan_.is_large ? random_.Below(most) : random_.Skewed(most));
    if (sequence.length() > 0 && random_.OneIn(3)) {
      const int32_t start = random_.Below(sequence.length());
      const int32_t count = std::min(sequence.length() - start, random_.Skewed(plan_.max_append + 1));
      const auto first = sequence.text().ids().begin() + start;
      tokens.insert(tokens.end(), first, first + count);
    }
    const auto room = static_cast<size_t>(sequence.room());
    if (tokens.size() > room && !random_.OneIn(4)) tokens.resize(room);
    return tokens;
  }

  /** Rows of logits of any type, width and alignment, without values. */
  LogitsImage Logits(int32_t rows, int32_t most_padding) {
    const vbt_dtype dtype = random_.Of({VBT_FLOAT32, VBT_FLOAT32, VBT_FLOAT16, VBT_BFLOAT16});
    const int32_t width = plan_.options.vocab_size + (random_.OneIn(3) ? 0 : random_.Skewed(most_padding));
    const int32_t stride = width + (random_.OneIn(2) ? 0 : random_.Skewed(most_padding));
    return LogitsImage(dtype, rows, width, stride, random_.OneIn(3) ? 0 : random_.Below(9));
  }

 private:
  int32_t TokenInSpan(const SequenceOracle& sequence) {
    const std::vector<int32_t>& continuations = sequence.Continuations();
    const std::vector<int32_t>& ends = sequence.OpenSpan()->scope.ends;
    const bool ends_here = continuations.empty() || random_.OneIn(plan_.patience);
    if (ends_here && !ends.empty()) return random_.Of(ends);
    if (continuations.empty() || random_.OneIn(80)) return random_.Of(plan_.letters);
    if (random_.OneIn(2)) return random_.Of(continuations);
    // What stands after some candidate: frequent tokens are drawn more often, so that many candidates stay.
    const std::vector<int32_t>& candidates = sequence.Candidates();
    const int32_t next = random_.Of(candidates) + sequence.depth();
    const int32_t token = next < sequence.OpenSpan()->opened_at ? sequence.text().id(next) : continuations[0];
    return sequence.Allows(token) ? token : random_.Of(continuations);
  }

  int32_t TokenOutside(const SequenceOracle& sequence) {
    if (plan_.options.start_token != -1 && random_.OneIn(3)) return plan_.options.start_token;
    if (random_.OneIn(20)) return plan_.options.end_token;
    // Going on with what already stands there makes generated tokens worth quoting.
    if (sequence.length() > 0 && random_.OneIn(2)) return sequence.text().id(random_.Below(sequence.length()));
    return random_.Of(plan_.letters);
  }

  /** A row without a sequence: empty, outside the table, not open, or named before. */
  int32_t OddRow(const std::vector<int32_t>& rows) {
    if (!rows.empty() && random_.OneIn(3)) return random_.Of(rows);
    const int32_t sequences = oracle_.max_sequences();
    return random_.Of({-1, -1, -2, sequences, random_.Below(sequences), std::numeric_limits<int32_t>::max(),
                       std::numeric_limits<int32_t>::min()});
  }

  const Plan& plan_;
  EngineOracle& oracle_;
  Random& random_;
};

}  // namespace verbatim::cuda::tests
