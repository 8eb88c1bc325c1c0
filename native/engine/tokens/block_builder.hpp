#pragma once

#include <cstdint>
#include <vector>

#include "../sorting/sort_buffer.hpp"
#include "block.hpp"

namespace verbatim {

/** Sorts a block's positions and grows its tree of nodes; one of two ways, by how repetitive the text is. */
class BlockBuilder {
 public:
  explicit BlockBuilder(Block& block) : block_(block) {}

  void Build();

 private:
  /** The token after the first `depth` tokens of the suffix at `position`, plus one; 0 where the run ends there. */
  uint32_t KeyAt(int32_t position, int32_t depth) const;

  // Natural text: by the first two tokens, then deeper only where more than kHeavy candidates remain.
  void SortByTwoTokens();
  void SortByTwoWideTokens();
  struct Part {
    uint32_t key;
    int32_t low;
    int32_t node;
  };
  void FindParts(int32_t depth, int32_t low, int32_t high);
  int32_t GrowNode(int32_t depth, int32_t low, int32_t high);
  void SortByKey(int32_t depth, int32_t low, int32_t high);

  /** Whether too many candidates are heavy at the depth limit. */
  bool IsRepetitive() const;

  int32_t AppendNode(int32_t depth, int32_t first_child);
  void IndexRoot();

  // Repetitive text: by whole suffixes.
  void SortBySuffix();
  void GrowFromCommonPrefixes(const std::vector<int32_t>& common);

  Block& block_;
  /** The parts of the nodes that are being grown, outer before inner. */
  std::vector<Part> parts_;
  /** Candidates in heavy prefixes that GrowNode left unsorted at its depth limit. */
  int64_t heavy_left_ = 0;
  /** One for each position, in order: first key, second key, position, from the highest bits to the lowest. */
  SortBuffer items_;
  int token_bits_ = 0;
  int position_bits_ = 0;
  SortBuffer bucket_;
};

}  // namespace verbatim
