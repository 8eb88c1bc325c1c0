import { JavaScriptTextMatcher } from "./javascript-text-matcher.js";
import { EDGE_END, type EngineTextContext, type EngineTextMatcher, type TextAppendOptions } from "./text-engine.js";
import { repeatsOf } from "./repeats.js";
import { roomFor } from "./room.js";
import type { EngineVocabulary } from "./token-table.js";

/** The byte is searchable, and a quote may start, and end, before it. */
export const EDGE = 0x100;
/** No quote may start before the byte, though one may end there. */
const NO_START = 0x400;
/** The byte is searchable and continues the run of the byte before it, if that is searchable. */
export const CONTINUES = 0x200;

/** The tokens that may come first in a quote. */
export interface StartTokens {
  /** A run starts here, so that nothing that is appended changes what may start before. */
  readonly settled: number;
  /** The tokens of quotes that start before that. */
  readonly before: Int32Array;
  /** Those of all quotes; `null` where the context has changed since. */
  readonly all: Int32Array | null;
}

/** A context as words: each byte, and what is known of the place before it. */
export class JavaScriptTextContext implements EngineTextContext {
  /** Marks the words that this context may write in place. A fork replaces it on both sides. */
  #owner = {};
  #wordsOwner = this.#owner;
  words = new Uint16Array(0);
  length = 0;
  /** By the options of the quotes. Forks share it until either changes. */
  starts = new Map<string, StartTokens>();

  constructor(readonly vocabulary: EngineVocabulary) {}

  get bytes(): number {
    return this.words.byteLength;
  }

  append(text: Uint8Array, { searchable, newRun, json, edges }: TextAppendOptions): void {
    if (text.length === 0) return;
    this.#reserve(this.length + text.length);
    this.#keepStarts(searchable && !newRun ? this.length - 1 : this.length);
    let escape = 0;
    for (let i = 0; i < text.length; i++) {
      const byte = text[i];
      let word = byte;
      if (searchable) {
        const inside = (byte & 0xc0) === 0x80 || escape > 0;
        if (!inside && (edges === null || edges[i] !== 0)) word |= EDGE;
        if (edges?.[i] === EDGE_END) word |= NO_START;
        if (i > 0 || !newRun) word |= CONTINUES;
      }
      if (escape > 0) escape--;
      else if (json && byte === 0x5c) escape = text[i + 1] === 0x75 ? 5 : 1;
      this.words[this.length++] = word;
    }
  }

  truncate(length: number): void {
    if (length === this.length) return;
    this.length = length;
    this.#keepStarts(length);
  }

  read(start: number, end: number): Uint8Array {
    return Uint8Array.from(this.words.subarray(start, Math.min(end, this.length)));
  }

  fork(): JavaScriptTextContext {
    const copy = new JavaScriptTextContext(this.vocabulary);
    this.#owner = {};
    copy.words = this.words;
    copy.length = this.length;
    copy.#wordsOwner = this.#wordsOwner;
    copy.starts = this.starts;
    return copy;
  }

  compact(): void {
    // Nothing is indexed ahead of the first quote.
  }

  matcher(): EngineTextMatcher {
    return new JavaScriptTextMatcher(this);
  }

  close(): void {
    this.length = 0;
    this.words = new Uint16Array(0);
    this.starts = new Map();
  }

  isStart(position: number): boolean {
    return (this.words[position] & (EDGE | NO_START)) === EDGE;
  }

  /** Whether the byte at `position` goes on with the byte before it; `end`: where the candidate's range ends. */
  continues(position: number, end: number): boolean {
    return position < end && (this.words[position] & CONTINUES) !== 0;
  }

  /** Whether a quote may end before `position`: at an edge, or because the run ends there. */
  isEnd(position: number, end: number): boolean {
    return !this.continues(position, end) || (this.words[position] & EDGE) !== 0;
  }

  /** The next place from `position` on at which a quote may end; one past `limit` where it is further away. */
  nextEnd(position: number, end: number, limit: number): number {
    while (position <= limit && !this.isEnd(position, end)) position++;
    return position;
  }

  /** Where the last run starts, or the last byte that is in none. */
  lastRunStart(): number {
    let start = this.length - 1;
    while (start > 0 && this.continues(start, this.length)) start--;
    return Math.max(start, 0);
  }

  /**
   * Visits where matches of `bytes` start in `ranges`, and where the range of each ends; until a visit says true.
   * Whether one did.
   */
  findMatch(bytes: Uint8Array, ranges: Int32Array, visit: (start: number, end: number) => boolean): boolean {
    const { words } = this;
    const first = bytes[0] | EDGE;
    const repeats = repeatsOf(bytes);
    // The bytes at [windowStart, windowEnd) are the first ones of `bytes`: what starts inside is known so far.
    let [windowStart, windowEnd] = [0, 0];
    for (let range = 0; range < ranges.length; range += 2) {
      const end = Math.min(ranges[range + 1], this.length);
      for (let start = ranges[range]; start < end; start++) {
        if ((words[start] & (0xff | EDGE | NO_START)) !== first) continue;
        const known = start < windowEnd ? Math.min(repeats[start - windowStart], windowEnd - start) : 1;
        if (start + known < windowEnd) continue;
        const same = this.#sameFrom(start, end, bytes, known);
        [windowStart, windowEnd] = [start, start + same];
        if (same === bytes.length && visit(start, end)) return true;
      }
    }
    return false;
  }

  /** Whether `bytes` stand at `position`, in the run of the byte before it. */
  follows(position: number, end: number, bytes: Uint8Array): boolean {
    return this.#sameFrom(position, end, bytes, 0) === bytes.length;
  }

  /** How many of `bytes` stand at `position` and after it, in one run; the first ones, `known`, do. */
  #sameFrom(position: number, end: number, bytes: Uint8Array, known: number): number {
    let same = known;
    while (same < bytes.length) {
      if (!this.continues(position + same, end) || (this.words[position + same] & 0xff) !== bytes[same]) break;
      same++;
    }
    return same;
  }

  /** Keeps what holds whatever comes after the first `length` bytes. */
  #keepStarts(length: number): void {
    const kept = [...this.starts].filter(([, { settled }]) => settled <= length);
    this.starts = new Map(kept.map(([options, starts]) => [options, { ...starts, all: null }]));
  }

  #reserve(length: number): void {
    if (length <= this.words.length && this.#wordsOwner === this.#owner) return;
    const words = new Uint16Array(roomFor(length));
    words.set(this.words.subarray(0, this.length));
    this.words = words;
    this.#wordsOwner = this.#owner;
  }
}
