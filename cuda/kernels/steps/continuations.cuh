#pragma once

#include "../state/block.cuh"
#include "../state/sequence_tokens.cuh"
#include "../state/span_scope.cuh"

namespace verbatim::cuda {

/** Whether the ids that may follow at depth 0 can be taken from the sequence's first mask: the span searches it all. */
__device__ inline bool UsesFirstMask(const SpanRecord& span, int32_t depth) {
  return depth == 0 && span.scope.range_count == 0;
}

/** Word `index` of the sequence's first mask, less the span's closing ids. */
__device__ inline uint32_t FirstMaskWord(const uint32_t* first_mask, const SpanScope& scope, int32_t index) {
  uint32_t word = first_mask[index];
  for (int32_t end = 0; end < scope.end_count; ++end) {
    if (scope.ends[end] / 32 == index) word &= ~(1U << (scope.ends[end] % 32));
  }
  return word;
}

/**
 * Calls `visit(id)` for the next token of every candidate that has one, closing ids left out; ids may come repeatedly.
 * For a span that does not use the first mask. The block calls it together; it is no barrier.
 */
template <typename Visit>
__device__ void VisitContinuations(const EngineView& engine, int32_t sequence, const SpanRecord& span, int32_t depth,
                                   const Visit& visit) {
  const Sequence& state = engine.sequences[sequence];
  const auto consider = [&](TokenWord word) {
    if (!IsClosing(span.scope, IdOf(word))) visit(IdOf(word));
  };
  if (depth == 0) {
    for (int32_t index = 0; index < span.scope.range_count; ++index) {
      const vbt_range range = span.scope.ranges[index];
      const int32_t end = min(range.end, span.opened_at);
      for (int32_t position = range.start + ThreadIndex(); position < end; position += BlockThreads()) {
        const TokenWord word = WordAt(state, position);
        if (IsSearchable(word)) consider(word);
      }
    }
    return;
  }
  const int32_t count = engine.SurvivorCountsOf(sequence)[depth];
  for (int32_t i = ThreadIndex(); i < count; i += BlockThreads()) {
    const int32_t candidate = state.survivors[i];
    const int32_t next = candidate + depth;
    if (next >= SearchEnd(span, candidate)) continue;
    const TokenWord word = WordAt(state, next);
    if (Continues(word)) consider(word);
  }
}

/** Whether some token other than a closing one may follow. The block calls it together; a barrier. */
__device__ inline bool HasContinuation(const EngineView& engine, int32_t sequence, const SpanRecord& span,
                                       int32_t depth) {
  bool found = false;
  if (depth == engine.max_span_tokens) {
    found = false;
  } else if (UsesFirstMask(span, depth)) {
    const uint32_t* first_mask = engine.FirstMaskOf(sequence);
    for (int32_t index = ThreadIndex(); index < engine.mask_words; index += BlockThreads()) {
      found |= FirstMaskWord(first_mask, span.scope, index) != 0;
    }
  } else {
    VisitContinuations(engine, sequence, span, depth, [&](int32_t) { found = true; });
  }
  return __syncthreads_or(found) != 0;
}

}  // namespace verbatim::cuda
