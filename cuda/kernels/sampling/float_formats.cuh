#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <cstring>

/**
 * The formats of logits: how a float becomes bits, rounded to nearest, ties to even, and how bits become a float,
 * exactly. Integers and exact float operations alone, so that host and device agree.
 */

namespace verbatim::cuda {

__host__ __device__ inline uint32_t BitsOf(float value) {
  uint32_t bits = 0;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

__host__ __device__ inline float FloatOf(uint32_t bits) {
  float value = 0;
  memcpy(&value, &bits, sizeof value);
  return value;
}

constexpr uint32_t kSignBit = 0x8000'0000U;
constexpr uint32_t kInfinityBits = 0x7f80'0000U;

__host__ __device__ inline bool IsFinite(float value) { return (BitsOf(value) & kInfinityBits) != kInfinityBits; }

struct Float32 {
  using Bits = uint32_t;

  __host__ __device__ static Bits FromFloat(float value) { return BitsOf(value); }
  __host__ __device__ static float ToFloat(Bits bits) { return FloatOf(bits); }
};

/** IEEE half precision: 5 bits of exponent, 10 of fraction. */
struct Float16 {
  using Bits = uint16_t;

  /** `value` is a number or an infinity. */
  __host__ __device__ static Bits FromFloat(float value) {
    const uint32_t magnitude = BitsOf(value) & ~kSignBit;
    const uint32_t sign = (BitsOf(value) & kSignBit) >> 16;
    uint32_t half = kInfinity;
    if (magnitude < kSmallestNormal) {
      // Between 0.5 and 1 floats are 2^-24 apart, as these halves are: the addition rounds.
      half = BitsOf(FloatOf(magnitude) + 0.5F) - BitsOf(0.5F);
    } else if (magnitude < kFirstInfinite) {
      const uint32_t rebiased = magnitude - kBiasDifference;
      half = (rebiased + 0xfff + (rebiased >> 13 & 1)) >> 13;
    }
    return static_cast<Bits>(sign | half);
  }

  __host__ __device__ static float ToFloat(Bits bits) {
    const uint32_t sign = (bits & 0x8000U) << 16;
    const uint32_t shifted = (bits & 0x7fffU) << 13;
    if ((bits & kInfinity) == kInfinity) return FloatOf(sign | kInfinityBits | shifted);
    // The multiplication moves the exponent, and makes a denormal half a normal float.
    return FloatOf(sign | BitsOf(FloatOf(shifted) * 0x1p112F));
  }

 private:
  static constexpr uint32_t kInfinity = 0x7c00;
  static constexpr uint32_t kBiasDifference = (127 - 15) << 23;
  /** 2^-14 */
  static constexpr uint32_t kSmallestNormal = kBiasDifference + (1 << 23);
  /** 65,520: halfway from the largest half to the next power of two. */
  static constexpr uint32_t kFirstInfinite = 0x477f'f000;
};

/** The upper half of a float. */
struct Bfloat16 {
  using Bits = uint16_t;

  /** `value` is a number or an infinity. */
  __host__ __device__ static Bits FromFloat(float value) {
    const uint32_t bits = BitsOf(value);
    return static_cast<Bits>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
  }

  __host__ __device__ static float ToFloat(Bits bits) { return FloatOf(static_cast<uint32_t>(bits) << 16); }
};

}  // namespace verbatim::cuda
