#pragma once

#include "block.cuh"
#include "state.cuh"

namespace verbatim::cuda {

constexpr int32_t kNoSequence = -1;

/** The open sequence of a row, or kNoSequence; for verbs that only read. Every thread may call it on its own. */
__device__ inline int32_t SequenceOfRow(const EngineView& engine, const RowMap& rows, int32_t row) {
  const int32_t sequence = rows.sequences == nullptr ? row : rows.sequences[row];
  if (sequence < 0 || sequence >= engine.max_sequences || engine.sequences[sequence].is_live == 0) return kNoSequence;
  return sequence;
}

/** Counts a row that names no open sequence; -1 names none on purpose. One thread calls it. */
__device__ inline void CountBadRow(const EngineView& engine, const RowMap& rows, int32_t row) {
  if (rows.sequences == nullptr || rows.sequences[row] != -1) atomicAdd(engine.bad_rows, 1ULL);
}

/**
 * The open sequence of a row, or kNoSequence; for verbs that change it: of rows that name the same sequence the first
 * has it. Rows that are skipped are counted. The block calls it together; a barrier.
 */
__device__ inline int32_t ClaimSequenceOfRow(const EngineView& engine, const RowMap& rows, int32_t row) {
  const int32_t sequence = SequenceOfRow(engine, rows, row);
  bool is_repeated = false;
  if (sequence != kNoSequence && rows.sequences != nullptr) {
    for (int32_t earlier = ThreadIndex(); earlier < row; earlier += BlockThreads()) {
      is_repeated |= rows.sequences[earlier] == sequence;
    }
  }
  is_repeated = __syncthreads_or(is_repeated) != 0;
  if (sequence != kNoSequence && !is_repeated) return sequence;
  if (ThreadIndex() == 0) CountBadRow(engine, rows, row);
  return kNoSequence;
}

}  // namespace verbatim::cuda
