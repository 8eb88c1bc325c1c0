#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "text_block.hpp"
#include "token_trie.hpp"

namespace verbatim {

class TextContext;

/**
 * Walks the token trie along the text that follows candidates, and collects the tokens that may come next: those that
 * lie in the text, and those that leave it at an edge for the closing tag.
 */
class TextWalk {
 public:
  TextWalk(const TokenTrie& trie, std::span<const uint8_t> tag, TextContinuations& found)
      : trie_(trie), tag_(tag), found_(found), parents_(tag.empty() ? nullptr : &trie.ParentsBy(tag[0])) {}

  /** What stands behind a block. */
  class Beyond {
   public:
    virtual ~Beyond() = default;
    /** The word at a position counted from the block's start, at or past its end; 0 where nothing follows. */
    virtual TextWord WordAt(int32_t position) const = 0;
  };
  /** Every candidate of an interval of a block's order, which share `depth` bytes. No `beyond`: the run ends there. */
  void Interval(const TextBlock& block, int32_t depth, int32_t low, int32_t high, const Beyond* beyond);

  /** One candidate that goes on at `position` and no further than `limit`; `first`: no byte is quoted yet. */
  template <typename WordAt>
  void Single(int32_t position, int32_t limit, bool first, WordAt&& word_at) {
    int32_t node = TokenTrie::kRoot;
    for (int32_t length = 0;; ++length) {
      const bool at_limit = position + length == limit;
      const TextWord word = at_limit ? TextWord{0} : word_at(position + length);
      const bool is_first = first && length == 0;
      if (!is_first && (at_limit || IsEnd(word))) Close(node, length);
      if (at_limit || !(is_first ? IsStart(word) : ContinuesRun(word))) return;
      node = trie_.Child(node, ByteOf(word));
      if (node == TokenTrie::kNone) return;
      Emit(trie_.TokensAt(node));
    }
  }

  /**
   * The same for a place of a block where at least one byte is quoted, along the path that the block knows; false, and
   * nothing is done, where it knows none or the text may go on behind the block.
   */
  bool Known(const TextBlock& block, int32_t position, int32_t limit);

  /** The tokens that go on along the tag from `node`, `quoted` bytes below the root. */
  void Close(int32_t node, int32_t quoted) {
    if (MayClose(node)) FollowTag(node, quoted);
  }
  /** The tokens that go on with a tag of which `progress` bytes are there. */
  void Continue(size_t progress);

 private:
  /** Whether the node goes on with the tag's first byte, as few do. */
  bool MayClose(int32_t node) const { return parents_ != nullptr && (*parents_)[static_cast<size_t>(node)]; }
  void FollowTag(int32_t node, int32_t quoted);
  void Emit(std::span<const int32_t> tokens) {
    for (const int32_t token : tokens) found_.tokens.push_back(token);
  }
  int32_t FollowPath(const TextPaths& paths, int32_t node, int32_t shared);

  const TokenTrie& trie_;
  std::span<const uint8_t> tag_;
  TextContinuations& found_;
  /** The nodes that go on with the tag's first byte; null where there is no tag. */
  const std::vector<bool>* parents_;
  /** The nodes of the last candidate's path, and for each whether there is no tag left to follow from it. */
  std::vector<int32_t> path_;
  std::vector<uint8_t> closed_;
};

}  // namespace verbatim
