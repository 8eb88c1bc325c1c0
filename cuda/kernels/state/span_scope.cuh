#pragma once

#include "state.cuh"

namespace verbatim::cuda {

__device__ inline bool IsClosing(const SpanScope& scope, int32_t id) {
  for (int32_t end = 0; end < scope.end_count; ++end) {
    if (scope.ends[end] == id) return true;
  }
  return false;
}

/** Where a quote that begins at `position` has to end: 0 where the span does not search that position. */
__host__ __device__ inline int32_t SearchEnd(const SpanRecord& span, int32_t position) {
  if (span.scope.range_count == 0) return span.opened_at;
  for (int32_t index = 0; index < span.scope.range_count; ++index) {
    const vbt_range range = span.scope.ranges[index];
    if (position >= range.start && position < range.end) return range.end < span.opened_at ? range.end : span.opened_at;
  }
  return 0;
}

/** Tokens of a sequence's open span. */
__device__ inline int32_t Depth(const Sequence& sequence, const SpanRecord& span) {
  return sequence.length - span.start;
}

/** The last span of a sequence that has one. */
__device__ inline const SpanRecord& LastSpan(const EngineView& engine, int32_t sequence) {
  return engine.SpansOf(sequence)[engine.sequences[sequence].span_count - 1];
}

}  // namespace verbatim::cuda
