#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "block.hpp"
#include "block_merge.hpp"
#include "distinct_tokens.hpp"
#include "inner_positions.hpp"
#include "tail.hpp"
#include "words.hpp"

namespace verbatim {

/** A stretch of the sequence in contiguous memory. */
struct Stretch {
  const Word* words;
  int32_t begin;
  int32_t end;

  bool Contains(int32_t position) const {
    // One comparison: a position before the stretch is a large one as an unsigned number.
    return static_cast<uint32_t>(position) - static_cast<uint32_t>(begin) < static_cast<uint32_t>(end - begin);
  }
  Word at(int32_t position) const { return words[position - begin]; }
};

/**
 * The searchable context: a sequence of blocks, which are immutable and shared between forks, and a tail of recent
 * tokens. A tail that outgrows its limit is sealed into a block, together with the blocks before it
 * that are small by comparison; so a token is indexed a logarithmic number of times, and there are logarithmically
 * many blocks.
 */
class Context {
 public:
  /** A part of the sequence that is indexed: block->words() at positions from `begin` on. */
  struct Piece {
    std::shared_ptr<const Block> block;
    int32_t begin;
    /** Whether the context is a fork and had the block from the start. */
    bool is_inherited = false;

    int32_t end() const { return begin + block->size(); }
    Stretch stretch() const { return {block->words().data(), begin, end()}; }
  };

  Context(int32_t vocab_size, int32_t max_tokens, std::span<const int32_t> barriers);

  /**
   * Tokens are in [0, vocab_size) and fit into max_tokens. Nothing has changed if this throws bad_alloc.
   * `edges`: for each token whether a quote may start before it (not 0), as it always may before the first of a run;
   * empty: before all of them.
   */
  void Append(std::span<const int32_t> tokens, bool searchable, bool new_run, std::span<const uint8_t> edges = {});
  void Truncate(int32_t length);
  /** Changes nothing in a context that was compacted and not changed since: it may be forked by several threads. */
  std::shared_ptr<Context> Fork();
  /** One block, or few of which each is large by comparison with what follows it; no tail. */
  void Compact();
  void Read(int32_t start, std::span<int32_t> tokens) const;

  int32_t vocab_size() const { return vocab_size_; }
  int32_t max_tokens() const { return max_tokens_; }
  int32_t length() const { return tail_begin_ + static_cast<int32_t>(tail_.size()); }
  /** What is shared with other contexts is counted whole. */
  size_t bytes() const;
  /** What was not inherited from a context of which this one is a fork. */
  size_t own_bytes() const;
  /** Changes whenever the sequence or the index does. */
  uint64_t version() const { return version_; }

  const std::vector<Piece>& pieces() const { return pieces_; }
  const Tail& tail() const { return tail_; }
  int32_t tail_begin() const { return tail_begin_; }
  /** The stretch that holds `position`, which is in [0, length()). */
  Stretch StretchAt(int32_t position) const;
  Word WordAt(int32_t position) const { return StretchAt(position).at(position); }

  /** The tokens with which a quote may start. */
  const DistinctTokens& distinct() const { return distinct_; }
  /** The same, to be sorted where it is not. */
  DistinctTokens& distinct() { return distinct_; }

  /** Whether there are searchable positions at which no quote may start. */
  bool has_inner_positions() const { return !inner_.empty(); }
  /** Whether a quote may start at `position`, if that is searchable. */
  bool MayStart(int32_t position) const { return !inner_.Contains(position); }

 private:
  /** The tail is sealed when it grows past kTailLimit, all but its last kTailKept tokens: undoing them is free. */
  static constexpr size_t kTailLimit = 512;
  static constexpr size_t kTailKept = 128;
  /** Blocks are rebuilt into the next one when what follows them is this many times their size. */
  static constexpr int64_t kGrowth = 4;
  /** What follows a block is compacted without it where the block is more than so many times as large. */
  static constexpr int64_t kLargeBlock = 16;
  /** So many words may be indexed by the append of a single token; more would be felt. */
  static constexpr int64_t kJoinedAtOnce = 2048;

  bool IsBarrier(int32_t token) const {
    return barriers_ != nullptr && ((*barriers_)[static_cast<size_t>(token) >> 5] >> (token & 31) & 1) != 0;
  }
  template <typename Push>
  void AppendWords(std::span<const int32_t> tokens, std::span<const uint8_t> edges, bool searchable, bool edge,
                   Push&& push);
  void CutBlock(int32_t new_length);
  /**
   * Makes `words`, which follow the tail's begin, the end of the sequence in place of the tail: all but the last
   * kTailKept go into a block, together with blocks before it that are small by comparison, at once or in a thread.
   */
  void Seal(std::vector<Word> words);
  size_t FirstToJoin(size_t sealed, int64_t most) const;
  size_t FirstToCompact() const;
  void StartMerge(size_t first);
  void TakeMerge();

  int32_t vocab_size_;
  int32_t max_tokens_;
  /** A bitmask, shared with all forks; null where there are no barriers. */
  std::shared_ptr<const std::vector<uint32_t>> barriers_;
  std::vector<Piece> pieces_;
  BlockMerge merge_;
  Tail tail_;
  int32_t tail_begin_ = 0;
  DistinctTokens distinct_;
  InnerPositions inner_;
  uint64_t version_ = 0;
};

}  // namespace verbatim
