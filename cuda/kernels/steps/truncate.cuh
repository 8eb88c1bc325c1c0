#pragma once

#include "accept.cuh"

/**
 * Undoing: a sequence goes back to the state it last had at a length.
 *
 * One block per sequence. Inside the open span that is a matter of its length, since the candidates of every depth are
 * still where they were. A cut below it takes the ids whose first token goes out of the first mask. A cut into a closed
 * span opens that span again, and filters its tokens anew.
 */

namespace verbatim::cuda {

/** How many of a sequence's first `spans` spans begin at or before `length`. The block calls it together; a barrier. */
__device__ inline int32_t CountSpansUpTo(const SpanRecord* records, int32_t spans, int32_t length) {
  int32_t kept = 0;
  for (int32_t tile = 0; tile < spans; tile += BlockThreads()) {
    const int32_t index = tile + ThreadIndex();
    kept += __syncthreads_count(index < spans && records[index].start <= length);
  }
  return kept;
}

/** Takes the ids whose first token is at or after `length` out of the first mask. */
__device__ inline void ForgetIdsFrom(const EngineView& engine, int32_t sequence, int32_t length) {
  const Sequence& state = engine.sequences[sequence];
  uint32_t* first_mask = engine.FirstMaskOf(sequence);
  for (int32_t position = length + ThreadIndex(); position < state.length; position += BlockThreads()) {
    const TokenWord word = WordAt(state, position);
    if ((word & kFirstOfId) != 0) atomicAnd(&first_mask[IdOf(word) / 32], ~(1U << (IdOf(word) % 32)));
  }
}

/** Filters the tokens that an open span has. The block calls it together; a barrier. */
__device__ inline void FilterAnew(const EngineView& engine, int32_t sequence) {
  const SpanRecord& span = LastSpan(engine, sequence);
  const int32_t depth = Depth(engine.sequences[sequence], span);
  for (int32_t k = 0; k < depth; ++k) {
    SuffixFilter(engine, sequence, span, k, IdOf(WordAt(engine.sequences[sequence], span.start + k)));
  }
}

/** What is left of a sequence's spans after a cut, and whether the last of them is open then. */
struct SpansLeft {
  int32_t count;
  bool is_open;
  bool has_to_filter;
};

__device__ inline SpansLeft SpansAfterCut(const EngineView& engine, int32_t sequence, int32_t length) {
  const Sequence& state = engine.sequences[sequence];
  const SpanRecord* records = engine.SpansOf(sequence);
  if (state.in_span != 0 && length >= records[state.span_count - 1].start) return {state.span_count, true, false};
  const int32_t count = CountSpansUpTo(records, state.span_count - state.in_span, length);
  if (count == 0) return {0, false, false};
  const SpanRecord& last = records[count - 1];
  const bool is_open = length < last.end + last.closed_by_token;
  return {count, is_open, is_open};
}

/** Goes back to `length`, which the sequence had. The block calls it together; a barrier. */
__device__ inline void TruncateSequence(const EngineView& engine, int32_t sequence, int32_t length) {
  Sequence& state = engine.sequences[sequence];
  if (length == state.length) return;
  const SpansLeft left = SpansAfterCut(engine, sequence, length);
  ForgetIdsFrom(engine, sequence, length);
  const bool run_was_due = (WordAt(state, length) & kRunWasDue) != 0;
  __syncthreads();
  if (ThreadIndex() == 0) {
    state.length = length;
    state.span_count = left.count;
    state.in_span = left.is_open ? 1 : 0;
    state.run_is_due = run_was_due ? 1 : 0;
  }
  __syncthreads();
  if (left.has_to_filter) FilterAnew(engine, sequence);
}

/** The same, with the length checked, and the status it leads to. The block calls it together; a barrier. */
__device__ inline void TruncateOrRefuse(const EngineView& engine, int32_t sequence, int32_t length) {
  const Sequence& state = engine.sequences[sequence];
  const bool is_reachable = length >= state.context.length && length <= state.length;
  if (is_reachable) TruncateSequence(engine, sequence, length);
  __syncthreads();
  if (ThreadIndex() != 0) return;
  if (is_reachable) {
    engine.statuses[sequence] = VBT_SEQUENCE_OK;
    engine.mask_is_stale[sequence] = 1;
  } else {
    Refuse(engine, sequence, VBT_SEQUENCE_BAD_LENGTH);
  }
}

}  // namespace verbatim::cuda
