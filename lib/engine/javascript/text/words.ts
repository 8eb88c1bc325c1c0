import { FirstTokens } from "./first-tokens.js";
import { roomFor } from "../room.js";

/** The byte is searchable, and a quote may start, and end, before it. */
export const EDGE = 0x100;
/** The byte is searchable and continues the run of the byte before it, if that is searchable. */
export const CONTINUES = 0x200;
/** No quote may start before the byte, though one may end there. */
export const NO_START = 0x400;

/** Room for this many words is made at least: typed arrays cost as much as they hold. */
const LEAST_ROOM = 32;

/** A stretch of text as words: each byte, and what is known of the place before it. */
export class JavaScriptTextWords {
  words = new Uint16Array(0);
  length = 0;
  readonly first = new FirstTokens();
  #lastRunStart: number | null = null;

  /** Where the last run starts, or the last byte that is in none; -1 where that is before the stretch. */
  get lastRunStart(): number {
    if (this.#lastRunStart === null) {
      let start = this.length - 1;
      while (start >= 0 && (this.words[start] & CONTINUES) !== 0) start--;
      this.#lastRunStart = start;
    }
    return this.#lastRunStart;
  }

  /** To be called when the text changes. What was known holds up to position `settled` of the sequence. */
  change(settled: number): void {
    this.first.keep(settled);
    this.#lastRunStart = null;
  }

  /** Makes room for so many words in all. */
  reserve(length: number): void {
    if (length <= this.words.length) return;
    const words = new Uint16Array(Math.max(LEAST_ROOM, roomFor(length)));
    words.set(this.words.subarray(0, this.length));
    this.words = words;
  }

  /** Appends the first words of another stretch. */
  append(stretch: JavaScriptTextWords, length: number): void {
    this.reserve(this.length + length);
    this.words.set(stretch.words.subarray(0, length), this.length);
    this.length += length;
    this.#lastRunStart = null;
  }
}
