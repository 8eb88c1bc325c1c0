import { ChangingIdSet } from "./changing-id-set.js";
import { roomFor } from "../room.js";

/** The position may be part of a match. */
export const SEARCHABLE = 1;
/** The position is searchable and continues the run of the position before it, if that is searchable. */
export const CONTINUES = 2;
/** The position is searchable and no quote may start there. */
export const INNER = 4;

/** Room for this many tokens is made at least: typed arrays cost as much as they hold. */
const LEAST_ROOM = 16;

/** A stretch of a token sequence, and for each token where in the sequence quotes may start with it. */
export class JavaScriptTokens {
  tokens = new Int32Array(0);
  flags = new Uint8Array(0);
  length = 0;
  /** At index `token`: where it starts quotes, ascending. */
  readonly #starts: (number[] | undefined)[] = [];
  readonly #firstTokens: ChangingIdSet;

  /** @param begin where in the sequence the stretch begins */
  constructor(
    vocabSize: number,
    readonly begin: number,
  ) {
    this.#firstTokens = new ChangingIdSet(vocabSize);
  }

  get bytes(): number {
    return this.tokens.byteLength + this.flags.byteLength + this.#firstTokens.bytes + 8 * this.length;
  }

  /** Appends a token, for which there is room. */
  push(token: number, flags: number): void {
    this.tokens[this.length] = token;
    this.flags[this.length] = flags;
    if (isStart(flags)) {
      const starts = (this.#starts[token] ??= []);
      if (starts.length === 0) this.#firstTokens.add(token);
      starts.push(this.begin + this.length);
    }
    this.length++;
  }

  truncate(length: number): void {
    while (this.length > length) {
      if (!isStart(this.flags[--this.length])) continue;
      const token = this.tokens[this.length];
      const starts = this.#starts[token]!;
      starts.pop();
      if (starts.length === 0) this.#firstTokens.delete(token);
    }
  }

  /** Makes room for so many tokens in all. */
  reserve(length: number): void {
    if (length <= this.tokens.length) return;
    const capacity = Math.max(LEAST_ROOM, roomFor(length));
    const [tokens, flags] = [new Int32Array(capacity), new Uint8Array(capacity)];
    tokens.set(this.tokens.subarray(0, this.length));
    flags.set(this.flags.subarray(0, this.length));
    this.tokens = tokens;
    this.flags = flags;
  }

  /** Where `token` starts quotes, ascending; not to be written to. */
  startsOf(token: number): readonly number[] {
    return this.#starts[token] ?? NOWHERE;
  }

  /** The tokens that start quotes, ascending; not to be written to. */
  get firstTokens(): Int32Array {
    return this.#firstTokens.ids;
  }

  /** Appends the first tokens of another stretch. */
  append(stretch: JavaScriptTokens, length: number): void {
    this.reserve(this.length + length);
    for (let i = 0; i < length; i++) this.push(stretch.tokens[i], stretch.flags[i]);
  }
}

/** Whether a quote may start at a position of these flags. */
export function isStart(flags: number): boolean {
  return flags !== 0 && (flags & INNER) === 0;
}

const NOWHERE: readonly number[] = [];
