#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edges.hpp"
#include "extremes.hpp"
#include "paths.hpp"
#include "token_trie.hpp"
#include "word.hpp"

namespace verbatim {

/**
 * The places of some text where quotes may start, sorted by the bytes that follow, and how many bytes each shares with
 * the one before it: the places where a quote stands are an interval of that order. Immutable.
 */
class TextIndex {
 public:
  /** The words must outlive the index. */
  TextIndex(const TokenTrie& trie, std::span<const TextWord> words);

  /** Places, in order. */
  std::span<const int32_t> order() const { return order_; }
  int32_t count() const { return static_cast<int32_t>(order_.size()); }
  const TextPaths& paths() const { return paths_; }

  /** Bytes that places number i - 1 and i of the order share. */
  int32_t common(int32_t i) const { return common_[static_cast<size_t>(i)]; }
  /** Bytes that places [low, high) share, which are more than one; exact where they are more than kFewPlaces. */
  int32_t Common(int32_t low, int32_t high) const { return least_common_.Best(common_, low + 1, high); }
  /** The first i in [from, end) with common(i) <= most; `end` where there is none. */
  int32_t NextDifferent(int32_t from, int32_t end, int32_t most) const {
    return least_common_.First(common_, from, end, most);
  }

  /** Places [low, high) of the order, which share their first `depth` bytes. */
  struct Interval {
    int32_t depth;
    int32_t low;
    int32_t high;
  };
  /** Part of an interval. */
  struct Part {
    int32_t low;
    int32_t high;
    /** Few places stand in any order: those that are meant are among these, and have to be told by Compare. */
    bool is_few;
  };
  /** The part of an interval that goes on with `bytes` inside the text. */
  Part Narrow(const Interval& interval, std::span<const uint8_t> bytes) const;
  /** Less than 0 where what follows `depth` bytes of a place comes before `bytes`, 0 where it begins so. */
  int32_t Compare(int32_t place, int32_t depth, std::span<const uint8_t> bytes) const;

  /** Whether places from which the same bytes follow may differ in where a quote may end. */
  bool has_own_edges() const { return has_own_edges_; }
  const TextGaps& gaps() const { return gaps_; }

  /** The earliest places of groups of the order, and the latest. */
  const Least& earliest() const { return earliest_; }
  const Greatest& latest() const { return latest_; }

  size_t bytes() const;

 private:
  std::span<const TextWord> words_;
  TextPaths paths_;
  std::vector<int32_t> order_;
  std::vector<int32_t> common_;
  Least least_common_;
  Least earliest_;
  Greatest latest_;
  bool has_own_edges_;
  TextGaps gaps_;
};

}  // namespace verbatim
