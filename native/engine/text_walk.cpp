#include "text_walk.hpp"

#include <algorithm>

namespace verbatim {
namespace {

/** Places whose paths the memory is asked for together, since waiting for them one by one takes most of a walk. */
constexpr int32_t kAhead = 32;

}  // namespace

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
    Emit(trie_.TokensAt(node));
  }
}

bool TextWalk::Known(const TextBlock& block, int32_t position, int32_t limit) {
  if (position >= block.size()) return false;
  const TextPaths& paths = block.paths();
  int32_t node = paths.At(position);
  if (node == TextPaths::kUnknown || position + paths.NodeAt(node).length == block.size()) return false;
  for (; node != TextPaths::kUnknown; node = paths.NodeAt(node).parent) {
    const TextPaths::Node& at = paths.NodeAt(node);
    const int32_t end = position + at.length;
    if (end > limit) continue;
    Emit(paths.TokensAt(node));
    if (MayClose(at.trie_node) && (end == limit || IsEnd(block.words()[static_cast<size_t>(end)]))) {
      FollowTag(at.trie_node, at.length);
    }
  }
  return true;
}

/** Takes the path of a known place over from where `shared` bytes of it stand already; returns its length. */
int32_t TextWalk::FollowPath(const TextPaths& paths, int32_t node, int32_t shared) {
  const int32_t reached = paths.NodeAt(node).length;
  for (; paths.NodeAt(node).length > shared; node = paths.NodeAt(node).parent) {
    const TextPaths::Node& at = paths.NodeAt(node);
    path_[static_cast<size_t>(at.length)] = at.trie_node;
    closed_[static_cast<size_t>(at.length)] = MayClose(at.trie_node) ? 0 : 1;
    Emit(paths.TokensAt(node));
  }
  return reached;
}

void TextWalk::Interval(const TextBlock& block, int32_t depth, int32_t low, int32_t high, const Beyond* beyond) {
  const std::span<const TextWord> words = block.words();
  const std::span<const int32_t> order = block.order();
  const TextPaths& paths = block.paths();
  const auto word_at = [&](int32_t at) -> TextWord {
    if (at < block.size()) return words[static_cast<size_t>(at)];
    return beyond == nullptr ? TextWord{0} : beyond->WordAt(at);
  };
  const size_t most = static_cast<size_t>(trie_.longest()) + 1;
  path_.assign(most, TokenTrie::kRoot);
  closed_.assign(most, 1);
  // Nothing is closed from the root before the first byte: an empty quote is the caller's to close.
  closed_[0] = depth > 0 && MayClose(TokenTrie::kRoot) ? 0 : 1;
  const auto close = [&](int32_t position, int32_t length) {
    uint8_t& is_closed = closed_[static_cast<size_t>(length)];
    if (is_closed != 0) return;
    const TextWord word = word_at(position + length);
    if (word == kUnknown || !IsEnd(word)) return;
    is_closed = 1;
    FollowTag(path_[static_cast<size_t>(length)], length);
  };
  int32_t reached = 0;
  int32_t prefetched = low;
  for (int32_t i = low; i < high; ++i) {
    if (i >= prefetched) {
      prefetched = std::min(i + kAhead, high);
      for (int32_t ahead = i; ahead < prefetched; ++ahead) paths.Prefetch(order[static_cast<size_t>(ahead)] + depth);
    }
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
    const int32_t shared = reached;
    const int32_t known = paths.At(position);
    if (known != TextPaths::kUnknown && (beyond == nullptr || position + paths.NodeAt(known).length < block.size())) {
      reached = FollowPath(paths, known, shared);
    } else {
      for (;; ++reached) {
        const TextWord word = word_at(position + reached);
        if (word == kUnknown || (depth + reached > 0 && !ContinuesRun(word))) break;
        const int32_t child = trie_.Child(path_[static_cast<size_t>(reached)], ByteOf(word));
        if (child == TokenTrie::kNone) break;
        path_[static_cast<size_t>(reached) + 1] = child;
        closed_[static_cast<size_t>(reached) + 1] = MayClose(child) ? 0 : 1;
        Emit(trie_.TokensAt(child));
      }
    }
    for (int32_t length = block.any_edges() ? 0 : shared; length <= reached; ++length) close(position, length);
  }
}

}  // namespace verbatim
