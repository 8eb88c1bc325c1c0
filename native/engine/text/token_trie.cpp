#include "token_trie.hpp"

#include <algorithm>
#include <string_view>

namespace verbatim {
namespace {

std::string_view View(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TokenTrie::TokenTrie(std::span<const int32_t> offsets, std::span<const uint8_t> bytes)
    : vocab_size_(static_cast<int32_t>(offsets.size()) - 1),
      offsets_(offsets.begin(), offsets.end()),
      token_bytes_(bytes.begin(), bytes.end()) {
  std::vector<int32_t> sorted;
  for (int32_t token = 0; token < vocab_size_; ++token) {
    if (BytesOf(token).empty()) continue;
    sorted.push_back(token);
    longest_ = std::max(longest_, static_cast<int32_t>(BytesOf(token).size()));
  }
  std::sort(sorted.begin(), sorted.end(), [this](int32_t left, int32_t right) {
    const int order = View(BytesOf(left)).compare(View(BytesOf(right)));
    return order != 0 ? order < 0 : left < right;
  });
  Build(sorted);
}

std::span<const uint8_t> TokenTrie::BytesOf(int32_t token) const {
  const size_t first = static_cast<size_t>(offsets_[static_cast<size_t>(token)]);
  const size_t end = static_cast<size_t>(offsets_[static_cast<size_t>(token) + 1]);
  return std::span(token_bytes_).subspan(first, end - first);
}

/** Level by level: a node is the stretch of `sorted` that shares its prefix. */
void TokenTrie::Build(const std::vector<int32_t>& sorted) {
  struct Stretch {
    size_t low;
    size_t high;
  };
  std::vector<Stretch> level = {{0, sorted.size()}};
  labels_.push_back(0);
  for (size_t depth = 0; !level.empty(); ++depth) {
    std::vector<Stretch> next;
    for (auto [low, high] : level) {
      nodes_.push_back({static_cast<int32_t>(labels_.size()), static_cast<int32_t>(tokens_.size())});
      for (; low < high && BytesOf(sorted[low]).size() == depth; ++low) tokens_.push_back(sorted[low]);
      while (low < high) {
        const uint8_t label = BytesOf(sorted[low])[depth];
        const size_t first = low;
        while (low < high && BytesOf(sorted[low])[depth] == label) ++low;
        labels_.push_back(label);
        next.push_back({first, low});
      }
    }
    level = std::move(next);
  }
  nodes_.push_back({static_cast<int32_t>(labels_.size()), static_cast<int32_t>(tokens_.size())});
  root_children_.fill(kNone);
  for (int32_t child = nodes_[0].first_child; child < nodes_[1].first_child; ++child) {
    root_children_[labels_[static_cast<size_t>(child)]] = child;
  }
}

TokenTrie::Match TokenTrie::LongestAt(std::span<const uint8_t> bytes) const {
  Match longest = {kNone, 0};
  int32_t node = kRoot;
  for (size_t i = 0; i < bytes.size(); ++i) {
    node = Child(node, bytes[i]);
    if (node == kNone) break;
    if (!TokensAt(node).empty()) longest = {TokensAt(node).front(), static_cast<int32_t>(i) + 1};
  }
  return longest;
}

const std::vector<int32_t>& TokenTrie::ParentsBy(uint8_t byte) const {
  std::vector<int32_t>& parents = parents_[byte];
  std::call_once(are_parents_known_[byte], [&] {
    std::vector<int32_t> found;
    for (int32_t node = 0; node < node_count(); ++node) {
      if (Child(node, byte) != kNone) found.push_back(node);
    }
    parents = std::move(found);
  });
  return parents;
}

size_t TokenTrie::bytes() const {
  return sizeof(*this) + nodes_.capacity() * sizeof(Node) + labels_.capacity() + token_bytes_.capacity() +
         (tokens_.capacity() + offsets_.capacity()) * sizeof(int32_t);
}

}  // namespace verbatim
