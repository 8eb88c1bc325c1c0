import { COUNT_LIMIT, expectInteger, expectOptions } from "./arguments.js";
import type { RecallSource } from "./session/document-layout.js";

/** Sources listed unless a caller asks for more. */
const DEFAULT_SOURCE_LIMIT = 16;

/** A quote, as it was when `session.spans` was read. */
export class RecallSpan {
  /** The quoted tokens, without delimiters; a copy. */
  readonly tokens: Int32Array;
  /** Position of the first token in the session's sequence. */
  readonly start: number;
  /** One past the last token's position. */
  readonly end: number;
  /** Whether the span was still open. */
  readonly open: boolean;
  readonly #find: (limit: number) => RecallSource[];

  /** @internal */
  constructor(tokens: Int32Array, start: number, open: boolean, find: (limit: number) => RecallSource[]) {
    this.tokens = tokens;
    this.start = start;
    this.end = start + tokens.length;
    this.open = open;
    this.#find = find;
  }

  /**
   * Where the quote was copied from: every place in the searched context that holds exactly these tokens (the
   * surviving candidates of RecaLLM, section 3.1), in named segments first, then the earliest. Found anew by each
   * call; an empty quote has none.
   * @param options.limit at most so many sources, 16 unless given
   * @throws TypeError, RangeError for `limit`
   * @throws RecallError `SPAN_UNDONE` where the session has undone the span since; `CLOSED` where it was closed
   */
  sources(options?: { limit?: number }): RecallSource[] {
    const { limit = DEFAULT_SOURCE_LIMIT } = expectOptions("options", options);
    return this.#find(expectInteger("limit", limit, 0, COUNT_LIMIT));
  }
}
