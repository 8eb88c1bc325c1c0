#pragma once

#include "../state/rows.cuh"
#include "continuations.cuh"

/**
 * The mask scatter: A(c, r) of a sequence as a packed bitmask in device memory.
 *
 * One block writes one mask. Where all of the context is searched at depth 0, A is the sequence's first mask. Otherwise
 * the mask is cleared, 19 KB for a vocabulary of 151,936, which a block stores in about one trip to memory, and each
 * candidate sets the bit of its next token. Candidates are many only in a span's first steps, and their bits spread
 * over the mask, so that atomics to memory cost little.
 *
 * Launch: a block of kSequenceThreads per sequence.
 */

namespace verbatim::cuda {

__device__ inline void FillMask(const EngineView& engine, uint32_t* mask, uint32_t word) {
  auto* vectors = reinterpret_cast<uint4*>(mask);
  for (int32_t i = ThreadIndex(); i < engine.mask_words / 4; i += BlockThreads()) {
    vectors[i] = make_uint4(word, word, word, word);
  }
}

/** The mask of an open span. */
__device__ inline void ScatterSpan(const EngineView& engine, int32_t sequence, uint32_t* mask) {
  const SpanRecord& span = LastSpan(engine, sequence);
  const int32_t depth = Depth(engine.sequences[sequence], span);
  bool found = false;
  if (depth < engine.max_span_tokens && UsesFirstMask(span, depth)) {
    const uint32_t* first_mask = engine.FirstMaskOf(sequence);
    for (int32_t index = ThreadIndex(); index < engine.mask_words; index += BlockThreads()) {
      mask[index] = FirstMaskWord(first_mask, span.scope, index);
      found |= mask[index] != 0;
    }
  } else {
    FillMask(engine, mask, 0);
    __syncthreads();
    if (depth < engine.max_span_tokens) {
      VisitContinuations(engine, sequence, span, depth, [&](int32_t id) {
        atomicOr(&mask[id / 32], 1U << (id % 32));
        found = true;
      });
    }
  }
  found = __syncthreads_or(found) != 0;
  const bool is_withheld = found && depth < engine.min_span_tokens;
  if (ThreadIndex() == 0 && !is_withheld) {
    for (int32_t end = 0; end < span.scope.end_count; ++end) {
      const int32_t id = span.scope.ends[end];
      mask[id / 32] |= 1U << (id % 32);
    }
  }
}

/** Writes a sequence's mask. The block calls it together, after a barrier that follows the last change of the state. */
__device__ inline void ScatterMask(const EngineView& engine, int32_t sequence) {
  uint32_t* mask = engine.MaskOf(sequence);
  const bool has_failed = engine.statuses[sequence] != VBT_SEQUENCE_OK;
  const bool applies = has_failed || engine.sequences[sequence].in_span != 0;
  const bool applied = engine.mask_applies[sequence] != 0;
  if (has_failed) {
    FillMask(engine, mask, 0);
    __syncthreads();
    if (ThreadIndex() == 0) mask[engine.end_token / 32] = 1U << (engine.end_token % 32);
  } else if (applies) {
    ScatterSpan(engine, sequence, mask);
  } else if (applied) {
    // A mask that did not apply is all ones already.
    FillMask(engine, mask, ~0U);
  }
  __syncthreads();
  if (ThreadIndex() == 0) {
    engine.mask_applies[sequence] = applies ? 1 : 0;
    engine.mask_is_stale[sequence] = 0;
  }
}

}  // namespace verbatim::cuda
