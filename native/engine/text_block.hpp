#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "closing_tokens.hpp"
#include "text_edges.hpp"
#include "text_paths.hpp"
#include "text_word.hpp"
#include "token_trie.hpp"

namespace verbatim {

/** Tokens that may come next. */
struct TextContinuations {
  /** A token that ends in a prefix of the closing tag. */
  struct Closer {
    int32_t token;
    /** Bytes of it that belong to the quote. */
    int32_t quoted;
  };
  /** Tokens that lie wholly in the text. */
  std::vector<int32_t> tokens;
  std::vector<Closer> closers;
};

/** All tokens that may come next after an interval, ascending. */
struct KeptContinuations : TextContinuations {
  /** Both kinds, ascending. */
  std::vector<int32_t> ids;
};

/**
 * An immutable index over a stretch of the context: the places where quotes may start, sorted by the bytes that
 * follow, and how many bytes each shares with the one before it. A quote's candidates are an interval of that order.
 */
class TextBlock {
 public:
  TextBlock(const TokenTrie& trie, std::vector<TextWord> words);

  std::span<const TextWord> words() const { return words_; }
  int32_t size() const { return static_cast<int32_t>(words_.size()); }
  /** Starts, in order. */
  std::span<const int32_t> order() const { return order_; }
  int32_t count() const { return static_cast<int32_t>(order_.size()); }
  bool has_own_edges() const { return has_own_edges_; }
  const TextGaps& gaps() const { return gaps_; }
  const TextPaths& paths() const { return paths_; }

  /** Bytes that starts number i - 1 and i of the order share. */
  int32_t common(int32_t i) const { return levels_[0][static_cast<size_t>(i)]; }
  /** The first i in [from, end) with common(i) <= most; `end` where there is none. */
  int32_t NextDifferent(int32_t from, int32_t end, int32_t most) const;

  /** Starts [low, high) of the order, which share their first `depth` bytes. */
  struct Interval {
    int32_t depth;
    int32_t low;
    int32_t high;

    auto operator<=>(const Interval&) const = default;  // NOLINT(modernize-use-nullptr): none is in it
  };
  /**
   * What may come next after an interval, the whole tag after no byte included; worked out once for each, and kept,
   * since few intervals are large and quotes begin with those. `run_goes_on`: the last run goes on behind the block,
   * and what reaches the block's end is left out.
   */
  std::shared_ptr<const KeptContinuations> ContinuationsOf(const TokenTrie& trie, const ClosingTokens& closing,
                                                           const Interval& interval, bool run_goes_on) const;

  /** What is kept included. */
  size_t bytes() const;

 private:
  /** Kept sets take at most so many ids per byte of the block; past that all are forgotten. */
  static constexpr size_t kKeptPerByte = 8;

  struct Key {
    Interval interval;
    bool run_goes_on;
    std::vector<uint8_t> tag;

    auto operator<=>(const Key&) const = default;  // NOLINT(modernize-use-nullptr): none is in it
  };

  std::vector<TextWord> words_;
  bool has_own_edges_;
  TextGaps gaps_;
  TextPaths paths_;
  std::vector<int32_t> order_;
  /** The common prefixes, and above them the least of every 64: what repeats for long is passed over in few steps. */
  std::vector<std::vector<int32_t>> levels_;
  mutable std::mutex mutex_;
  mutable std::map<Key, std::shared_ptr<const KeptContinuations>> kept_;
  mutable size_t kept_ids_ = 0;
};

}  // namespace verbatim
