import { COUNT_LIMIT, expectInteger, expectOptions } from "./arguments.js";
import type { RecallSource } from "./session/document-layout.js";

/** Sources listed unless a caller asks for more. */
const DEFAULT_SOURCE_LIMIT = 16;

/** A quote of text mode, as it was when `session.spans` was read. */
export class RecallTextSpan {
  /** The quote; in JSON mode what the JSON string decodes to. Of an open span, the characters that are whole. */
  readonly text: string;
  /** The quoted bytes, without tags, as they were generated; a copy. */
  readonly bytes: Uint8Array;
  /** Position of the first byte in the session's sequence. */
  readonly start: number;
  /** One past the last byte's position. */
  readonly end: number;
  /** Whether the span was still open. */
  readonly open: boolean;
  readonly #find: (limit: number) => RecallSource[];

  /** @internal */
  constructor(
    { text, bytes, start, open }: Pick<RecallTextSpan, "text" | "bytes" | "start" | "open">,
    find: (limit: number) => RecallSource[],
  ) {
    this.text = text;
    this.bytes = bytes;
    this.start = start;
    this.end = start + bytes.length;
    this.open = open;
    this.#find = find;
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
    return this.#find(expectInteger("limit", limit, 0, COUNT_LIMIT));
  }
}
