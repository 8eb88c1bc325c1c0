#include "context_index.hpp"

#include <algorithm>
#include <utility>

namespace verbatim::cuda {
namespace {

bool IsBarrier(std::span<const uint32_t> barriers, int32_t id) {
  const auto bit = static_cast<size_t>(id);
  return (barriers[bit / 32] >> (bit % 32) & 1) != 0;
}

}  // namespace

ContextIndex IndexContext(std::span<const int32_t> tokens, std::span<const vbt_piece> pieces,
                          std::span<const uint32_t> barriers, int32_t vocab_size) {
  ContextIndex index;
  index.words.reserve(tokens.size());
  // Per id: first how many there are, then where the next position goes.
  std::vector<int32_t> slots(static_cast<size_t>(vocab_size));
  for (const vbt_piece& piece : pieces) {
    const bool is_segment = (piece.flags & VBT_SEGMENT) != 0;
    for (size_t i = 0; i < piece.count; ++i) {
      const int32_t id = tokens[index.words.size()];
      auto word = static_cast<TokenWord>(id);
      if ((piece.flags & VBT_UNSEARCHABLE) != 0 || IsBarrier(barriers, id)) word |= kUnsearchable;
      if (i == 0 && (is_segment || index.ends_run)) word |= kRunStart;
      if (IsSearchable(word)) ++slots[static_cast<size_t>(id)];
      index.words.push_back(word);
    }
    if (is_segment || piece.count > 0) index.ends_run = is_segment;
  }

  int32_t start = 0;
  for (int32_t id = 0; id < vocab_size; ++id) {
    int32_t& slot = slots[static_cast<size_t>(id)];
    if (slot == 0) continue;
    index.distinct_ids.push_back(id);
    index.bucket_starts.push_back(start);
    index.largest_bucket = std::max(index.largest_bucket, slot);
    start += std::exchange(slot, start);
  }
  index.bucket_starts.push_back(start);

  index.positions.resize(static_cast<size_t>(start));
  for (size_t position = 0; position < index.words.size(); ++position) {
    const TokenWord word = index.words[position];
    if (!IsSearchable(word)) continue;
    int32_t& slot = slots[static_cast<size_t>(IdOf(word))];
    index.positions[static_cast<size_t>(slot++)] = static_cast<int32_t>(position);
  }
  return index;
}

}  // namespace verbatim::cuda
