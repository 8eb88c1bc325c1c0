#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../sorting/range.hpp"
#include "context.hpp"

namespace verbatim {

/**
 * Looks for the places of a context where a quote stands between two edges: by the index of a block, passing over what
 * is not among the first, and byte by byte where there is none.
 */
class TextFinder {
 public:
  /** `ranges` count where `restricted`. The quote has a byte at least; it and the ranges must outlive the finder. */
  TextFinder(const TextContext& context, std::span<const uint8_t> quote, std::span<const Range> ranges,
             bool restricted);

  /** The first places, at most `limit`, ascending. */
  std::vector<int32_t> First(size_t limit);

 private:
  int32_t length() const { return static_cast<int32_t>(quote_.size()); }
  bool IsFull() const { return found_.size() >= limit_; }
  /** Whether the quote, which stands here, is in a range and ends at an edge. */
  bool IsBetweenEdges(int32_t start) const;
  bool MayBeInRange(int32_t first_start, int32_t last_start) const;
  void FindInIndex(const TextContext::Piece& piece);
  void Search(int32_t first, int32_t end);
  void SearchRange(int32_t first, int32_t end, int32_t text_end);
  const std::vector<int32_t>& Borders();

  const TextContext& context_;
  std::span<const uint8_t> quote_;
  std::span<const Range> ranges_;
  bool restricted_;
  size_t limit_ = 0;
  std::vector<int32_t> found_;
  std::vector<int32_t> borders_;
};

}  // namespace verbatim
