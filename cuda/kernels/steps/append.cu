#include "../state/launch.cuh"
#include "../state/launchers.hpp"
#include "accept.cuh"

/**
 * Appends tokens that the host uploaded, in portions as large as the buffer for uploads.
 *
 * One block per launch: tokens are flagged a tile at a time, because which token is the first of its id depends on all
 * those before it.
 */

namespace verbatim::cuda {

/** The word of token `index` of a portion, without kFirstOfId. */
__device__ inline TokenWord AppendedWord(const EngineView& engine, const Sequence& state, const AppendPortion& portion,
                                         int32_t index) {
  const int32_t id = portion.tokens[index];
  const bool is_segment = (portion.flags & VBT_SEGMENT) != 0;
  auto word = static_cast<TokenWord>(id);
  if ((portion.flags & VBT_UNSEARCHABLE) != 0 || HasBit(engine.barriers, id)) word |= kUnsearchable;
  if (portion.is_first != 0 && index == 0) {
    if (state.run_is_due != 0) word |= kRunStart | kRunWasDue;
    if (is_segment) word |= kRunStart;
  } else if (is_segment) {
    // A segment that is cut in its middle still ends its run there.
    word |= kRunWasDue;
  }
  return word;
}

/** Launch: one block of kSequenceThreads. */
__global__ void __launch_bounds__(kSequenceThreads)
    AppendKernel(EngineView engine, int32_t sequence, AppendPortion portion) {
  constexpr int32_t kNoId = -1;
  __shared__ int32_t tile_ids[kSequenceThreads];
  Sequence& state = engine.sequences[sequence];
  if (engine.statuses[sequence] != VBT_SEQUENCE_OK) return;
  const int32_t length = state.length;
  vbt_sequence_status status = VBT_SEQUENCE_OK;
  if (state.in_span != 0) {
    status = VBT_SEQUENCE_WRONG_SPAN;
  } else if (portion.remaining > Capacity(state) - length) {
    status = VBT_SEQUENCE_CONTEXT_FULL;
  }
  if (status != VBT_SEQUENCE_OK) {
    __syncthreads();
    if (ThreadIndex() == 0) Refuse(engine, sequence, status);
    return;
  }

  uint32_t* first_mask = engine.FirstMaskOf(sequence);
  TokenWord* end = state.own + (length - state.context.length);
  for (int32_t tile = 0; tile < portion.count; tile += BlockThreads()) {
    const int32_t index = tile + ThreadIndex();
    TokenWord word = kUnsearchable;
    if (index < portion.count) word = AppendedWord(engine, state, portion, index);
    const int32_t id = IsSearchable(word) ? IdOf(word) : kNoId;
    tile_ids[ThreadIndex()] = id;
    bool is_first = id != kNoId && !HasBit(first_mask, id);
    __syncthreads();
    for (int32_t earlier = 0; is_first && earlier < ThreadIndex(); ++earlier) is_first = tile_ids[earlier] != id;
    if (is_first) {
      word |= kFirstOfId;
      atomicOr(&first_mask[id / 32], 1U << (id % 32));
    }
    if (index < portion.count) end[index] = word;
    __syncthreads();
  }
  // All threads have read the state, also where there was no tile.
  __syncthreads();
  if (ThreadIndex() == 0) {
    state.length = length + portion.count;
    if ((portion.flags & VBT_SEGMENT) != 0) {
      state.run_is_due = 1;
    } else if (portion.count > 0) {
      state.run_is_due = 0;
    }
  }
}

cudaError_t LaunchAppend(const EngineView& engine, int32_t sequence, const AppendPortion& portion,
                         cudaStream_t stream) {
  return Launch(AppendKernel, 1, kSequenceThreads, stream, engine, sequence, portion);
}

}  // namespace verbatim::cuda
