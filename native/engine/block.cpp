#include "block.hpp"

#include <algorithm>

#include "block_builder.hpp"

namespace verbatim {

std::shared_ptr<const Block> Block::Build(std::vector<Word> words) {
  const std::shared_ptr<Block> block(new Block());
  block->words_ = std::move(words);
  BlockBuilder(*block).Build();
  return block;
}

bool Block::FindChild(int32_t node, int32_t high, int32_t token, Child& child) const {
  const std::span<const int32_t> tokens = child_tokens(node);
  if (tokens.empty()) return false;
  // A binary search whose steps are conditional moves: which way each goes cannot be predicted.
  const int32_t* found = tokens.data();
  for (size_t count = tokens.size(); count > 1;) {
    const size_t half = count / 2;
    found += found[half - 1] < token ? half : 0;
    count -= half;
  }
  if (*found != token) return false;
  const size_t index = static_cast<size_t>(found - child_tokens_.data());
  const bool is_last = found == &tokens.back();
  child = {child_lows_[index], is_last ? high : child_lows_[index + 1], child_nodes_[index]};
  return true;
}

size_t Block::bytes() const {
  return sizeof(*this) + nodes_.capacity() * sizeof(Node) +
         (words_.capacity() + positions_.capacity() + child_tokens_.capacity() + child_lows_.capacity() +
          child_nodes_.capacity() + bitmasks_.capacity()) *
             sizeof(int32_t);
}

}  // namespace verbatim
