#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "token_trie.hpp"

namespace verbatim {

/**
 * The tokens that leave a text for a closing tag, by the node of the trie at which they leave it: few nodes of a
 * vocabulary have any. Worked out once for a tag.
 */
class ClosingTokens {
 public:
  ClosingTokens(const TokenTrie& trie, std::span<const uint8_t> tag);

  std::span<const uint8_t> tag() const { return tag_; }
  int32_t count() const { return static_cast<int32_t>(nodes_.size()); }
  /** Which of the `count` nodes a node of the trie is, or TokenTrie::kNone. */
  int32_t Find(int32_t node) const {
    const size_t bit = static_cast<size_t>(node) % kFilterBits;
    if ((filter_[bit / 64] >> (bit % 64) & 1) == 0) return TokenTrie::kNone;
    const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), node);
    return found != nodes_.end() && *found == node ? static_cast<int32_t>(found - nodes_.begin()) : TokenTrie::kNone;
  }
  /** The tokens that go on along the tag from one of the nodes. */
  std::span<const int32_t> TokensOf(int32_t index) const {
    const size_t first = static_cast<size_t>(firsts_[static_cast<size_t>(index)]);
    const size_t end = static_cast<size_t>(firsts_[static_cast<size_t>(index) + 1]);
    return std::span(tokens_).subspan(first, end - first);
  }

 private:
  /** So few that they stay in the fastest cache, and enough that hardly a node without closing tokens passes. */
  static constexpr size_t kFilterBits = 4096;

  std::vector<uint8_t> tag_;
  /** The nodes' numbers, each modulo kFilterBits. */
  std::array<uint64_t, kFilterBits / 64> filter_ = {};
  /** Ascending. */
  std::vector<int32_t> nodes_;
  /** Where each node's tokens begin; one more than there are nodes. */
  std::vector<int32_t> firsts_;
  std::vector<int32_t> tokens_;
};

}  // namespace verbatim
