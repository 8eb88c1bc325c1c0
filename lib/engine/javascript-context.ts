import type { AppendOptions, ContextOptions, EngineContext, EngineMatcher } from "./engine.js";
import { JavaScriptMatcher } from "./javascript-matcher.js";
import { roomFor } from "./room.js";

/** The position may be part of a match. */
const SEARCHABLE = 1;
/** The position is searchable and continues the run of the position before it, if that is searchable. */
export const CONTINUES = 2;
/** The position is searchable and no quote may start there. */
export const INNER = 4;

/** Where a token occurs, ascending. Forks share a list until one of them writes: the owner writes in place. */
interface PositionList {
  owner: object;
  positions: number[];
}

/** A context as position lists: for each token where it occurs. */
export class JavaScriptContext implements EngineContext {
  readonly #options: ContextOptions;
  readonly #barriers: ReadonlySet<number>;
  /** Marks the lists and the store that this context may write in place. A fork replaces it on both sides. */
  #owner = {};
  #storeOwner = this.#owner;
  /** At index `token`: where it occurs. */
  #lists: (PositionList | undefined)[] = [];
  #firstTokens: Int32Array | null = null;
  /** Bit per id: whether its list is not empty. This is the set of depth 0, kept as tokens come and go. */
  #present = new Int32Array(0);
  tokens = new Int32Array(0);
  flags = new Uint8Array(0);
  length = 0;

  constructor(options: ContextOptions) {
    this.#options = options;
    this.#barriers = new Set(options.barriers);
  }

  get bytes(): number {
    return this.tokens.byteLength + this.flags.byteLength + this.#present.byteLength + 8 * this.length;
  }

  append(added: Int32Array, { searchable, newRun, edges }: AppendOptions): void {
    this.#reserve(this.length + added.length);
    let joins = !newRun;
    for (let i = 0; i < added.length; i++) {
      const token = added[i];
      const position = this.length++;
      const isSearchable = searchable && !this.#barriers.has(token);
      const inner = edges?.[i] === 0 && joins && position > 0 && this.flags[position - 1] !== 0;
      this.tokens[position] = token;
      this.flags[position] = isSearchable ? SEARCHABLE | (joins ? CONTINUES : 0) | (inner ? INNER : 0) : 0;
      if (isSearchable && !inner) this.#list(token).push(position);
      joins = true;
    }
  }

  truncate(length: number): void {
    while (this.length > length) {
      const position = --this.length;
      if (this.flags[position] === 0 || (this.flags[position] & INNER) !== 0) continue;
      const token = this.tokens[position];
      const positions = this.#list(token);
      positions.pop();
      if (positions.length === 0) this.#setPresent(token, false);
    }
  }

  read(start: number, end: number): Int32Array {
    return this.tokens.slice(start, end);
  }

  fork(): JavaScriptContext {
    const copy = new JavaScriptContext(this.#options);
    this.#owner = {};
    copy.#lists = this.#lists.slice();
    copy.#present = this.#present.slice();
    copy.#firstTokens = this.#firstTokens;
    copy.tokens = this.tokens;
    copy.flags = this.flags;
    copy.length = this.length;
    copy.#storeOwner = this.#storeOwner;
    return copy;
  }

  compact(): void {
    this.firstTokens();
  }

  matcher(): EngineMatcher {
    return new JavaScriptMatcher(this);
  }

  close(): void {
    this.length = 0;
    this.tokens = new Int32Array(0);
    this.flags = new Uint8Array(0);
    this.#lists = [];
  }

  /** Whether a quote may start at `position`. */
  isStart(position: number): boolean {
    return this.flags[position] !== 0 && (this.flags[position] & INNER) === 0;
  }

  /** Where `token` may start a match, ascending. */
  positions(token: number): readonly number[] {
    return this.#lists[token]?.positions ?? [];
  }

  /** The distinct searchable tokens, ascending. */
  firstTokens(): Int32Array {
    if (this.#firstTokens === null) {
      const ids: number[] = [];
      this.#present.forEach((bits, word) => {
        for (let rest = bits; rest !== 0; rest &= rest - 1) ids.push(word * 32 + 31 - Math.clz32(rest & -rest));
      });
      this.#firstTokens = Int32Array.from(ids);
    }
    return this.#firstTokens;
  }

  #reserve(length: number): void {
    if (length <= this.tokens.length && this.#storeOwner === this.#owner) return;
    const capacity = roomFor(length);
    const [tokens, flags] = [new Int32Array(capacity), new Uint8Array(capacity)];
    tokens.set(this.tokens.subarray(0, this.length));
    flags.set(this.flags.subarray(0, this.length));
    this.tokens = tokens;
    this.flags = flags;
    this.#storeOwner = this.#owner;
  }

  #list(token: number): number[] {
    let list = this.#lists[token];
    if (list?.owner !== this.#owner) {
      list = { owner: this.#owner, positions: list === undefined ? [] : list.positions.slice() };
      this.#lists[token] = list;
    }
    if (list.positions.length === 0) this.#setPresent(token, true);
    return list.positions;
  }

  #setPresent(token: number, present: boolean): void {
    const word = token >> 5;
    if (word >= this.#present.length) {
      const grown = new Int32Array(Math.min((this.#options.vocabSize + 31) >> 5, 2 * word + 1));
      grown.set(this.#present);
      this.#present = grown;
    }
    if (present) this.#present[word] |= 1 << token;
    else this.#present[word] &= ~(1 << token);
    this.#firstTokens = null;
  }
}
