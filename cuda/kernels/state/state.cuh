#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "../../include/verbatim_cuda.h"
#include "token_word.cuh"

namespace verbatim::cuda {

/** A shared context on the device; immutable. */
struct ContextView {
  /** [length] */
  const TokenWord* words;
  /** Searchable positions, sorted by id, then position. */
  const int32_t* positions;
  /** [distinct_count]: the ids of searchable tokens, ascending. */
  const int32_t* distinct_ids;
  /** [distinct_count + 1]: where the positions of each of them begin. */
  const int32_t* bucket_starts;
  int32_t length;
  int32_t distinct_count;
  /** Its last token ends a run: a segment's, so that what comes next starts one. */
  int32_t ends_run;
};

/** What a span searches and what closes it. */
struct SpanScope {
  /** 0: everything before the span. */
  int32_t range_count;
  vbt_range ranges[VBT_MAX_RANGES];
  int32_t end_count;
  int32_t ends[VBT_MAX_ENDS];
};

/** A span of a sequence. The last one of a sequence may be open. */
struct SpanRecord {
  /** Length of the sequence before the span: what it searches. */
  int32_t opened_at;
  /** Position of its first token: opened_at, or one more where a start token opened it. */
  int32_t start;
  /** Position after its last token; unset while it is open. */
  int32_t end;
  int32_t closed_by_token;
  SpanScope scope;
};

/** How a sequence's tokens are drawn; as vbt_sampling. */
struct SamplingState {
  float temperature;
  int32_t top_k;
  float top_p;
  float min_p;
  uint64_t seed;
  /** Draws made since the seed was set. */
  uint64_t draws;
};

/** A sequence: a shared context, then tokens of its own. Positions count from the context's first token. */
struct Sequence {
  ContextView context;
  /** [own_capacity] */
  TokenWord* own;
  /** Candidates of the open span, at depth k the first `survivor_counts[k]` entries; in no order. */
  int32_t* survivors;
  int32_t own_capacity;
  /** Tokens, those of the context and of the open span included. */
  int32_t length;
  int32_t span_count;
  int32_t in_span;
  /** The next unnamed token starts a run. */
  int32_t run_is_due;
  int32_t is_live;
  SamplingState sampling;
};

/** What every kernel gets, by value: settings, and tables with an entry per sequence. */
struct EngineView {
  int32_t vocab_size;
  /** Words of a bitmask, a multiple of 4, so that every row of a table is aligned to 16 bytes. */
  int32_t mask_words;
  /** -1: none. */
  int32_t start_token;
  int32_t end_token;
  int32_t max_span_tokens;
  int32_t min_span_tokens;
  int32_t recall_generated;
  int32_t max_sequences;
  int32_t max_spans;
  /** [mask_words]: the ids that are part of no quote. */
  const uint32_t* barriers;
  /** [max_sequences] */
  Sequence* sequences;
  /** [max_sequences]: a vbt_sequence_status. */
  int32_t* statuses;
  /** [max_sequences, mask_words]: A, closing ids included; all ones outside a span. Bits from vocab_size on are 0 in
   * one. */
  uint32_t* masks;
  /** [max_sequences]: whether the row's logits are to be masked. Written with the mask. */
  int32_t* mask_applies;
  /** [max_sequences]: whether the state changed after the mask was written. */
  int32_t* mask_is_stale;
  /** [max_sequences, mask_words]: the ids of searchable tokens, A at depth 0. */
  uint32_t* first_masks;
  /** [max_sequences, max_span_tokens + 1]: |S_k| for 1 <= k <= depth; entry 0 is unused. */
  int32_t* survivor_counts;
  /** [max_sequences, max_spans] */
  SpanRecord* spans;
  /** Rows that were skipped (vbt_bad_rows). */
  unsigned long long* bad_rows;

  __device__ uint32_t* MaskOf(int32_t sequence) const { return masks + static_cast<int64_t>(sequence) * mask_words; }
  __device__ uint32_t* FirstMaskOf(int32_t sequence) const {
    return first_masks + static_cast<int64_t>(sequence) * mask_words;
  }
  __device__ int32_t* SurvivorCountsOf(int32_t sequence) const {
    return survivor_counts + static_cast<int64_t>(sequence) * (max_span_tokens + 1);
  }
  __device__ SpanRecord* SpansOf(int32_t sequence) const { return spans + static_cast<int64_t>(sequence) * max_spans; }
};

/** The rows of a launch: as vbt_rows. */
struct RowMap {
  int32_t count;
  const int32_t* sequences;
};

}  // namespace verbatim::cuda
