#include "../state/launch.cuh"
#include "../state/launchers.hpp"
#include "accept.cuh"

namespace verbatim::cuda {

/** Launch: a block per row. */
__global__ void __launch_bounds__(kSequenceThreads)
    AcceptKernel(EngineView engine, RowMap rows, const int32_t* tokens) {
  const auto row = static_cast<int32_t>(blockIdx.x);
  const int32_t sequence = ClaimSequenceOfRow(engine, rows, row);
  if (sequence != kNoSequence) AcceptToken(engine, sequence, tokens[row]);
}

/** The same, and the masks of the rows. Launch: a block per row. */
__global__ void __launch_bounds__(kSequenceThreads) StepKernel(EngineView engine, RowMap rows, const int32_t* tokens) {
  const auto row = static_cast<int32_t>(blockIdx.x);
  const int32_t sequence = ClaimSequenceOfRow(engine, rows, row);
  if (sequence == kNoSequence) return;
  AcceptToken(engine, sequence, tokens[row]);
  if (engine.mask_is_stale[sequence] != 0) ScatterMask(engine, sequence);
}

cudaError_t LaunchAccept(const EngineView& engine, const RowMap& rows, const int32_t* tokens, cudaStream_t stream) {
  return Launch(AcceptKernel, static_cast<unsigned>(rows.count), kSequenceThreads, stream, engine, rows, tokens);
}

cudaError_t LaunchStep(const EngineView& engine, const RowMap& rows, const int32_t* tokens, cudaStream_t stream) {
  return Launch(StepKernel, static_cast<unsigned>(rows.count), kSequenceThreads, stream, engine, rows, tokens);
}

}  // namespace verbatim::cuda
