#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "text_order.hpp"
#include "text_word.hpp"
#include "token_trie.hpp"

namespace verbatim {

/**
 * How far the token trie can be followed along a block's text from each place where a quote may start: what tokens
 * come next after any quote that ends there. The trie is walked once per distinct continuation of the block; the nodes
 * that were reached are kept close together, each behind its parent.
 */
class TextPaths {
 public:
  /** Of a place where no quote may start, or a run begins. */
  static constexpr int32_t kUnknown = -1;
  /** The node above all others, of no byte. */
  static constexpr int32_t kRoot = 0;

  struct Node {
    int32_t parent;
    /** Bytes from the root. */
    int32_t length;
    int32_t trie_node;
    /** Tokens end where the next node's begin. */
    int32_t first_token;
  };

  TextPaths() = default;
  TextPaths(const TokenTrie& trie, std::span<const TextWord> words, const TextOrder& order);

  /** The last node that the text from `position` reaches inside its run and the block, or kUnknown. */
  int32_t At(int32_t position) const { return ends_[static_cast<size_t>(position)]; }
  /** Asks the memory for what At will read. */
  void Prefetch(int32_t position) const {
#if defined(__GNUC__)
    __builtin_prefetch(&ends_[static_cast<size_t>(position)]);
#else
    static_cast<void>(position);
#endif
  }
  const Node& NodeAt(int32_t node) const { return nodes_[static_cast<size_t>(node)]; }
  /** The tokens that end at a node. */
  std::span<const int32_t> TokensAt(int32_t node) const {
    const size_t first = static_cast<size_t>(nodes_[static_cast<size_t>(node)].first_token);
    const size_t end = static_cast<size_t>(nodes_[static_cast<size_t>(node) + 1].first_token);
    return std::span(tokens_).subspan(first, end - first);
  }
  size_t bytes() const;

 private:
  /** One more than there are. */
  std::vector<Node> nodes_;
  std::vector<int32_t> tokens_;
  /** By position, one more than the block has. */
  std::vector<int32_t> ends_;
};

}  // namespace verbatim
