#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "words.hpp"

namespace verbatim {

/** The suffixes at positions_[low, high): all that begin with the same `depth` tokens. */
struct Node {
  /** Tokens shared by all suffixes of the node; at this depth they part. */
  int32_t depth;
  int32_t low;
  int32_t high;
  /** Children [first_child, first_child + child_count), by ascending token. Suffixes before the first child end here. */
  int32_t first_child;
  int32_t child_count;
};

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
  /** Prefixes with at most this many candidates get no node. */
  static constexpr int32_t kHeavy = 128;
  static constexpr int32_t kNoNode = -1;

  static std::shared_ptr<const Block> Build(std::vector<Word> words);

  const std::vector<Word>& words() const { return words_; }
  int32_t size() const { return static_cast<int32_t>(words_.size()); }
  const Node& node(int32_t index) const { return nodes_[static_cast<size_t>(index)]; }
  const Node& root() const { return nodes_.back(); }
  std::span<const int32_t> positions(int32_t low, int32_t high) const {
    return std::span(positions_).subspan(static_cast<size_t>(low), static_cast<size_t>(high - low));
  }
  std::span<const int32_t> child_tokens(const Node& node) const {
    return std::span(child_tokens_)
        .subspan(static_cast<size_t>(node.first_child), static_cast<size_t>(node.child_count));
  }

  /** The candidates that go on from a node with one token. */
  struct Child {
    int32_t low;
    int32_t high;
    /** Where they part next, or kNoNode if they are few. */
    int32_t node;
  };
  /** False where no suffix of the node continues with `token`. */
  bool FindChild(const Node& node, int32_t token, Child& child) const;

  size_t bytes() const;

 private:
  friend class BlockBuilder;
  Block() = default;

  std::vector<Word> words_;
  std::vector<int32_t> positions_;
  /** The root is the last. */
  std::vector<Node> nodes_;
  std::vector<int32_t> child_tokens_;
  std::vector<int32_t> child_lows_;
  std::vector<int32_t> child_nodes_;
};

}  // namespace verbatim
