#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "order.hpp"
#include "token_trie.hpp"
#include "word.hpp"

namespace verbatim {

/**
 * How far the token trie can be followed along a block's text from each place where a quote may start: what tokens
 * come next after any quote that ends there. The trie is walked once per distinct continuation of the block; the nodes
 * that were reached are kept close together, each behind its parent.
 */
class TextPaths {
 public:
  /** Of a place where no quote may start, or a run begins, or where the trie follows the text to the block's end. */
  static constexpr int32_t kUnknown = -1;
  /** The node above all others, of no byte. */
  static constexpr int32_t kRoot = 0;

  struct Node {
    int32_t parent;
    /** Bytes from the root. */
    int32_t length;
    int32_t trie_node;
    /** The token that ends here, or one of the two below. */
    int32_t token;
  };
  static constexpr int32_t kNoToken = -1;
  /** Tokens of the same bytes end here, all of which the trie knows. */
  static constexpr int32_t kSeveralTokens = -2;

  TextPaths() = default;
  TextPaths(const TokenTrie& trie, std::span<const TextWord> words, const TextOrder& order);

  /** The last node that the text from `position` reaches inside its run, or kUnknown. */
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
  size_t bytes() const;

 private:
  std::vector<Node> nodes_;
  /** By position, one more than the block has. */
  std::vector<int32_t> ends_;
};

}  // namespace verbatim
