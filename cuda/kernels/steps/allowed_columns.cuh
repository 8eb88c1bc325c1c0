#pragma once

#include <cuda_runtime.h>

#include <cstdint>

/** Columns of a row of logits as bits: bit i stands for column `first + i`, and rows need not begin at a bit's word. */

namespace verbatim::cuda {

constexpr int32_t kWordBits = 32;

/** A word whose lowest `count` bits are 1. */
__device__ inline uint32_t LowBits(int32_t count) {
  if (count <= 0) return 0;
  return count >= kWordBits ? ~0U : (1U << count) - 1;
}

/** Which of kCount columns lie in [0, end). */
template <int32_t kCount>
__device__ uint32_t ColumnsBelow(int32_t end, int32_t first) {
  return LowBits(end - first < kCount ? end - first : kCount) & ~LowBits(-first);
}

/**
 * Which of kCount columns are allowed ids by a mask of `vocab_size` bits; what is no id is not allowed. `first` may be
 * as low as -kCount.
 */
template <int32_t kCount>
__device__ uint32_t AllowedColumns(const uint32_t* mask, int32_t vocab_size, int32_t first) {
  const uint32_t ids = ColumnsBelow<kCount>(vocab_size, first);
  if (ids == 0) return 0;
  const int32_t word = first >> 5;
  const int32_t shift = first & (kWordBits - 1);
  uint32_t bits = word < 0 ? 0 : mask[word] >> shift;
  // The columns may go on in the next word, which exists if it holds an id.
  if (shift > kWordBits - kCount && (word + 1) * kWordBits < vocab_size) bits |= mask[word + 1] << (kWordBits - shift);
  return bits & ids;
}

/** How many entries before a row the last address aligned to 16 bytes is. */
template <typename Entry>
__device__ int32_t EntriesAfterAlignment(const Entry* row) {
  return static_cast<int32_t>(reinterpret_cast<uintptr_t>(row) % sizeof(uint4) / sizeof(Entry));
}

}  // namespace verbatim::cuda
