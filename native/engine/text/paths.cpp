#include "paths.hpp"

#include <algorithm>

namespace verbatim {
namespace {

int32_t TokenOf(std::span<const int32_t> tokens) {
  if (tokens.size() > 1) return TextPaths::kSeveralTokens;
  return tokens.empty() ? TextPaths::kNoToken : tokens.front();
}

}  // namespace

TextPaths::TextPaths(const TokenTrie& trie, std::span<const TextWord> words, const TextOrder& order)
    : ends_(words.size() + 1, kUnknown) {
  nodes_.push_back({kUnknown, 0, TokenTrie::kRoot, kNoToken});
  /** The nodes along the last place's text, by their lengths. */
  std::vector<int32_t> path(static_cast<size_t>(trie.longest()) + 1, kRoot);
  size_t length = 0;
  for (size_t i = 0; i < order.starts.size(); ++i) {
    const size_t start = static_cast<size_t>(order.starts[i]);
    const size_t common = static_cast<size_t>(order.common[i]);
    // A place that shares more bytes than the trie could follow ends where the one before it did.
    if (common <= length) {
      length = common;
      for (; start + length < words.size(); ++length) {
        const TextWord word = words[start + length];
        if (length > 0 && !ContinuesRun(word)) break;
        const int32_t child = trie.Child(NodeAt(path[length]).trie_node, ByteOf(word));
        if (child == TokenTrie::kNone) break;
        const int32_t node = static_cast<int32_t>(nodes_.size());
        nodes_.push_back({path[length], static_cast<int32_t>(length) + 1, child, TokenOf(trie.TokensAt(child))});
        path[length + 1] = node;
      }
    }
    ends_[start] = start + length == words.size() ? kUnknown : path[length];
  }
  for (size_t position = 0; position < words.size(); ++position) {
    if (!ContinuesRun(words[position])) ends_[position] = kUnknown;
  }
}

size_t TextPaths::bytes() const { return nodes_.capacity() * sizeof(Node) + ends_.capacity() * sizeof(int32_t); }

}  // namespace verbatim
