#pragma once

#include "mask_scatter.cuh"
#include "suffix_filter.cuh"

/**
 * Accepts a token per sequence: the span state machine, and the suffix filter where the token goes on with a quote.
 *
 * One block per row. All its threads read the state and come to the same decision; after a barrier one of them writes.
 * `StepKernel` goes on with the mask in the same launch, which spares a launch and the second reading of the state.
 */

namespace verbatim::cuda {

/** The sequence is in error from now on. One thread calls it. */
__device__ inline void Refuse(const EngineView& engine, int32_t sequence, vbt_sequence_status status) {
  engine.statuses[sequence] = status;
  engine.mask_is_stale[sequence] = 1;
}

/** Adds the record of a span that opens after `start_tokens` more tokens. One thread calls it; there is room for it. */
__device__ inline void PushSpan(const EngineView& engine, int32_t sequence, int32_t start_tokens,
                                const SpanScope& scope) {
  Sequence& state = engine.sequences[sequence];
  SpanRecord& span = engine.SpansOf(sequence)[state.span_count++];
  span.opened_at = state.length;
  span.start = state.length + start_tokens;
  span.scope = scope;
  state.in_span = 1;
}

/** Closes the open span. One thread calls it. */
__device__ inline void CloseSpan(const EngineView& engine, int32_t sequence, bool by_token) {
  Sequence& state = engine.sequences[sequence];
  SpanRecord& span = engine.SpansOf(sequence)[state.span_count - 1];
  span.end = state.length;
  span.closed_by_token = by_token ? 1 : 0;
  state.in_span = 0;
}

/** What accepting a token comes to. */
enum class Acceptance { kJoins, kOpens, kContinues, kCloses };

struct Decision {
  vbt_sequence_status status;
  Acceptance acceptance;
};

/** Decides on a token that is no -1, and advances the candidates where it continues a quote. A barrier. */
__device__ inline Decision Decide(const EngineView& engine, int32_t sequence, int32_t token) {
  const Sequence& state = engine.sequences[sequence];
  if (token < 0 || token >= engine.vocab_size) return {VBT_SEQUENCE_TOKEN_OUT_OF_RANGE, Acceptance::kJoins};
  if (state.length == Capacity(state)) return {VBT_SEQUENCE_CONTEXT_FULL, Acceptance::kJoins};
  if (state.in_span == 0) {
    if (token != engine.start_token) return {VBT_SEQUENCE_OK, Acceptance::kJoins};
    const bool has_room = state.span_count < engine.max_spans;
    return {has_room ? VBT_SEQUENCE_OK : VBT_SEQUENCE_SPANS_FULL, Acceptance::kOpens};
  }
  const SpanRecord& span = LastSpan(engine, sequence);
  const int32_t depth = Depth(state, span);
  bool is_allowed = false;
  const bool closes = IsClosing(span.scope, token);
  if (closes) {
    is_allowed = depth >= engine.min_span_tokens || !HasContinuation(engine, sequence, span, depth);
  } else if (depth < engine.max_span_tokens) {
    is_allowed = SuffixFilter(engine, sequence, span, depth, token) > 0;
  }
  return {is_allowed ? VBT_SEQUENCE_OK : VBT_SEQUENCE_TOKEN_NOT_ALLOWED,
          closes ? Acceptance::kCloses : Acceptance::kContinues};
}

/** Carries a decision out. One thread calls it. */
__device__ inline void CarryOut(const EngineView& engine, int32_t sequence, int32_t token, Acceptance acceptance) {
  if (acceptance == Acceptance::kOpens) PushSpan(engine, sequence, 1, {0, {}, 1, {engine.end_token}});
  if (acceptance == Acceptance::kCloses) CloseSpan(engine, sequence, true);
  StoreToken(engine, sequence, token, acceptance != Acceptance::kContinues);
  ++engine.sequences[sequence].length;
  engine.mask_is_stale[sequence] = 1;
}

/** Accepts a token; -1, and a sequence in error, change nothing. The block calls it together; a barrier. */
__device__ inline void AcceptToken(const EngineView& engine, int32_t sequence, int32_t token) {
  if (token == -1 || engine.statuses[sequence] != VBT_SEQUENCE_OK) return;
  const Decision decision = Decide(engine, sequence, token);
  __syncthreads();
  if (ThreadIndex() == 0) {
    if (decision.status == VBT_SEQUENCE_OK) {
      CarryOut(engine, sequence, token, decision.acceptance);
    } else {
      Refuse(engine, sequence, decision.status);
    }
  }
  __syncthreads();
}

}  // namespace verbatim::cuda
