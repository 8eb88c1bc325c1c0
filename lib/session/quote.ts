import { COUNT_LIMIT, expectInteger, expectOptions } from "../base/arguments.js";
import type { RecallSource } from "./document-layout.js";

/** Sources listed unless a caller asks for more. */
const DEFAULT_SOURCE_LIMIT = 16;

/** Says what tokens are as text. */
export type Decode = (tokens: Int32Array) => string;

/** What a quote is at the moment. */
export interface QuoteView {
  readonly start: number;
  /** In units of the session: tokens, or bytes in text mode. */
  readonly length: number;
  readonly open: boolean;
  /** `undefined` where nobody knows what the tokens are as text. */
  readText(): string | undefined;
  /** `undefined` in text mode. */
  copyTokens(): Int32Array | undefined;
  /** `undefined` in token mode. */
  copyBytes(): Uint8Array | undefined;
  /** @throws RecallError `SPAN_UNDONE`, `CLOSED` */
  find(limit: number): RecallSource[];
}

/**
 * What a model copied in a recall span, in either mode and through every host: a live object, which is as the quote is
 * now; once it is undone, or its session is closed, as it was last.
 */
export class RecallQuote {
  readonly #view: QuoteView;

  /** @internal */
  constructor(view: QuoteView) {
    this.#view = view;
  }

  /**
   * The quote as text; in JSON mode what the JSON string decodes to. Of an open quote, the characters that are whole.
   * `undefined` in token mode where the session was not told how to decode tokens.
   */
  get text(): string | undefined {
    return this.#view.readText();
  }

  /** Token mode: the quoted tokens, without delimiters; a copy. */
  get tokens(): Int32Array | undefined {
    return this.#view.copyTokens();
  }

  /** Text mode: the quoted bytes, without tags, as they were generated; a copy. */
  get bytes(): Uint8Array | undefined {
    return this.#view.copyBytes();
  }

  /** Position in the session of the first token, or in text mode of the first byte: delimiters and tags are outside. */
  get start(): number {
    return this.#view.start;
  }

  /** One past the last token's or byte's position. */
  get end(): number {
    return this.#view.start + this.#view.length;
  }

  /** Whether its span is open: more may follow. */
  get open(): boolean {
    return this.#view.open;
  }

  /**
   * Where the quote was copied from: every place in the searched context that holds exactly these tokens (the
   * surviving candidates of RecaLLM, section 3.1), or in text mode these bytes between two edges; in named segments
   * first, then the earliest. Found anew by each call; an empty quote has none.
   * @param options.limit at most so many sources; @defaultValue 16
   * @throws TypeError, RangeError for `limit`
   * @throws RecallError `SPAN_UNDONE` where the session has undone the quote since; `CLOSED` where it was closed
   */
  sources(options?: { limit?: number }): RecallSource[] {
    const { limit = DEFAULT_SOURCE_LIMIT } = expectOptions("options", options);
    return this.#view.find(expectInteger("limit", limit, 0, COUNT_LIMIT));
  }
}

/** A quote of token mode. */
export interface TokenQuote extends RecallQuote {
  readonly tokens: Int32Array;
  readonly bytes: undefined;
}

/** A quote of text mode. */
export interface TextQuote extends RecallQuote {
  readonly text: string;
  readonly tokens: undefined;
  readonly bytes: Uint8Array;
}
