#include "block.hpp"

#include <bit>

#include "block_builder.hpp"

namespace verbatim {

std::shared_ptr<const Block> Block::Build(std::vector<Word> words) {
  const std::shared_ptr<Block> block(new Block());
  block->words_ = std::move(words);
  BlockBuilder(*block).Build();
  return block;
}

bool Block::FindChild(int32_t node, int32_t high, int32_t token, Child& child) const {
  size_t index;
  if (node == root() && !root_tokens_.empty()) {
    if (!FindRootChild(token, index)) return false;
  } else {
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
    index = static_cast<size_t>(found - child_tokens_.data());
  }
  const bool is_last = index + 1 == static_cast<size_t>(nodes_[static_cast<size_t>(node) + 1].first_child);
  child = {child_starts_[index].low, is_last ? high : child_starts_[index + 1].low, child_starts_[index].node};
  return true;
}

bool Block::FindRootChild(int32_t token, size_t& index) const {
  const size_t group = static_cast<size_t>(token) >> 5;
  if (group >= root_tokens_.size()) return false;
  const RootTokens& tokens = root_tokens_[group];
  const uint32_t bit = uint32_t{1} << (token & 31);
  index = static_cast<size_t>(tokens.before) + static_cast<size_t>(std::popcount(tokens.bits & (bit - 1)));
  return (tokens.bits & bit) != 0;
}

size_t Block::bytes() const {
  return sizeof(*this) + nodes_.capacity() * sizeof(Node) + child_starts_.capacity() * sizeof(ChildStart) +
         root_tokens_.capacity() * sizeof(RootTokens) +
         (words_.capacity() + positions_.capacity() + child_tokens_.capacity() + bitmasks_.capacity()) *
             sizeof(int32_t);
}

}  // namespace verbatim
