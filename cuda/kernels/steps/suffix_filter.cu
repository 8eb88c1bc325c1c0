#include "../state/launch.cuh"
#include "../state/launchers.hpp"
#include "suffix_filter.cuh"

namespace verbatim::cuda {

/** Launch: a block per row. */
__global__ void __launch_bounds__(kSequenceThreads)
    SuffixFilterKernel(EngineView engine, RowMap rows, const int32_t* tokens) {
  const auto row = static_cast<int32_t>(blockIdx.x);
  const int32_t sequence = ClaimSequenceOfRow(engine, rows, row);
  if (sequence == kNoSequence || engine.sequences[sequence].in_span == 0) return;
  const SpanRecord& span = LastSpan(engine, sequence);
  const int32_t depth = Depth(engine.sequences[sequence], span);
  if (depth < engine.max_span_tokens) SuffixFilter(engine, sequence, span, depth, tokens[row]);
}

cudaError_t LaunchSuffixFilter(const EngineView& engine, const RowMap& rows, const int32_t* tokens,
                               cudaStream_t stream) {
  return Launch(SuffixFilterKernel, static_cast<unsigned>(rows.count), kSequenceThreads, stream, engine, rows, tokens);
}

}  // namespace verbatim::cuda
