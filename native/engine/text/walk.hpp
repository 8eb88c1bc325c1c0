#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "block.hpp"
#include "closing_tokens.hpp"
#include "index.hpp"
#include "token_trie.hpp"

namespace verbatim {

/**
 * Walks the token trie along the text that follows candidates, and collects the tokens that may come next: those that
 * lie in the text, and those that leave it at an edge for the closing tag. The candidates of one walk share the bytes
 * that are quoted already.
 */
class TextWalk {
 public:
  TextWalk(const TokenTrie& trie, const ClosingTokens& closing, TextContinuations& found)
      : trie_(trie), closing_(closing), found_(found) {}

  /**
   * Every candidate of an interval of a block's order. Where the block's last run goes on behind it, candidates that a
   * token may lead there are left out, and their starts handed to `outer`.
   */
  template <typename Outer>
  void Interval(const TextBlock& block, const TextIndex::Interval& interval, bool run_goes_on, Outer&& outer) {
    const std::span<const TextWord> words = block.words();
    const TextIndex& index = block.index();
    const std::span<const int32_t> order = index.order();
    const TextPaths& paths = index.paths();
    const int32_t depth = interval.depth;
    const int32_t high = interval.high;
    states_.assign(static_cast<size_t>(closing_.count()), State::kUnmet);
    open_ = 0;
    const int32_t inner_end = run_goes_on ? block.size() - trie_.longest() : INT32_MAX;
    const auto word_at = [&](int32_t at) { return at < block.size() ? words[static_cast<size_t>(at)] : TextWord{0}; };
    const auto close = [&](int32_t at, int32_t position) {
      const TextPaths::Node& node = paths.NodeAt(at);
      CloseAt(node.trie_node, node.length, [&] { return IsEnd(word_at(position + node.length)); });
    };
    const auto visit = [&](int32_t at, int32_t position) {
      EmitAt(paths.NodeAt(at));
      close(at, position);
    };
    // An empty quote is the caller's to close.
    const int32_t above = depth == 0 ? TextPaths::kRoot : TextPaths::kUnknown;
    // Nodes stand in the order of the text that they were made of, as candidates do: the last one that was visited.
    int32_t last = above;
    // The node of the candidate before, and from which candidate on all have had it.
    int32_t before = kNoNode;
    int32_t since = interval.low;
    // Whether candidates with that node may still add what the ones before them did not.
    bool looks_again = false;
    std::array<int32_t, kTogether> nodes;
    // Candidates that go on like number `i` for `reached` bytes add nothing but a caller's edges; the last of them.
    const auto last_alike = [&](int32_t i, int32_t reached) {
      const int32_t next = index.NextDifferent(i + 1, high, depth + reached);
      if (open_ > 0 && block.has_own_edges()) CloseAlike(block, {depth, i, next}, reached);
      return next - 1;
    };
    for (int32_t first = interval.low; first < high;) {
      const int32_t end = std::min(first + kTogether, high);
      for (int32_t i = first; i < end; ++i) {
        nodes[static_cast<size_t>(i - first)] = paths.At(order[static_cast<size_t>(i)] + depth);
      }
      // What the memory is asked for now is there by the next turn.
      const int32_t next_end = std::min(end + kTogether, high);
      for (int32_t i = end; i < next_end; ++i) paths.Prefetch(order[static_cast<size_t>(i)] + depth);
      int32_t i = first;
      for (; i < end; ++i) {
        const int32_t node = nodes[static_cast<size_t>(i - first)];
        if (node == before && !looks_again) continue;
        const int32_t position = order[static_cast<size_t>(i)] + depth;
        if (node == TextPaths::kUnknown) {
          before = kNoNode;
          if (position >= inner_end) {
            outer(position - depth);
            continue;
          }
          i = last_alike(i, Single(position, INT32_MAX, depth == 0, word_at));
          continue;
        }
        if (node != before) since = i;
        int32_t at = node;
        if (node > last) {
          // Of this path all nodes up to `last` were seen with it.
          for (; at > last; at = paths.NodeAt(at).parent) visit(at, position);
          last = node;
        } else {
          // So was all of this one, but for few candidates in any order: they share what all of them share.
          const int32_t shared = before == kNoNode ? 0 : index.common(i) - depth;
          for (; paths.NodeAt(at).length > shared; at = paths.NodeAt(at).parent) visit(at, position);
        }
        before = node;
        if (open_ == 0) {
          looks_again = false;
          continue;
        }
        if (block.has_own_edges()) {
          i = last_alike(i, paths.NodeAt(node).length);
          looks_again = open_ > 0;
          continue;
        }
        // Where this path parts from others it may be at an edge where they were not.
        if (at > above) close(at, position);
        looks_again = IsOpen(paths.NodeAt(node).trie_node);
      }
      // The end, or behind it where candidates that are alike reach further.
      first = i;
      // Where a path comes again and again it is worth looking for the next that parts from it.
      if (before != kNoNode && end - since >= kTogether) {
        first = index.NextDifferent(first, high, depth + paths.NodeAt(before).length);
      }
    }
  }

