#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "words.hpp"

namespace verbatim {

/**
 * An immutable index over a stretch of the sequence: its words, the positions of its searchable words sorted by what
 * follows them, and a tree of nodes over the heavy part of that order. Where a prefix has few candidates there is no
 * node: its candidates are read from the positions and filtered one by one, which is faster than any index.
 *
 * Text that keeps many candidates alive for many tokens (all equal, periodic, thousands of log lines) is sorted
 * completely, by a suffix array; natural text only as deep as it is heavy.
 */
class Block {
 public:
  /** Prefixes with at most this many candidates get no node. Single tokens have theirs earlier, as it costs little. */
  static constexpr int32_t kHeavy = 128;
  static constexpr int32_t kHeavyToken = 32;
  static constexpr int32_t kNoNode = -1;
  /** Nodes with more children hold them as a bitmask too: copying it is cheaper than setting so many bits. */
  static constexpr int32_t kWide = 1024;
  static constexpr int32_t kNoBitmask = -1;

  static std::shared_ptr<const Block> Build(std::vector<Word> words);

  const std::vector<Word>& words() const { return words_; }
  int32_t size() const { return static_cast<int32_t>(words_.size()); }
  std::span<const int32_t> positions(int32_t low, int32_t high) const {
    return std::span(positions_).subspan(static_cast<size_t>(low), static_cast<size_t>(high - low));
  }

  /** The node of all positions. */
  int32_t root() const { return static_cast<int32_t>(nodes_.size()) - 2; }
  /** How many tokens all suffixes of a node share; at this depth they part. */
  int32_t depth(int32_t node) const { return nodes_[static_cast<size_t>(node)].depth; }
  /** The tokens by which a node's suffixes continue, ascending. */
  std::span<const int32_t> child_tokens(int32_t node) const {
    const size_t first = static_cast<size_t>(nodes_[static_cast<size_t>(node)].first_child);
    const size_t end = static_cast<size_t>(nodes_[static_cast<size_t>(node) + 1].first_child);
    return std::span(child_tokens_).subspan(first, end - first);
  }
  /** The same as a bitmask, if the node is wide; otherwise empty. It ends at the block's largest token. */
  std::span<const uint32_t> child_bitmask(int32_t node) const {
    const int32_t bitmask = nodes_[static_cast<size_t>(node)].bitmask;
    if (bitmask == kNoBitmask) return {};
    return std::span(bitmasks_).subspan(static_cast<size_t>(bitmask) * bitmask_words_, bitmask_words_);
  }

  /** The suffixes at positions [low, high) of the order, which continue from a node with one token. */
  struct Child {
    int32_t low;
    int32_t high;
    /** Where they part next, or kNoNode if they are few. */
    int32_t node;
  };
  /** The child for `token` of a node whose suffixes end at `high`; false where there is none. */
  bool FindChild(int32_t node, int32_t high, int32_t token, Child& child) const;
  int32_t position_count() const { return static_cast<int32_t>(positions_.size()); }

  size_t bytes() const;

 private:
  bool FindRootChild(int32_t token, size_t& index) const;

  friend class BlockBuilder;
  Block() = default;

  struct Node {
    int32_t depth;
    /** Its children are those up to the next node's first; before the first child's suffixes come those that end. */
    int32_t first_child;
    /** Which of the bitmasks holds its child tokens, or kNoBitmask. */
    int32_t bitmask;
  };

  struct ChildStart {
    int32_t low;
    int32_t node;
  };
  /** 32 tokens of the root's children: a bit for each that is one, and how many come before them. */
  struct RootTokens {
    uint32_t bits;
    int32_t before;
  };

  std::vector<Word> words_;
  std::vector<int32_t> positions_;
  /** Children before parents; after the root, the last node, one more that ends its children. */
  std::vector<Node> nodes_;
  std::vector<int32_t> child_tokens_;
  std::vector<ChildStart> child_starts_;
  /** The root's children by token, which spares a search among thousands; empty where there are few. */
  std::vector<RootTokens> root_tokens_;
  std::vector<uint32_t> bitmasks_;
  size_t bitmask_words_ = 0;
};

}  // namespace verbatim
