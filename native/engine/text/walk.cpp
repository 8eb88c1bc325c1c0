#include "walk.hpp"

namespace verbatim {

void TextWalk::CloseIf(bool is_edge, int32_t closing, int32_t quoted) {
  if (!states_.empty()) {
    State& state = states_[static_cast<size_t>(closing)];
    if (state == State::kClosed || (state == State::kOpen && !is_edge)) return;
    if (is_edge) {
      if (state == State::kOpen) --open_;
      state = State::kClosed;
    } else {
      ++open_;
      state = State::kOpen;
    }
  }
  if (!is_edge) return;
  for (const int32_t token : closing_.TokensOf(closing)) found_.closers.push_back({token, quoted});
}

void TextWalk::CloseAlike(const TextBlock& block, const TextIndex::Interval& alike, int32_t reached) {
  const std::span<const TextWord> words = block.words();
  const auto position_of = [&](int32_t i) { return block.index().order()[static_cast<size_t>(i)] + alike.depth; };
  open_on_path_.clear();
  int32_t node = TokenTrie::kRoot;
  for (int32_t length = 0;; ++length) {
    if (IsOpen(node)) open_on_path_.push_back({closing_.Find(node), length});
    if (length == reached) break;
    const int32_t position = position_of(alike.low) + length;
    node = trie_.Child(node, ByteOf(words[static_cast<size_t>(position)]));
  }
  for (int32_t i = alike.low; i < alike.high && !open_on_path_.empty(); ++i) {
    std::erase_if(open_on_path_, [&](const Open& open) {
      const int32_t end = position_of(i) + open.quoted;
      const bool is_edge = end >= block.size() || IsEnd(words[static_cast<size_t>(end)]);
      if (is_edge) CloseIf(true, open.closing, open.quoted);
      return is_edge;
    });
  }
}

void TextWalk::Continue(size_t progress) {
  int32_t node = TokenTrie::kRoot;
  for (const uint8_t byte : closing_.tag().subspan(progress)) {
    node = trie_.Child(node, byte);
    if (node == TokenTrie::kNone) return;
    Emit(trie_.TokensAt(node));
  }
}

bool TextWalk::Known(const TextBlock& block, int32_t position, int32_t limit) {
  if (position >= block.size()) return false;
  const TextPaths& paths = block.index().paths();
  int32_t node = paths.At(position);
  if (node == TextPaths::kUnknown) return false;
  for (; node != TextPaths::kUnknown; node = paths.NodeAt(node).parent) {
    const TextPaths::Node& at = paths.NodeAt(node);
    const int32_t end = position + at.length;
    if (end > limit) continue;
    EmitAt(at);
    CloseAt(at.trie_node, at.length, [&] { return end == limit || IsEnd(block.words()[static_cast<size_t>(end)]); });
  }
  return true;
}

}  // namespace verbatim
