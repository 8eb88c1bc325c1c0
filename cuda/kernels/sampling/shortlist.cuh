#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "../state/block.cuh"
#include "allowed_row.cuh"
#include "rank_key.cuh"

/** Tokens in shared memory: few enough to sort. */

namespace verbatim::cuda {

/** A power of two. */
constexpr int32_t kShortlistCapacity = 2'048;

struct Shortlist {
  /** [kShortlistCapacity], shared memory */
  RankKey* keys;
  /** Tokens that were to be listed; if there are more than the capacity, the keys are garbage. */
  int32_t count;

  __device__ bool Fits() const { return count <= kShortlistCapacity; }
};

/** A list that does not fit. */
__device__ inline Shortlist TooMany(RankKey* keys) { return {keys, kShortlistCapacity + 1}; }

/** Shared memory for the number of tokens that a list gets. */
__device__ inline int32_t& ListedCount() {
  __shared__ int32_t count;
  return count;
}

/** Shared memory for the keys of a list: [kShortlistCapacity]. */
__device__ inline RankKey* ListedKeys() {
  __shared__ RankKey keys[kShortlistCapacity];
  return keys;
}

/** Lists what `visit_all(add)` calls add(key) for, in any order. A barrier. */
template <typename VisitAll>
__device__ Shortlist ListKeys(RankKey* keys, const VisitAll& visit_all) {
  int32_t& count = ListedCount();
  if (ThreadIndex() == 0) count = 0;
  __syncthreads();
  visit_all([&](RankKey key) {
    const int32_t place = atomicAdd(&count, 1);
    if (place < kShortlistCapacity) keys[place] = key;
  });
  __syncthreads();
  const Shortlist list = {keys, count};
  __syncthreads();
  return list;
}

/**
 * Lists the row's allowed ids, in any order, with kNoToken for those whose logit is not finite. Reads the mask, then
 * all listed logits at once. A barrier.
 */
template <typename Format>
__device__ Shortlist ListAllowed(const AllowedRow<Format>& row, RankKey* keys) {
  constexpr int32_t kVectorWords = 4;
  int32_t& count = ListedCount();
  if (ThreadIndex() == 0) count = 0;
  __syncthreads();
  const int32_t vectors = (row.vocab_size + kVectorWords * kWordBits - 1) / (kVectorWords * kWordBits);
  for (int32_t i = ThreadIndex(); i < vectors; i += BlockThreads()) {
    uint4 vector = make_uint4(~0U, ~0U, ~0U, ~0U);
    if (row.mask != nullptr) vector = reinterpret_cast<const uint4*>(row.mask)[i];
    const uint32_t words[kVectorWords] = {vector.x, vector.y, vector.z, vector.w};
    for (int32_t j = 0; j < kVectorWords; ++j) {
      const int32_t first = (i * kVectorWords + j) * kWordBits;
      uint32_t bits = words[j] & ColumnsBelow<kWordBits>(row.vocab_size, first);
      if (bits == 0) continue;
      int32_t place = atomicAdd(&count, __popc(bits));
      for (; bits != 0 && place < kShortlistCapacity; bits &= bits - 1) {
        keys[place++] = static_cast<RankKey>(first + __ffs(static_cast<int>(bits)) - 1);
      }
    }
  }
  __syncthreads();
  const Shortlist list = {keys, count};
  if (list.Fits()) {
    for (int32_t i = ThreadIndex(); i < list.count; i += BlockThreads()) {
      const int32_t id = IdOfKey(keys[i]);
      const float logit = row.LogitOfId(id);
      keys[i] = IsFinite(logit) ? KeyOf(logit, id) : kNoToken;
    }
  }
  __syncthreads();
  return list;
}

/**
 * Sorts ascending, by a bitonic network; the list may have become shorter, not longer. While the keys that a stage
 * compares are at most a warp apart, each warp keeps to 64 keys of its own and waits for no other. A barrier.
 */
__device__ inline void Sort(const Shortlist& list) {
  RankKey* keys = list.keys;
  int32_t size = 1;
  while (size < list.count) size *= 2;
  for (int32_t i = list.count + ThreadIndex(); i < size; i += BlockThreads()) keys[i] = kNoToken;
  __syncthreads();
  for (int32_t run = 2; run <= size; run *= 2) {
    for (int32_t apart = run / 2; apart > 0; apart /= 2) {
      for (int32_t pair = ThreadIndex(); pair < size / 2; pair += BlockThreads()) {
        const int32_t lower = 2 * pair - (pair & (apart - 1));
        const RankKey first = keys[lower];
        const RankKey second = keys[lower + apart];
        const bool is_ascending = (lower & run) == 0;
        if ((first > second) == is_ascending) {
          keys[lower] = second;
          keys[lower + apart] = first;
        }
      }
      const int32_t next_apart = apart > 1 ? apart / 2 : run;
      if (apart > kWarpThreads || next_apart > kWarpThreads) {
        __syncthreads();
      } else {
        __syncwarp();
      }
    }
  }
  __syncthreads();
}

/** With the id in the upper half, or back. */
__device__ inline RankKey SwapHalves(RankKey key) { return key << 32 | key >> 32; }

/** Sorts by id, and leaves the keys with their halves swapped. A barrier. */
__device__ inline void SortById(const Shortlist& list) {
  for (int32_t i = ThreadIndex(); i < list.count; i += BlockThreads()) list.keys[i] = SwapHalves(list.keys[i]);
  __syncthreads();
  Sort(list);
}

}  // namespace verbatim::cuda
