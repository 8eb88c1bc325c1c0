#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

/**
 * The formulas of docs/semantics.md by brute force, for the fuzz target: S_k = { i : c[i..i+k-1] = r } inside one run,
 * A = { c[i+k] : i in S_k, i+k in the same run }. It shares no code with the engine.
 */
struct Oracle {
  struct Token {
    int32_t id;
    bool searchable;
    /** A run begins here. */
    bool edge;
  };
  struct Range {
    int32_t start;
    int32_t end;
  };

  std::vector<Token> tokens;

  void Append(const std::vector<int32_t>& ids, const std::set<int32_t>& barriers, bool searchable, bool new_run) {
    bool edge = new_run;
    for (const int32_t id : ids) {
      const bool is_searchable = searchable && !barriers.contains(id);
      const bool after_unsearchable = !tokens.empty() && !tokens.back().searchable;
      tokens.push_back({id, is_searchable, edge || after_unsearchable || !is_searchable});
      edge = false;
    }
  }

  int32_t length() const { return static_cast<int32_t>(tokens.size()); }

  /** Whether c[start, end) is part of one run, can be matched, and lies in one of the ranges. */
  bool IsMatchable(int32_t start, int32_t end, const std::vector<Range>* ranges) const {
    if (end > length()) return false;
    for (int32_t p = start; p < end; ++p) {
      const Token& token = tokens[static_cast<size_t>(p)];
      if (!token.searchable || (p > start && token.edge)) return false;
    }
    if (ranges == nullptr) return true;
    return std::any_of(ranges->begin(), ranges->end(), [&](const Range& range) {
      return range.start <= start && start < range.end && end <= range.end;
    });
  }

  /** S_k; all positions where a quote can begin at k = 0. */
  std::vector<int32_t> Candidates(const std::vector<int32_t>& quote, const std::vector<Range>* ranges) const {
    std::vector<int32_t> found;
    const int32_t depth = static_cast<int32_t>(quote.size());
    for (int32_t i = 0; i < length(); ++i) {
      if (!quote.empty() && tokens[static_cast<size_t>(i)].id != quote[0]) continue;
      if (!IsMatchable(i, i + std::max(depth, 1), ranges)) continue;
      bool equal = true;
      for (int32_t j = 0; j < depth && equal; ++j) {
        equal = tokens[static_cast<size_t>(i + j)].id == quote[static_cast<size_t>(j)];
      }
      if (equal) found.push_back(i);
    }
    return found;
  }

  /** The candidates that have a continuation. */
  std::vector<int32_t> Continuing(const std::vector<int32_t>& quote, const std::vector<Range>* ranges) const {
    std::vector<int32_t> found = Candidates(quote, ranges);
    const int32_t depth = static_cast<int32_t>(quote.size());
    std::erase_if(found, [&](int32_t i) { return !IsMatchable(i, i + depth + 1, ranges); });
    return found;
  }

  /** A(c, r). */
  std::set<int32_t> Allowed(const std::vector<int32_t>& quote, const std::vector<Range>* ranges) const {
    std::set<int32_t> allowed;
    for (const int32_t i : Continuing(quote, ranges)) allowed.insert(tokens[static_cast<size_t>(i) + quote.size()].id);
    return allowed;
  }

  std::vector<int32_t> Draft(std::vector<int32_t> quote, const std::vector<Range>* ranges, size_t max) const {
    std::vector<int32_t> draft;
    while (draft.size() < max) {
      const std::set<int32_t> allowed = Allowed(quote, ranges);
      if (allowed.size() != 1) break;
      draft.push_back(*allowed.begin());
      quote.push_back(*allowed.begin());
    }
    return draft;
  }

  std::vector<int32_t> DraftLatest(const std::vector<int32_t>& quote, const std::vector<Range>* ranges,
                                   size_t max) const {
    std::vector<int32_t> draft;
    const std::vector<int32_t> continuing = Continuing(quote, ranges);
    if (continuing.empty()) return draft;
    const int32_t start = continuing.back();
    int32_t next = start + static_cast<int32_t>(quote.size());
    for (; draft.size() < max && IsMatchable(start, next + 1, ranges); ++next) {
      draft.push_back(tokens[static_cast<size_t>(next)].id);
    }
    return draft;
  }
};
