/** What went wrong, as a stable name that programs may compare. */
export type RecallErrorCode =
  /** The token is not in the allowed set of the open span. */
  | "TOKEN_NOT_ALLOWED"
  /** The sequence would grow past `maxContextTokens`. */
  | "CONTEXT_FULL"
  /** There is no memory for what the verb needs. */
  | "OUT_OF_MEMORY"
  /** A segment of that name is in the context already. */
  | "SEGMENT_EXISTS"
  /** No segment of that name is in the context. */
  | "SEGMENT_UNKNOWN"
  /** The verb is not for an open span: `append`, `beginSpan`. */
  | "IN_SPAN"
  /** The verb needs an open span: `endSpan`. */
  | "NOT_IN_SPAN"
  /** The span has been undone: `sources`. */
  | "SPAN_UNDONE"
  /** The context is frozen. */
  | "FROZEN"
  /** A session was given a context that is not frozen. */
  | "NOT_FROZEN"
  /** The object was closed. */
  | "CLOSED"
  /** No allowed logit is finite. */
  | "NO_VALID_TOKEN"
  /** The host sampled a token that the mask forbids. */
  | "NOT_ENFORCED"
  /** The host dropped or replaced tokens that the session still searches. */
  | "CONTEXT_SHIFTED"
  /** The backend asked for cannot be loaded. */
  | "BACKEND_UNAVAILABLE"
  /** The model has no recall tokens. */
  | "NO_RECALL_TOKENS"
  /** As many sequences are open as a CUDA batch can have. */
  | "LIMIT"
  /** The verb cannot be part of a CUDA graph, and its stream is being captured. */
  | "CAPTURING"
  /** The CUDA runtime reported an error. */
  | "CUDA_ERROR"
  /** The sequence's status on the device says that something is wrong with it: a named `append`. */
  | "SEQUENCE_IN_ERROR";

/** Everything that is wrong with a state rather than with an argument (those are `TypeError` and `RangeError`). */
export class RecallError extends Error {
  override readonly name = "RecallError";
  readonly code: RecallErrorCode;

  constructor(code: RecallErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
