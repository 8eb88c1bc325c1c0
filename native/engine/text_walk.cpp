#include "text_walk.hpp"

#include <algorithm>

namespace verbatim {

void TextWalk::FollowTag(int32_t node, int32_t quoted) {
  for (const uint8_t byte : tag_) {
    node = trie_.Child(node, byte);
    if (node == TokenTrie::kNone) return;
    for (const int32_t token : trie_.TokensAt(node)) found_.closers.push_back({token, quoted});
  }
}

void TextWalk::Continue(size_t progress) {
  int32_t node = TokenTrie::kRoot;
  for (const uint8_t byte : tag_.subspan(progress)) {
    node = trie_.Child(node, byte);
    if (node == TokenTrie::kNone) return;
    Emit(node);
  }
}

void TextWalk::Interval(const TextBlock& block, int32_t depth, int32_t low, int32_t high, const Beyond* beyond) {
  const std::span<const TextWord> words = block.words();
  const std::span<const int32_t> order = block.order();
  const auto word_at = [&](int32_t at) -> TextWord {
    if (at < block.size()) return words[static_cast<size_t>(at)];
    return beyond == nullptr ? TextWord{0} : beyond->WordAt(at);
  };
  if (high - low == 1 && depth > 0) {
    Single(order[static_cast<size_t>(low)] + depth, INT32_MAX, false, word_at);
    return;
  }
  const size_t most = static_cast<size_t>(trie_.longest()) + 1;
  path_.assign(most, TokenTrie::kRoot);
  closed_.assign(most, 0);
  // Nothing is closed from the root before the first byte: an empty quote is the caller's to close.
  closed_[0] = depth == 0 ? 1 : 0;
  int32_t reached = 0;
  for (int32_t i = low; i < high; ++i) {
    if (i > low) {
      const int32_t common = block.common(i) - depth;
      if (common > reached) {
        // The bytes that this candidate could add are those at which the one before it ended.
        const bool all_closed = !block.any_edges() || std::find(closed_.begin(), closed_.begin() + reached + 1, 0) ==
                                                          closed_.begin() + reached + 1;
        if (all_closed) {
          i = block.NextDifferent(i, high, depth + reached) - 1;
          continue;
        }
      } else {
        reached = common;
      }
    }
    const int32_t position = order[static_cast<size_t>(i)] + depth;
    if (block.any_edges()) {
      for (int32_t length = 0; length < reached; ++length) {
        const TextWord word = word_at(position + length);
        if (closed_[static_cast<size_t>(length)] != 0 || word == kUnknown || !IsEnd(word)) continue;
        closed_[static_cast<size_t>(length)] = 1;
        Close(path_[static_cast<size_t>(length)], length);
      }
    }
    for (;;) {
      const size_t length = static_cast<size_t>(reached);
      const TextWord word = word_at(position + reached);
      if (word == kUnknown) break;
      if (closed_[length] == 0 && IsEnd(word)) {
        closed_[length] = 1;
        Close(path_[length], reached);
      }
      if (depth + reached > 0 && !ContinuesRun(word)) break;
      const int32_t child = trie_.Child(path_[length], ByteOf(word));
      if (child == TokenTrie::kNone) break;
      ++reached;
      path_[length + 1] = child;
      closed_[length + 1] = 0;
      Emit(child);
    }
  }
}

}  // namespace verbatim
