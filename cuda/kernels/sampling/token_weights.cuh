#pragma once

#include <cuda_runtime.h>

#include <cmath>
#include <cstdint>

#include "../state/state.cuh"
#include "float_formats.cuh"

namespace verbatim::cuda {

/**
 * What tokens weigh in a draw: exp((logit - largest) / temperature), computed in single precision and cut to a whole
 * number of units, so that sums are exact and the same in whatever order they are made. The largest logit weighs
 * 2^fraction_bits units, which is as much as leaves the sum over all ids below 2^63; a weight below one unit is 0.
 */
struct TokenWeights {
  float largest;
  /** How many powers of two one unit of logit is. */
  float scale;
  int32_t fraction_bits;

  /** `temperature` is positive. */
  __device__ TokenWeights(float largest_logit, float temperature, int32_t vocab_size)
      : largest(largest_logit), scale(fminf(kLog2OfE / temperature, kLargestFloat)) {
    fraction_bits = 31 + __clz(vocab_size);
  }

  __device__ float Distance(float logit) const { return largest - logit; }

  /** In [0, 1]; at distance 0 it is 1. */
  __device__ float Share(float distance) const { return fminf(exp2f(-distance * scale), 1.0F); }

  __device__ uint64_t Units(float share) const {
    const uint32_t bits = BitsOf(share);
    const uint64_t significand = (bits & (kHiddenBit - 1)) | kHiddenBit;
    const auto halvings = static_cast<int32_t>(127 - (bits >> kFractionBits));
    return halvings < 64 ? significand << (fraction_bits - kFractionBits) >> halvings : 0;
  }

  __device__ uint64_t Of(float logit) const { return Units(Share(Distance(logit))); }

 private:
  static constexpr float kLog2OfE = 1.44269504F;
  static constexpr float kLargestFloat = 0x1.fffffep127F;
  static constexpr int32_t kFractionBits = 23;
  static constexpr uint32_t kHiddenBit = 1U << kFractionBits;
};

}  // namespace verbatim::cuda
