#include "text_walk.hpp"

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
  const TextPaths& paths = block.paths();
  int32_t node = paths.At(position);
  if (node == TextPaths::kUnknown) return false;
  for (; node != TextPaths::kUnknown; node = paths.NodeAt(node).parent) {
    const TextPaths::Node& at = paths.NodeAt(node);
    const int32_t end = position + at.length;
    if (end > limit) continue;
    EmitAt(at);
    const int32_t closing = closing_.Find(at.trie_node);
    if (closing == TokenTrie::kNone) continue;
    CloseIf(end == limit || IsEnd(block.words()[static_cast<size_t>(end)]), closing, at.length);
  }
  return true;
}

}  // namespace verbatim
