#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "../state/block.cuh"
#include "../steps/allowed_columns.cuh"
#include "float_formats.cuh"

namespace verbatim::cuda {

/**
 * The tokens of a row that may be drawn: those that the mask allows, or all, of which the logit is finite. Positions
 * are columns, counted from the last address aligned to 16 bytes that is not after the row's start.
 */
template <typename Format>
struct AllowedRow {
  using Entry = typename Format::Bits;

  const Entry* entries;
  /** nullptr: all ids are allowed. Aligned to 16 bytes. */
  const uint32_t* mask;
  int32_t vocab_size;
  int32_t skipped;

  __device__ AllowedRow(const Entry* its_entries, const uint32_t* its_mask, int32_t its_vocab_size)
      : entries(its_entries), mask(its_mask), vocab_size(its_vocab_size), skipped(EntriesAfterAlignment(its_entries)) {}

  __device__ int32_t positions() const { return vocab_size + skipped; }
  __device__ int32_t IdAt(int32_t position) const { return position - skipped; }
  __device__ float LogitOfId(int32_t id) const { return Format::ToFloat(entries[id]); }

  /** Which of kCount columns from `first` on are allowed; all are ids. */
  template <int32_t kCount>
  __device__ uint32_t Allowed(int32_t first) const {
    return mask == nullptr ? LowBits(kCount) : AllowedColumns<kCount>(mask, vocab_size, first);
  }

  /** The logit at a position, if it is that of a token. */
  __device__ bool Find(int32_t position, float& logit) const {
    const int32_t id = IdAt(position);
    if (id < 0 || id >= vocab_size || Allowed<1>(id) == 0) return false;
    logit = LogitOfId(id);
    return IsFinite(logit);
  }

  /** Calls visit(logit, id) for the tokens at positions [begin, end), which the lanes of a warp share. */
  template <typename Visit>
  __device__ void VisitInWarp(int32_t begin, int32_t end, const Visit& visit) const {
    constexpr int32_t kStep = kWarpThreads * kVectorEntries;
    // Vectors that cross an edge of the row are left to single lanes.
    const int32_t first_whole = skipped == 0 ? 0 : kVectorEntries;
    const int32_t end_of_whole = max(first_whole, positions() / kVectorEntries * kVectorEntries);
    VisitEdges(begin, end, min(first_whole, positions()), end_of_whole, visit);
    end = min(end, end_of_whole);
    int32_t position = max(begin, first_whole) + Lane() * kVectorEntries;
    AllowedVector vector = Load(position, end);
    while (position < end) {
      // The next vector is under way while this one is worked on.
      const AllowedVector next = Load(position + kStep, end);
      if (vector.allowed != 0) VisitVector(IdAt(position), vector, visit);
      vector = next;
      position += kStep;
    }
  }

  /** Calls visit(logit, id) for all tokens, which the threads of the block share. */
  template <typename Visit>
  __device__ void VisitInBlock(const Visit& visit) const {
    const int32_t length = (positions() + BlockThreads() - 1) / BlockThreads() * kWarpThreads;
    const int32_t begin = Warp() * length;
    VisitInWarp(begin, min(begin + length, positions()), visit);
  }

 private:
  static constexpr int32_t kVectorEntries = sizeof(uint4) / sizeof(Entry);
  static constexpr int32_t kEntryBits = 8 * sizeof(Entry);

  struct AllowedVector {
    uint4 entries;
    uint32_t allowed;
  };

  /** The vector at a position before `end`, unless nothing in it is allowed. */
  __device__ AllowedVector Load(int32_t position, int32_t end) const {
    AllowedVector vector = {make_uint4(0, 0, 0, 0), 0};
    if (position < end) vector.allowed = Allowed<kVectorEntries>(IdAt(position));
    if (vector.allowed != 0) vector.entries = __ldg(reinterpret_cast<const uint4*>(entries + IdAt(position)));
    return vector;
  }

  /** Visits what of [begin, end) is before `first_end` or from `last_begin` on, each less than a vector long. */
  template <typename Visit>
  __device__ void VisitEdges(int32_t begin, int32_t end, int32_t first_end, int32_t last_begin,
                             const Visit& visit) const {
    static_assert(2 * kVectorEntries <= kWarpThreads);
    const bool is_first = Lane() < kVectorEntries;
    const int32_t position = is_first ? Lane() : last_begin + Lane() - kVectorEntries;
    if (position >= (is_first ? first_end : positions()) || position < begin || position >= end) return;
    float logit = 0;
    if (Find(position, logit)) visit(logit, IdAt(position));
  }

  template <typename Visit>
  __device__ static void VisitVector(int32_t first, const AllowedVector& vector, const Visit& visit) {
    const uint32_t words[4] = {vector.entries.x, vector.entries.y, vector.entries.z, vector.entries.w};
    for (int32_t i = 0; i < kVectorEntries; ++i) {
      if ((vector.allowed >> i & 1) == 0) continue;
      const uint32_t word = words[i * kEntryBits / kWordBits];
      const float logit = Format::ToFloat(static_cast<Entry>(word >> (i * kEntryBits % kWordBits)));
      if (IsFinite(logit)) visit(logit, first + i);
    }
  }
};

}  // namespace verbatim::cuda
