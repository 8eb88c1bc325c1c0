import { agreement } from "../agreement.js";
import type { SearchedText } from "./searched-text.js";
import { NextEnd } from "./next-end.js";
import { positionsFromEnd, positionsIn, rangeEnd } from "../ranges.js";
import { Survivors } from "../survivors.js";

const NO_BYTES = new Uint8Array(0);
const NONE = -1;

/**
 * The candidates of a quote of text, as a survivor filter: the places that have its bytes from an edge on, and from
 * there reach another within the longest quote. Before its first byte they are all edges, and are not listed.
 */
export class TextCandidates {
  readonly #context: SearchedText;
  readonly #survivors = new Survivors();
  #ranges: Int32Array | null = null;
  #maxBytes = Infinity;
  /** Bytes of the quote. */
  #quoted = 0;

  constructor(context: SearchedText) {
    this.#context = context;
  }

  begin(ranges: Int32Array | null, maxBytes: number): void {
    this.#ranges = ranges;
    this.#maxBytes = maxBytes;
    this.#quoted = 0;
    this.#survivors.clear();
  }

  /** How often the candidates were narrowed. */
  get steps(): number {
    return this.#survivors.steps;
  }

  /** Whether some candidate goes on with `bytes`. */
  goesOn(bytes: Uint8Array): boolean {
    return this.#some(bytes, (start, end) => this.#reaches(start, this.#quoted + bytes.length, end));
  }

  /** Whether some candidate goes on with `bytes` and may end after them. */
  mayEnd(bytes: Uint8Array = NO_BYTES): boolean {
    const quoted = this.#quoted + bytes.length;
    if (quoted === 0) return true;
    return quoted <= this.#maxBytes && this.#some(bytes, (start, end) => this.#context.isEnd(start + quoted, end));
  }

  /** Keeps the candidates that go on with `bytes`: more than none. */
  narrow(bytes: Uint8Array): void {
    const quoted = this.#quoted + bytes.length;
    if (this.#quoted === 0) this.#survivors.begin(this.#startsOf(bytes));
    else {
      this.#survivors.narrow((start) => {
        const end = this.endOf(start);
        return this.#context.follows(start + this.#quoted, end, bytes) && this.#reaches(start, quoted, end);
      });
    }
    this.#quoted = quoted;
  }

  /** Back to the first steps, after which so many bytes were quoted. */
  rewind(steps: number, quoted: number): void {
    this.#survivors.rewind(steps);
    this.#quoted = quoted;
  }

  /** The candidates of a quote that has begun. */
  get starts(): Int32Array {
    return this.#survivors.latest;
  }

  /** Where the range of a candidate ends. */
  endOf(start: number): number {
    const { length } = this.#context;
    return this.#ranges === null ? length : Math.min(rangeEnd(this.#ranges, start), length);
  }

  /** The bytes, at most `max`, on which all candidates that go on agree; `latest`: those of the last one. */
  agreed(max: number, latest: boolean): Uint8Array {
    const nextEnd = new NextEnd(this.#context);
    const byteAt = (position: number, start: number): number => {
      const context = this.#context;
      const end = this.endOf(start);
      if (!(position === start ? context.isStart(position) : context.continues(position, end))) return NONE;
      if (nextEnd.from(position + 1, end, start + this.#maxBytes) - start > this.#maxBytes) return NONE;
      return context.wordAt(position) & 0xff;
    };
    const candidates = latest ? this.#latest(byteAt) : this.#quoted === 0 ? this.#edges() : this.starts;
    return Uint8Array.from(agreement(candidates, this.#quoted, max, byteAt));
  }

  get #searched(): Int32Array {
    return this.#ranges ?? Int32Array.of(0, this.#context.length);
  }

  /** The candidates of a quote that has not begun, ascending. */
  *#edges(): Generator<number> {
    for (const start of positionsIn(this.#searched, this.#context.length)) {
      if (this.#context.isStart(start)) yield start;
    }
  }

  /** The latest candidate that goes on, if there is one. */
  #latest(byteAt: (position: number, start: number) => number): number[] {
    if (this.#quoted === 0) {
      for (const start of positionsFromEnd(this.#searched, this.#context.length)) {
        if (byteAt(start, start) !== NONE) return [start];
      }
      return [];
    }
    let latest = NONE;
    for (const start of this.starts) {
      if (start > latest && byteAt(start + this.#quoted, start) !== NONE) latest = start;
    }
    return latest === NONE ? [] : [latest];
  }

  /** Whether something holds for some candidate that has `bytes` next, and the end of its range. */
  #some(bytes: Uint8Array, holds: (start: number, end: number) => boolean): boolean {
    const context = this.#context;
    if (this.#quoted === 0) return context.findMatch(bytes, this.#searched, holds);
    return this.starts.some((start) => {
      const end = this.endOf(start);
      return context.follows(start + this.#quoted, end, bytes) && holds(start, end);
    });
  }

  /** The candidates of a quote of these bytes, ascending. */
  #startsOf(bytes: Uint8Array): Int32Array {
    const starts: number[] = [];
    this.#context.findMatch(bytes, this.#searched, (start, end) => {
      if (this.#reaches(start, bytes.length, end)) starts.push(start);
      return false;
    });
    return new Int32Array(starts);
  }

  /** Whether a quote of so many bytes reaches a place where it may end. */
  #reaches(start: number, quoted: number, end: number): boolean {
    const limit = start + this.#maxBytes;
    return this.#context.nextEnd(start + quoted, end, limit) <= limit;
  }
}
