/**
 * What is wrong with a sequence, as its status word on the device says; until it is cleared (`clear`, `truncate`,
 * `reset`) the sequence's rows are masked to the end token, and verbs skip it.
 */
export type CudaSequenceStatus =
  | "ok"
  /** An accepted token does not continue the open span. */
  | "TOKEN_NOT_ALLOWED"
  /** An accepted token is outside [0, vocabSize), and is not -1. */
  | "TOKEN_OUT_OF_RANGE"
  /** The sequence would grow past its `maxTokens`. */
  | "CONTEXT_FULL"
  /** The sequence has `maxSpans` spans, and one more was opened. */
  | "SPANS_FULL"
  /** A span is open where the verb needs none, or none where it needs one. */
  | "WRONG_SPAN"
  /** A length or a count to go back to that the sequence never had, or that lies in its shared context. */
  | "BAD_LENGTH"
  /** `sample` found no finite logit among those allowed. */
  | "NO_VALID_TOKEN";

/** In the order of vbt_sequence_status. */
const STATUSES: readonly CudaSequenceStatus[] = [
  "ok",
  "TOKEN_NOT_ALLOWED",
  "TOKEN_OUT_OF_RANGE",
  "CONTEXT_FULL",
  "SPANS_FULL",
  "WRONG_SPAN",
  "BAD_LENGTH",
  "NO_VALID_TOKEN",
];

export function statusOf(word: number): CudaSequenceStatus {
  return STATUSES[word];
}
