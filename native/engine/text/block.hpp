#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "closing_tokens.hpp"
#include "index.hpp"
#include "token_trie.hpp"
#include "word.hpp"

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
 * A stretch of the context that never changes, shared between forks. It is indexed when one of them first searches it,
 * for all of them.
 */
class TextBlock {
 public:
  /** Of the first `size` words, whose memory it takes. */
  TextBlock(std::vector<TextWord>&& words, size_t size) : words_(std::move(words)) { words_.resize(size); }

  std::span<const TextWord> words() const { return words_; }
  int32_t size() const { return static_cast<int32_t>(words_.size()); }

  /** Makes the index if there is none; a thread waits where another one is at it. */
  void MakeIndex(const TokenTrie& trie) const;
  bool is_indexed() const { return index_.load(std::memory_order_acquire) != nullptr; }
  /** To be asked of a block that is indexed, as what follows. */
  const TextIndex& index() const { return *index_.load(std::memory_order_acquire); }
  bool has_own_edges() const { return index().has_own_edges(); }

  /**
   * What may come next after an interval, the whole tag after no byte included; worked out once for each, and kept,
   * since few intervals are large and quotes begin with those. `run_goes_on`: the last run goes on behind the block,
   * and what reaches the block's end is left out.
   */
  std::shared_ptr<const KeptContinuations> ContinuationsOf(const TokenTrie& trie, const ClosingTokens& closing,
                                                           const TextIndex::Interval& interval, bool run_goes_on) const;

  /** What is kept included. */
  size_t bytes() const;

 private:
  /** Kept sets take at most so many ids per byte of the block; past that all are forgotten. */
  static constexpr size_t kKeptPerByte = 8;

  struct Key {
    TextIndex::Interval interval;
    bool run_goes_on;
    std::vector<uint8_t> tag;
  };
  /** The same to look for one, without a copy of the tag. */
  struct KeyView {
    TextIndex::Interval interval;
    bool run_goes_on;
    std::span<const uint8_t> tag;
  };
  struct Before {
    using is_transparent = void;

    template <typename One, typename Other>
    bool operator()(const One& one, const Other& other) const {
      const auto first = std::tie(one.interval.low, one.interval.high, one.interval.depth, one.run_goes_on);
      const auto second = std::tie(other.interval.low, other.interval.high, other.interval.depth, other.run_goes_on);
      return first != second ? first < second : std::ranges::lexicographical_compare(one.tag, other.tag);
    }
  };

  std::shared_ptr<const KeptContinuations> FindContinuations(const TokenTrie& trie, const ClosingTokens& closing,
                                                             const TextIndex::Interval& interval,
                                                             bool run_goes_on) const;

  std::vector<TextWord> words_;
  mutable std::mutex index_mutex_;
  mutable std::unique_ptr<const TextIndex> made_index_;
  /** The same, to be read while others may be making it. */
  mutable std::atomic<const TextIndex*> index_ = nullptr;
  mutable std::mutex kept_mutex_;
  mutable std::map<Key, std::shared_ptr<const KeptContinuations>, Before> kept_;
  mutable size_t kept_ids_ = 0;
  mutable size_t kept_bytes_ = 0;
};

}  // namespace verbatim
