#include "../state/launch.cuh"
#include "../state/launchers.hpp"
#include "accept.cuh"

/** Spans that the host opens and closes without delimiter tokens. Launch: one thread. */

namespace verbatim::cuda {

__global__ void BeginSpanKernel(EngineView engine, int32_t sequence, SpanScope scope) {
  const Sequence& state = engine.sequences[sequence];
  if (engine.statuses[sequence] != VBT_SEQUENCE_OK) return;
  if (state.in_span != 0) {
    Refuse(engine, sequence, VBT_SEQUENCE_WRONG_SPAN);
  } else if (state.span_count == engine.max_spans) {
    Refuse(engine, sequence, VBT_SEQUENCE_SPANS_FULL);
  } else {
    PushSpan(engine, sequence, 0, scope);
    engine.mask_is_stale[sequence] = 1;
  }
}

__global__ void EndSpanKernel(EngineView engine, int32_t sequence) {
  if (engine.statuses[sequence] != VBT_SEQUENCE_OK) return;
  if (engine.sequences[sequence].in_span == 0) {
    Refuse(engine, sequence, VBT_SEQUENCE_WRONG_SPAN);
  } else {
    CloseSpan(engine, sequence, false);
    engine.mask_is_stale[sequence] = 1;
  }
}

cudaError_t LaunchBeginSpan(const EngineView& engine, int32_t sequence, const SpanScope& scope, cudaStream_t stream) {
  return Launch(BeginSpanKernel, 1, 1, stream, engine, sequence, scope);
}

cudaError_t LaunchEndSpan(const EngineView& engine, int32_t sequence, cudaStream_t stream) {
  return Launch(EndSpanKernel, 1, 1, stream, engine, sequence);
}

}  // namespace verbatim::cuda
