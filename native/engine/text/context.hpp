#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "block.hpp"
#include "token_trie.hpp"
#include "word.hpp"

namespace verbatim {

/** How bytes join a context of text. */
struct TextJoining {
  bool searchable;
  bool new_run;
  /** The bytes are JSON-escaped text. */
  bool json;
  /** Per byte, not 0 where a quote may end before it, and start unless VERBATIM_EDGE_END; empty: at every character. */
  std::span<const uint8_t> edges;
};

/**
 * The searchable context as bytes: blocks, which are immutable and shared between forks, and a tail of recent text.
 * Text is indexed when it is first searched, all that was appended since together.
 */
class TextContext {
 public:
  struct Piece {
    std::shared_ptr<const TextBlock> block;
    int32_t begin;
    /** Whether the context is a fork and had the block from the start. */
    bool is_inherited = false;

    int32_t end() const { return begin + block->size(); }
  };

  TextContext(std::shared_ptr<const TokenTrie> trie, int32_t max_bytes)
      : trie_(std::move(trie)), max_bytes_(max_bytes) {}

  /** Nothing has changed if this throws bad_alloc. */
  void Append(std::span<const uint8_t> text, const TextJoining& joining);
  void Truncate(int32_t length);
  /**
   * A copy; recent text that is much becomes a block that both share. Changes nothing in a context that was compacted
   * and not changed since: it may be forked by several threads.
   */
  std::shared_ptr<TextContext> Fork();
  /** Indexes what is worth it: all blocks, and of the tail all but what is short. */
  void Index();
  /** One block, or few of which each is large by comparison with what follows it; no tail. */
  void Compact();
  void Read(int32_t start, std::span<uint8_t> text) const;

  const TokenTrie& trie() const { return *trie_; }
  int32_t max_bytes() const { return max_bytes_; }
  int32_t length() const { return tail_begin_ + static_cast<int32_t>(tail_.size()); }
  /** What is shared with other contexts is counted whole. */
  size_t bytes() const;
  /** What was not inherited from a context of which this one is a fork. */
  size_t own_bytes() const;
  uint64_t version() const { return version_; }
  /** No stretch of a run is longer without a place in it where a quote may end; to be asked after `Index`. */
  int32_t LongestGap() const;

  const std::vector<Piece>& pieces() const { return pieces_; }
  /** The piece that holds a position; null in the tail and behind it. */
  const Piece* PieceAt(int32_t position) const;
  int32_t tail_begin() const { return tail_begin_; }
  std::span<const TextWord> tail() const { return tail_; }
  /** The words from a position to the end of its piece, or of the tail. */
  std::span<const TextWord> WordsFrom(int32_t position) const {
    if (position >= length()) return {};
    if (position >= tail_begin_) return tail().subspan(static_cast<size_t>(position - tail_begin_));
    const Piece& piece = *PieceAt(position);
    return piece.block->words().subspan(static_cast<size_t>(position - piece.begin));
  }
  /** The word at a position; 0 at the context's end. */
  TextWord WordAt(int32_t position) const {
    if (position >= tail_begin_) {
      return position < length() ? tail_[static_cast<size_t>(position - tail_begin_)] : TextWord{0};
    }
    const Piece& piece = *PieceAt(position);
    return piece.block->words()[static_cast<size_t>(position - piece.begin)];
  }

 private:
  /** So much text is searched as it stands. */
  static constexpr size_t kTailLimit = 4096;
  /** At most so many of the last bytes stay in the tail when the rest is indexed: undoing them is free. */
  static constexpr int32_t kTailKept = 1024;
  /** Blocks are rebuilt into the next one when what follows them is half their size. */
  static constexpr int64_t kGrowth = 2;
  /** What follows a block is compacted without it where the block is more than so many times as large. */
  static constexpr int64_t kLargeBlock = 16;

  void ReserveTail(size_t more);
  int32_t LastAppends() const;
  size_t FirstToJoin(int32_t end, int64_t times) const;
  void Seal(size_t first, int32_t end);
  std::vector<TextWord> Join(size_t first, int32_t end) const;
  void MakeIndexes() const;

  std::shared_ptr<const TokenTrie> trie_;
  int32_t max_bytes_;
  std::vector<Piece> pieces_;
  std::vector<TextWord> tail_;
  /** Where the appends began whose bytes are in the tail. */
  std::vector<int32_t> append_starts_;
  int32_t tail_begin_ = 0;
  uint64_t version_ = 0;
};

}  // namespace verbatim
