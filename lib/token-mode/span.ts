import { COUNT_LIMIT, expectInteger, expectOptions } from "../base/arguments.js";
import type { RecallSource } from "../session/document-layout.js";

/** Sources listed unless a caller asks for more. */
const DEFAULT_SOURCE_LIMIT = 16;

/** What a span is at the moment. */
export interface SpanView {
  readonly start: number;
  /** Tokens. */
  readonly length: number;
  readonly open: boolean;
  copyTokens(): Int32Array;
  /** @throws RecallError `SPAN_UNDONE`, `CLOSED` */
  find(limit: number): RecallSource[];
}

/** A quote as it is now; once it is undone, or its session is closed, as it was last. */
export class RecallSpan {
  readonly #view: SpanView;

  /** @internal */
  constructor(view: SpanView) {
    this.#view = view;
  }

  /** The quoted tokens, without delimiters; a copy. */
  get tokens(): Int32Array {
    return this.#view.copyTokens();
  }

  /** Position of the first token in the session's sequence. */
  get start(): number {
    return this.#view.start;
  }

  /** One past the last token's position. */
  get end(): number {
    return this.#view.start + this.#view.length;
  }

  /** Whether the span is open. */
  get open(): boolean {
    return this.#view.open;
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
    return this.#view.find(expectInteger("limit", limit, 0, COUNT_LIMIT));
  }
}
