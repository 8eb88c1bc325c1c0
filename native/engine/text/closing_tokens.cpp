#include "closing_tokens.hpp"

namespace verbatim {

ClosingTokens::ClosingTokens(const TokenTrie& trie, std::span<const uint8_t> tag) : tag_(tag.begin(), tag.end()) {
  firsts_.push_back(0);
  if (tag.empty()) return;
  for (const int32_t parent : trie.ParentsBy(tag[0])) {
    int32_t node = parent;
    for (const uint8_t byte : tag) {
      node = trie.Child(node, byte);
      if (node == TokenTrie::kNone) break;
      const auto tokens = trie.TokensAt(node);
      tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
    }
    if (static_cast<int32_t>(tokens_.size()) == firsts_.back()) continue;
    const size_t bit = static_cast<size_t>(parent) % kFilterBits;
    filter_[bit / 64] |= uint64_t{1} << (bit % 64);
    nodes_.push_back(parent);
    firsts_.push_back(static_cast<int32_t>(tokens_.size()));
  }
}

}  // namespace verbatim
