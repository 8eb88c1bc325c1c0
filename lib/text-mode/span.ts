import { COUNT_LIMIT, expectInteger, expectOptions } from "../base/arguments.js";
import type { RecallSource } from "../session/document-layout.js";

/** Sources listed unless a caller asks for more. */
const DEFAULT_SOURCE_LIMIT = 16;

/** What a span is at the moment. */
export interface TextSpanView {
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  readonly open: boolean;
  copyBytes(): Uint8Array;
  readText(): string;
  /** @throws RecallError `SPAN_UNDONE`, `CLOSED` */
  find(limit: number): RecallSource[];
}

/** A quote of text mode as it is now; once it is undone, or its session is closed, as it was last. */
export class RecallTextSpan {
  readonly #view: TextSpanView;

  /** @internal */
  constructor(view: TextSpanView) {
    this.#view = view;
  }

  /** The quote; in JSON mode what the JSON string decodes to. Of an open span, the characters that are whole. */
  get text(): string {
    return this.#view.readText();
  }

  /** The quoted bytes, without tags, as they were generated; a copy. */
  get bytes(): Uint8Array {
    return this.#view.copyBytes();
  }

  /** Position of the first byte in the session's sequence. */
  get start(): number {
    return this.#view.start;
  }

  /** One past the last byte's position. */
  get end(): number {
    return this.#view.start + this.#view.length;
  }

  /** Whether the span is open. */
  get open(): boolean {
    return this.#view.open;
  }

  /**
   * Where the quote was copied from: every place in the searched context where these bytes stand between two edges, in
   * named segments first, then the earliest. Found anew by each call; an empty quote has none.
   * @param options.limit at most so many sources, 16 unless given
   * @throws TypeError, RangeError for `limit`
   * @throws RecallError `SPAN_UNDONE` where the session has undone the span since; `CLOSED` where it was closed
   */
  sources(options?: { limit?: number }): RecallSource[] {
    const { limit = DEFAULT_SOURCE_LIMIT } = expectOptions("options", options);
    return this.#view.find(expectInteger("limit", limit, 0, COUNT_LIMIT));
  }
}
