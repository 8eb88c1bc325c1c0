#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "../../../../cuda/include/verbatim_cuda.h"

/**
 * The oracle of the CUDA library's tests: docs/semantics.md by brute force over plain arrays. It shares no line with
 * the library, so that a mistake would have to be made twice, in two different ways, to go unnoticed.
 */

namespace verbatim::cuda::tests {

/** What an engine was told, as far as the rules depend on it. */
struct Rules {
  int32_t vocab_size = 0;
  /** -1: none. */
  int32_t start_token = -1;
  int32_t end_token = 0;
  /** Ids that are never part of a quote, the start and the end token included. */
  std::set<int32_t> barriers;
  int32_t max_span_tokens = 0;
  int32_t min_span_tokens = 0;
  bool recall_generated = true;
  int32_t max_spans = 0;

  bool IsId(int32_t token) const { return token >= 0 && token < vocab_size; }
};

/** What a span searches, and what closes it. */
struct Scope {
  /** nullopt: everything before the span. */
  std::optional<std::vector<vbt_range>> ranges;
  std::vector<int32_t> ends;

  bool Closes(int32_t token) const {
    for (const int32_t end : ends) {
      if (end == token) return true;
    }
    return false;
  }
};

/** Tokens, and the runs they are cut into. */
class Text {
 public:
  static constexpr int32_t kNoRun = -1;

  int32_t length() const { return static_cast<int32_t>(ids_.size()); }
  const std::vector<int32_t>& ids() const { return ids_; }
  int32_t id(int32_t position) const { return ids_[static_cast<size_t>(position)]; }
  /** Where the run of a position starts; kNoRun where no match may contain it. */
  int32_t run(int32_t position) const { return runs_[static_cast<size_t>(position)]; }

  void Add(const Rules& rules, int32_t id, bool searchable, bool starts_run) {
    const bool matchable = searchable && !rules.barriers.contains(id);
    const bool continues = length() > 0 && !starts_run && runs_.back() != kNoRun;
    runs_.push_back(!matchable ? kNoRun : continues ? runs_.back() : length());
    ids_.push_back(id);
  }

  void Cut(int32_t length) {
    ids_.resize(static_cast<size_t>(length));
    runs_.resize(static_cast<size_t>(length));
  }

  /**
   * Whether a candidate at `start` has `count` tokens: all of them in one run, before `limit` and, where the scope has
   * ranges, in one range.
   */
  bool Has(int32_t start, int32_t count, int32_t limit, const Scope& scope) const {
    const int32_t last = start + count - 1;
    if (last >= limit || run(start) == kNoRun || run(last) != run(start)) return false;
    if (!scope.ranges) return true;
    for (const vbt_range& range : *scope.ranges) {
      if (range.start <= start && last < range.end) return true;
    }
    return false;
  }

  /** S_k = { i : c[i..i+k-1] = r }, where c is what is before `limit`; at k = 0 every position that can be quoted. */
  std::vector<int32_t> Candidates(std::span<const int32_t> quote, int32_t limit, const Scope& scope) const {
    std::vector<int32_t> found;
    const int32_t k = static_cast<int32_t>(quote.size());
    for (int32_t i = 0; i < limit; ++i) {
      bool matches = Has(i, k == 0 ? 1 : k, limit, scope);
      for (int32_t j = 0; matches && j < k; ++j) matches = id(i + j) == quote[static_cast<size_t>(j)];
      if (matches) found.push_back(i);
    }
    return found;
  }

 private:
  std::vector<int32_t> ids_;
  std::vector<int32_t> runs_;
};

/** A shared context. */
struct ContextOracle {
  Text text;
  /** It ends with a segment: unnamed tokens start a run. */
  bool ends_with_segment = false;

  void Append(const Rules& rules, std::span<const int32_t> ids, uint32_t flags) {
    const bool segment = (flags & VBT_SEGMENT) != 0;
    bool starts_run = segment || ends_with_segment;
    for (const int32_t id : ids) {
      text.Add(rules, id, (flags & VBT_UNSEARCHABLE) == 0, starts_run);
      starts_run = false;
    }
    if (segment || !ids.empty()) ends_with_segment = segment;
  }
};

}  // namespace verbatim::cuda::tests
