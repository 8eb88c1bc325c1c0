#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <span>
#include <vector>

namespace verbatim {

/**
 * The tokens of a vocabulary by their bytes; immutable, built once and shared. Nodes stand in breadth-first order, so
 * that a node's children are neighbours and are found by a search among their labels.
 */
class TokenTrie {
 public:
  static constexpr int32_t kRoot = 0;
  static constexpr int32_t kNone = -1;

  /** Token i has the bytes [offsets[i], offsets[i + 1]); tokens without bytes are left out. */
  TokenTrie(std::span<const int32_t> offsets, std::span<const uint8_t> bytes);

  int32_t vocab_size() const { return vocab_size_; }
  /** Bytes of the longest token. */
  int32_t longest() const { return longest_; }
  std::span<const uint8_t> BytesOf(int32_t token) const;

  /** The child of `node` by `byte`, or kNone. */
  int32_t Child(int32_t node, uint8_t byte) const {
    if (node == kRoot) return root_children_[byte];
    const int32_t first = nodes_[static_cast<size_t>(node)].first_child;
    const int32_t end = nodes_[static_cast<size_t>(node) + 1].first_child;
    const uint8_t* const labels = labels_.data();
    if (end - first > kFewChildren) {
      const void* const found = std::memchr(labels + first, byte, static_cast<size_t>(end - first));
      return found == nullptr ? kNone : static_cast<int32_t>(static_cast<const uint8_t*>(found) - labels);
    }
    for (int32_t child = first; child < end; ++child) {
      if (labels[child] == byte) return child;
    }
    return kNone;
  }
  /** The tokens that end at `node`: several where their bytes are the same. */
  std::span<const int32_t> TokensAt(int32_t node) const {
    const size_t first = static_cast<size_t>(nodes_[static_cast<size_t>(node)].first_token);
    const size_t end = static_cast<size_t>(nodes_[static_cast<size_t>(node) + 1].first_token);
    return std::span(tokens_).subspan(first, end - first);
  }
  /** The longest token with which some bytes begin, of several the lowest; kNone where there is none. */
  struct Match {
    int32_t token;
    int32_t length;
  };
  Match LongestAt(std::span<const uint8_t> bytes) const;
  /** The nodes that have a child by `byte`, ascending. Worked out once. */
  const std::vector<int32_t>& ParentsBy(uint8_t byte) const;
  int32_t node_count() const { return static_cast<int32_t>(labels_.size()); }
  size_t bytes() const;

 private:
  /** Up to here a loop beats memchr. */
  static constexpr int32_t kFewChildren = 8;

  struct Node {
    /** Children and tokens end where the next node's begin. */
    int32_t first_child;
    int32_t first_token;
  };

  void Build(const std::vector<int32_t>& sorted);

  int32_t vocab_size_;
  int32_t longest_ = 0;
  std::vector<int32_t> offsets_;
  std::vector<uint8_t> token_bytes_;
  /** One more than there are nodes. */
  std::vector<Node> nodes_;
  /** The byte by which each node is reached. */
  std::vector<uint8_t> labels_;
  std::vector<int32_t> tokens_;
  std::array<int32_t, 256> root_children_;
  mutable std::array<std::once_flag, 256> are_parents_known_;
  mutable std::array<std::vector<int32_t>, 256> parents_;
};

}  // namespace verbatim
