#include "../state/launch.cuh"
#include "../state/launchers.hpp"
#include "mask_scatter.cuh"

/** Sequences come, are copied and go. Launch: one block of kSequenceThreads. */

namespace verbatim::cuda {

/** Sets up the tables' entries of a sequence that has its context's tokens only. */
__global__ void __launch_bounds__(kSequenceThreads) OpenKernel(EngineView engine, int32_t sequence, Sequence state) {
  uint32_t* first_mask = engine.FirstMaskOf(sequence);
  FillMask(engine, first_mask, 0);
  FillMask(engine, engine.MaskOf(sequence), ~0U);
  __syncthreads();
  for (int32_t i = ThreadIndex(); i < state.context.distinct_count; i += BlockThreads()) {
    const int32_t id = state.context.distinct_ids[i];
    atomicOr(&first_mask[id / 32], 1U << (id % 32));
  }
  if (ThreadIndex() != 0) return;
  engine.sequences[sequence] = state;
  engine.statuses[sequence] = VBT_SEQUENCE_OK;
  engine.mask_applies[sequence] = 0;
  engine.mask_is_stale[sequence] = 0;
}

__global__ void CloseKernel(EngineView engine, int32_t sequence) {
  engine.sequences[sequence].is_live = 0;
  engine.statuses[sequence] = VBT_SEQUENCE_OK;
  engine.mask_is_stale[sequence] = 0;
}

template <typename Entry>
__device__ void CopyEntries(const Entry* from, int32_t count, Entry* to) {
  for (int32_t i = ThreadIndex(); i < count; i += BlockThreads()) to[i] = from[i];
}

/** Makes sequence `copy` the like of `original`, in memory of its own. */
__global__ void __launch_bounds__(kSequenceThreads)
    ForkKernel(EngineView engine, int32_t original, int32_t copy, TokenWord* own, int32_t* survivors) {
  const Sequence& state = engine.sequences[original];
  CopyEntries(state.own, state.length - state.context.length, own);
  if (state.in_span != 0 && state.length > LastSpan(engine, original).start) {
    // S_1 holds the candidates of all depths.
    CopyEntries(state.survivors, engine.SurvivorCountsOf(original)[1], survivors);
    const int32_t depth = Depth(state, LastSpan(engine, original));
    CopyEntries(engine.SurvivorCountsOf(original) + 1, depth, engine.SurvivorCountsOf(copy) + 1);
  }
  CopyEntries(engine.SpansOf(original), state.span_count, engine.SpansOf(copy));
  CopyEntries(engine.FirstMaskOf(original), engine.mask_words, engine.FirstMaskOf(copy));
  CopyEntries(engine.MaskOf(original), engine.mask_words, engine.MaskOf(copy));
  if (ThreadIndex() != 0) return;
  Sequence& fork = engine.sequences[copy];
  fork = state;
  fork.own = own;
  fork.survivors = survivors;
  engine.statuses[copy] = engine.statuses[original];
  engine.mask_applies[copy] = engine.mask_applies[original];
  engine.mask_is_stale[copy] = engine.mask_is_stale[original];
}

/** Launch: one thread. */
__global__ void ClearStatusKernel(EngineView engine, int32_t sequence) {
  engine.statuses[sequence] = VBT_SEQUENCE_OK;
  engine.mask_is_stale[sequence] = 1;
}

/** Launch: one thread. */
__global__ void SetSamplingKernel(EngineView engine, int32_t sequence, SamplingState sampling) {
  engine.sequences[sequence].sampling = sampling;
}

cudaError_t LaunchOpen(const EngineView& engine, int32_t sequence, const Sequence& state, cudaStream_t stream) {
  return Launch(OpenKernel, 1, kSequenceThreads, stream, engine, sequence, state);
}

cudaError_t LaunchClose(const EngineView& engine, int32_t sequence, cudaStream_t stream) {
  return Launch(CloseKernel, 1, 1, stream, engine, sequence);
}

cudaError_t LaunchFork(const EngineView& engine, int32_t original, int32_t copy, TokenWord* own, int32_t* survivors,
                       cudaStream_t stream) {
  return Launch(ForkKernel, 1, kSequenceThreads, stream, engine, original, copy, own, survivors);
}

cudaError_t LaunchClearStatus(const EngineView& engine, int32_t sequence, cudaStream_t stream) {
  return Launch(ClearStatusKernel, 1, 1, stream, engine, sequence);
}

cudaError_t LaunchSetSampling(const EngineView& engine, int32_t sequence, const SamplingState& sampling,
                              cudaStream_t stream) {
  return Launch(SetSamplingKernel, 1, 1, stream, engine, sequence, sampling);
}

}  // namespace verbatim::cuda
