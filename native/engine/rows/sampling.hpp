#pragma once

#include <cstddef>
#include <cstdint>

namespace verbatim {

/** How a token is drawn. Each cut is over what the one before it kept. */
struct Sampling {
  /** 0 takes the largest logit, the lowest id among equals. */
  double temperature;
  /** Keep the `top_k` largest logits; 0 keeps all. Among equals the lower id ranks first, here and in `top_p`. */
  int32_t top_k;
  /** Keep the most probable tokens until their probabilities sum to `top_p`, at least one; 1 keeps all. */
  double top_p;
  /** Keep tokens at least `min_p` times as probable as the most probable one; 0 keeps all. */
  double min_p;
};

/** The entries of a row that may be drawn. */
struct Choices {
  const float* row;
  /** Strictly ascending; null: [0, count). */
  const int32_t* ids;
  size_t count;

  int32_t id(size_t i) const noexcept { return ids == nullptr ? static_cast<int32_t>(i) : ids[i]; }
  float logit(size_t i) const noexcept { return row[id(i)]; }
};

/**
 * Draws an id, or -1 where no entry is finite; entries that are not are never drawn.
 *
 * A token's weight is exp((logit - largest) / temperature). The draw adds up the weights of the kept tokens by
 * ascending id and takes the first at which the sum exceeds `uniform` (in [0, 1)) times their total. Without cuts by
 * rank (top_k, top_p) that is two passes over the row and no memory; with them a partial selection, no full sort.
 * Throws bad_alloc.
 */
int32_t Sample(const Choices& choices, const Sampling& sampling, double uniform);

}  // namespace verbatim
