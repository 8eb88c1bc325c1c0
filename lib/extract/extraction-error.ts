/** Why there is no data: what was written would be half of it. */
export type ExtractionFailure =
  /** `maxTokens` was reached before the data was complete. */
  | "MAX_TOKENS"
  /** The documents have nothing that could be quoted there. */
  | "NO_QUOTE";

/** An extraction that did not come to its end. */
export class ExtractionError extends Error {
  override readonly name = "ExtractionError";
  readonly code: ExtractionFailure;

  constructor(code: ExtractionFailure, message: string) {
    super(message);
    this.code = code;
  }
}
