#include "../state/launch.cuh"
#include "../state/launchers.hpp"
#include "truncate.cuh"

namespace verbatim::cuda {

/** Launch: one block. */
__global__ void __launch_bounds__(kSequenceThreads)
    TruncateKernel(EngineView engine, int32_t sequence, int32_t length) {
  TruncateOrRefuse(engine, sequence, length);
}

/** Takes back counts[row] tokens of each row. Launch: a block per row. */
__global__ void __launch_bounds__(kSequenceThreads)
    RollbackKernel(EngineView engine, RowMap rows, const int32_t* counts) {
  const auto row = static_cast<int32_t>(blockIdx.x);
  const int32_t sequence = ClaimSequenceOfRow(engine, rows, row);
  if (sequence == kNoSequence || engine.statuses[sequence] != VBT_SEQUENCE_OK) return;
  const int32_t length = engine.sequences[sequence].length;
  const int32_t count = counts[row];
  __syncthreads();
  TruncateOrRefuse(engine, sequence, count < 0 || count > length ? -1 : length - count);
}

/** Back to what the sequence was opened on; its sampling stays. Launch: one block. */
__global__ void __launch_bounds__(kSequenceThreads) ResetKernel(EngineView engine, int32_t sequence) {
  Sequence& state = engine.sequences[sequence];
  ForgetIdsFrom(engine, sequence, state.context.length);
  __syncthreads();
  if (ThreadIndex() != 0) return;
  state.length = state.context.length;
  state.span_count = 0;
  state.in_span = 0;
  state.run_is_due = state.context.ends_run;
  engine.statuses[sequence] = VBT_SEQUENCE_OK;
  engine.mask_is_stale[sequence] = 1;
}

cudaError_t LaunchTruncate(const EngineView& engine, int32_t sequence, int32_t length, cudaStream_t stream) {
  return Launch(TruncateKernel, 1, kSequenceThreads, stream, engine, sequence, length);
}

cudaError_t LaunchRollback(const EngineView& engine, const RowMap& rows, const int32_t* counts, cudaStream_t stream) {
  return Launch(RollbackKernel, static_cast<unsigned>(rows.count), kSequenceThreads, stream, engine, rows, counts);
}

cudaError_t LaunchReset(const EngineView& engine, int32_t sequence, cudaStream_t stream) {
  return Launch(ResetKernel, 1, kSequenceThreads, stream, engine, sequence);
}

}  // namespace verbatim::cuda
