#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "../../../cuda/include/verbatim_cuda.h"
#include "random.hpp"

/** Rows of logits in host memory, bit by bit: what vbt_apply and vbt_sample are compared with. */

namespace verbatim::cuda::tests {

inline size_t SizeOf(vbt_dtype dtype) { return dtype == VBT_FLOAT32 ? 4 : 2; }

/** Rounds to a float with fewer bits: nearest, ties to even, as its upper bits in a 16-bit word. */
inline uint32_t RoundedTo(vbt_dtype dtype, float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if (dtype == VBT_FLOAT32) return bits;
  const uint32_t sign = bits >> 16 & 0x8000U;
  if (dtype == VBT_BFLOAT16) {
    const uint32_t upper = bits >> 16;
    const uint32_t lower = bits & 0xffffU;
    const bool rounds_up = lower > 0x8000U || (lower == 0x8000U && (upper & 1U) != 0);
    return upper + (rounds_up ? 1 : 0);
  }
  if (std::isnan(value)) return sign | 0x7e00U;
  if (std::isinf(value)) return sign | 0x7c00U;
  const double magnitude = std::fabs(static_cast<double>(value));
  // Half precision: steps of 2^-24 below 2^-14, then 1,024 steps from one power of two to the next.
  const int exponent = magnitude < 0x1p-14 ? -14 : std::ilogb(magnitude);
  const double steps = std::nearbyint(std::ldexp(magnitude, 10 - exponent));
  const auto half = static_cast<uint32_t>(steps) + static_cast<uint32_t>(exponent + 14) * 1'024;
  return sign | (half >= 0x7c00U ? 0x7c00U : half);
}

inline float ValueOf(vbt_dtype dtype, uint32_t bits) {
  if (dtype == VBT_FLOAT32) return std::bit_cast<float>(bits);
  if (dtype == VBT_BFLOAT16) return std::bit_cast<float>(bits << 16);
  const float sign = (bits & 0x8000U) != 0 ? -1.0F : 1.0F;
  const auto exponent = static_cast<int>(bits >> 10 & 31U);
  const auto fraction = static_cast<float>(bits & 1'023U);
  if (exponent == 31) return fraction == 0 ? sign * std::numeric_limits<float>::infinity() : std::nanf("");
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1'024 + fraction, exponent - 25);
}

/** Rows as they lie in memory, with what lies before and between them. */
struct LogitsImage {
  vbt_dtype dtype = VBT_FLOAT32;
  int32_t rows = 0;
  int32_t width = 0;
  int64_t stride = 0;
  /** Entries before the first row, so that rows begin at any alignment. */
  int64_t offset = 0;
  std::vector<uint8_t> bytes;

  LogitsImage() = default;
  LogitsImage(vbt_dtype its_dtype, int32_t its_rows, int32_t its_width, int64_t its_stride, int64_t its_offset)
      : dtype(its_dtype),
        rows(its_rows),
        width(its_width),
        stride(its_stride),
        offset(its_offset),
        bytes(static_cast<size_t>(its_offset + its_rows * its_stride) * SizeOf(its_dtype)) {}

  size_t Entry(int32_t row, int64_t column) const {
    return static_cast<size_t>(offset + row * stride + column) * SizeOf(dtype);
  }

  uint32_t Bits(int32_t row, int64_t column) const {
    uint32_t bits = 0;
    std::memcpy(&bits, &bytes[Entry(row, column)], SizeOf(dtype));
    return bits;
  }

  void SetBits(int32_t row, int64_t column, uint32_t bits) {
    std::memcpy(&bytes[Entry(row, column)], &bits, SizeOf(dtype));
  }

  float Value(int32_t row, int64_t column) const { return ValueOf(dtype, Bits(row, column)); }

  /** Any bits at all: every NaN, every denormal; allowed logits must keep them. */
  void FillWithNoise(Random& random) {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Next());
  }

  /** Few values, so that the largest is seldom alone; some of them not finite. */
  void FillWithTies(Random& random) {
    const bool has_odd_values = random.OneIn(2);
    for (int32_t row = 0; row < rows; ++row) {
      const int32_t levels = random.Between(1, 40);
      for (int32_t column = 0; column < width; ++column) {
        float value = static_cast<float>(random.Below(levels) - levels / 2) * 0.5F;
        if (has_odd_values && random.OneIn(12)) {
          constexpr float kInfinity = std::numeric_limits<float>::infinity();
          value = random.Of({kInfinity, -kInfinity, std::nanf(""), -0.0F});
        }
        SetBits(row, column, RoundedTo(dtype, value));
      }
    }
  }

  /** Not a finite value anywhere. */
  void FillWithNothing(Random& random) {
    for (int32_t row = 0; row < rows; ++row) {
      for (int32_t column = 0; column < width; ++column) {
        const float value = random.OneIn(2) ? std::nanf("") : -std::numeric_limits<float>::infinity();
        SetBits(row, column, RoundedTo(dtype, value));
      }
    }
  }

  /** Rule 7: assigns the mask value wherever `allowed`, ascending, does not name the column. */
  void Mask(int32_t row, const std::vector<int32_t>& allowed, float mask_value) {
    const uint32_t masked = RoundedTo(dtype, mask_value);
    size_t next = 0;
    for (int32_t column = 0; column < width; ++column) {
      if (next < allowed.size() && allowed[next] == column) {
        ++next;
      } else {
        SetBits(row, column, masked);
      }
    }
  }

  /** The column of the largest finite logit, the lowest among equals; -1 where there is none. */
  template <typename IsAllowed>
  int32_t Largest(int32_t row, int32_t vocab_size, const IsAllowed& is_allowed) const {
    int32_t largest = -1;
    for (int32_t column = 0; column < vocab_size; ++column) {
      const float value = Value(row, column);
      if (!std::isfinite(value) || !is_allowed(column)) continue;
      if (largest == -1 || value > Value(row, largest)) largest = column;
    }
    return largest;
  }
};

}  // namespace verbatim::cuda::tests
