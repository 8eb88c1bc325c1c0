#pragma once

#include <cstdint>

#include "sanitizers.hpp"

namespace cuda_on_cpu {

/** A small, fast generator: what decides the order of everything that CUDA leaves open. */
class Random {
 public:
  explicit constexpr Random(uint64_t seed) : state_(seed) {}

  CUDA_ON_CPU_UNCHECKED uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15U;
    uint64_t mixed = (state_ ^ (state_ >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }

  /** In [0, limit). */
  CUDA_ON_CPU_UNCHECKED uint32_t Below(uint32_t limit) { return static_cast<uint32_t>(((Next() >> 32) * limit) >> 32); }

 private:
  uint64_t state_;
};

/** The one generator of the process; seeded from CUDA_ON_CPU_SEED, or with 1. */
extern Random generator;

}  // namespace cuda_on_cpu
