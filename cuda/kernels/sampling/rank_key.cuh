#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "float_formats.cuh"

namespace verbatim::cuda {

/**
 * Orders tokens by rank, the first one smallest: the larger logit first, among equals the lower id. The logit is in the
 * upper half, the id in the lower one, and both can be read back.
 */
using RankKey = uint64_t;

/** Larger than the key of any token. */
constexpr RankKey kNoToken = ~RankKey{0};

/** `logit` is finite. */
__device__ inline RankKey KeyOf(float logit, int32_t id) {
  // The addition makes -0 equal to 0; the flips make larger floats smaller integers.
  const uint32_t bits = BitsOf(logit + 0.0F);
  const uint32_t descending = (bits & kSignBit) != 0 ? bits : ~(bits | kSignBit);
  return RankKey{descending} << 32 | static_cast<uint32_t>(id);
}

__device__ inline float LogitOf(RankKey key) {
  const auto descending = static_cast<uint32_t>(key >> 32);
  return FloatOf((descending & kSignBit) != 0 ? descending : ~descending & ~kSignBit);
}

__device__ inline int32_t IdOfKey(RankKey key) { return static_cast<int32_t>(key & 0xffff'ffffU); }

}  // namespace verbatim::cuda