  /**
   * One candidate that goes on at `position` and no further than `limit`; `first`: no byte is quoted yet. How many
   * bytes the trie could follow.
   */
  template <typename WordAt>
  int32_t Single(int32_t position, int32_t limit, bool first, WordAt&& word_at) {
    int32_t node = TokenTrie::kRoot;
    for (int32_t length = 0;; ++length) {
      const bool at_limit = position + length == limit;
      const TextWord word = at_limit ? TextWord{0} : word_at(position + length);
      const bool is_first = first && length == 0;
      if (!is_first) CloseAt(node, length, [&] { return at_limit || IsEnd(word); });
      if (at_limit || !(is_first ? IsStart(word) : ContinuesRun(word))) return length;
      node = trie_.Child(node, ByteOf(word));
      if (node == TokenTrie::kNone) return length;
      Emit(trie_.TokensAt(node));
    }
  }

  /**
   * The same for a place of a block where at least one byte is quoted, along the path that the block knows; false, and
   * nothing is done, where it knows none or the text may go on behind the block.
   */
  bool Known(const TextBlock& block, int32_t position, int32_t limit);

  /** The tokens that go on along the tag after no byte. */
  void Close() {
    CloseAt(TokenTrie::kRoot, 0, [] { return true; });
  }
  void Add(const TextContinuations& known) {
    found_.tokens.insert(found_.tokens.end(), known.tokens.begin(), known.tokens.end());
    found_.closers.insert(found_.closers.end(), known.closers.begin(), known.closers.end());
  }
  const ClosingTokens& closing() const { return closing_; }
  /** The tokens that go on with a tag of which `progress` bytes are there. */
  void Continue(size_t progress);

 private:
  /** Places whose paths are asked of the memory together, since waiting for them one by one takes most of a walk. */
  static constexpr int32_t kTogether = 16;
  /** The node of no candidate. */
  static constexpr int32_t kNoNode = -2;

  /** What candidates add that share `reached` bytes behind the quoted ones, where some may be at an edge. */
  void CloseAlike(const TextBlock& block, const TextIndex::Interval& alike, int32_t reached);
  /** Adds the closing tokens of a node, if it has any, `quoted` bytes below the root, where it is met at an edge. */
  template <typename IsEdge>
  void CloseAt(int32_t node, int32_t quoted, IsEdge&& is_edge) {
    const int32_t closing = closing_.Find(node);
    if (closing != TokenTrie::kNone) CloseIf(is_edge(), closing, quoted);
  }
  /** The same for one of the nodes that have some. */
  void CloseIf(bool is_edge, int32_t closing, int32_t quoted);
  bool IsOpen(int32_t node) const {
    const int32_t closing = closing_.Find(node);
    return closing != TokenTrie::kNone && states_[static_cast<size_t>(closing)] == State::kOpen;
  }
  void Emit(std::span<const int32_t> tokens) {
    for (const int32_t token : tokens) found_.tokens.push_back(token);
  }
  void EmitAt(const TextPaths::Node& node) {
    if (node.token >= 0) {
      found_.tokens.push_back(node.token);
    } else if (node.token == TextPaths::kSeveralTokens) {
      Emit(trie_.TokensAt(node.trie_node));
    }
  }

  const TokenTrie& trie_;
  const ClosingTokens& closing_;
  TextContinuations& found_;
  /** Of each node that has closing tokens: whether an interval met it, at no edge yet or at one. */
  enum class State : uint8_t { kUnmet, kOpen, kClosed };
  /** Empty until an interval is walked: few single candidates may add the same tokens again. */
  std::vector<State> states_;
  /** How many nodes are open. */
  int32_t open_ = 0;
  struct Open {
    int32_t closing;
    int32_t quoted;
  };
  /** Those on the path of alike candidates. */
  std::vector<Open> open_on_path_;
};

}  // namespace verbatim
