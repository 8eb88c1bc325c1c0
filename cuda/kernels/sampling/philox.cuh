#pragma once

#include <cuda_runtime.h>

#include <cstdint>

/**
 * Philox4x32-10 (Salmon et al., Parallel random numbers: as easy as 1, 2, 3): random bits as a function of a key and a
 * counter, so that no state has to be kept or passed on.
 */

namespace verbatim::cuda {

struct PhiloxBlock {
  uint32_t words[4];
};

__host__ __device__ inline PhiloxBlock Philox(PhiloxBlock counter, uint32_t key_low, uint32_t key_high) {
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t even = uint64_t{0xD2511F53} * counter.words[0];
    const uint64_t odd = uint64_t{0xCD9E8D57} * counter.words[2];
    counter = {{static_cast<uint32_t>(odd >> 32) ^ counter.words[1] ^ key_low, static_cast<uint32_t>(odd),
                static_cast<uint32_t>(even >> 32) ^ counter.words[3] ^ key_high, static_cast<uint32_t>(even)}};
    key_low += 0x9E3779B9;
    key_high += 0xBB67AE85;
  }
  return counter;
}

/** 64 random bits: draw number `draw` of a seed. */
__host__ __device__ inline uint64_t RandomBits(uint64_t seed, uint64_t draw) {
  const PhiloxBlock counter = {{static_cast<uint32_t>(draw), static_cast<uint32_t>(draw >> 32), 0, 0}};
  const PhiloxBlock random = Philox(counter, static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32));
  return uint64_t{random.words[1]} << 32 | random.words[0];
}

}  // namespace verbatim::cuda
