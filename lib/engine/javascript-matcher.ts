import { DistinctIds } from "./distinct-ids.js";
import type { EngineMatcher } from "./engine.js";
import { CONTINUES, INNER, type JavaScriptContext } from "./javascript-context.js";
import { rangeEnd } from "./ranges.js";

/** Candidates as a survivor filter: each token of the quote leaves a shorter list of positions. */
export class JavaScriptMatcher implements EngineMatcher {
  readonly #context: JavaScriptContext;
  #ranges: Int32Array | null = null;
  /** At index k - 1: for each candidate of S_k, ascending, the position of its last matched token. */
  #survivors: (readonly number[])[] = [];
  readonly #distinct = new DistinctIds();

  constructor(context: JavaScriptContext) {
    this.#context = context;
  }

  get depth(): number {
    return this.#survivors.length;
  }

  begin(ranges: Int32Array | null): void {
    this.#ranges = ranges;
    this.#survivors = [];
  }

  advance(token: number): boolean {
    const next = this.depth === 0 ? this.#starts(token) : this.#filter(this.#last(), token);
    if (next.length === 0) return false;
    this.#survivors.push(next);
    return true;
  }

  rewind(depth: number): void {
    this.#survivors.length = depth;
  }

  allows(token: number): boolean {
    if (this.depth === 0) return this.#starts(token).length > 0;
    return this.#last().some((position) => this.#continues(position) && this.#context.tokens[position + 1] === token);
  }

  mayEnd(): boolean {
    if (this.depth === 0) return true;
    const { flags, length } = this.#context;
    return this.#last().some((position) => {
      const next = position + 1;
      return next >= length || (flags[next] & CONTINUES) === 0 || (flags[next] & INNER) === 0;
    });
  }

  continuations(): Int32Array {
    if (this.depth === 0 && this.#ranges === null) return this.#context.firstTokens();
    const tokens = this.#context.tokens;
    const last = this.depth === 0 ? this.#beforeStarts() : this.#last();
    if (this.depth > 0 && last.length === 1)
      return this.#continues(last[0]) ? Int32Array.of(tokens[last[0] + 1]) : new Int32Array(0);
    for (const position of last) {
      if (this.depth === 0 || this.#continues(position)) this.#distinct.add(tokens[position + 1]);
    }
    return this.#distinct.drain();
  }

  draft(max: number, latest: boolean): Int32Array {
    const draft: number[] = [];
    let last = this.depth === 0 ? this.#beforeStarts() : this.#last().filter((position) => this.#continues(position));
    if (latest) last = last.slice(-1);
    const tokens = this.#context.tokens;
    while (draft.length < max && last.length > 0) {
      const token = tokens[last[0] + 1];
      if (last.some((position) => tokens[position + 1] !== token)) break;
      draft.push(token);
      last = last.map((position) => position + 1).filter((position) => this.#continues(position));
    }
    return Int32Array.from(draft);
  }

  sources(ranges: Int32Array | null, limit: number): Int32Array {
    const starts: number[] = [];
    for (const position of this.depth === 0 ? [] : this.#last()) {
      if (starts.length >= limit) break;
      const start = position - this.depth + 1;
      if (ranges === null || position < rangeEnd(ranges, start)) starts.push(start);
    }
    return Int32Array.from(starts);
  }

  close(): void {
    this.begin(null);
  }

  #last(): readonly number[] {
    return this.#survivors[this.#survivors.length - 1];
  }

  /** The candidates of S_1 = { i : c[i] = token }. */
  #starts(token: number): readonly number[] {
    const ranges = this.#ranges;
    const positions = this.#context.positions(token);
    return ranges === null ? positions : positions.filter((position) => position < rangeEnd(ranges, position));
  }

  /** For each candidate of depth 0 the position before it, ascending. */
  #beforeStarts(): number[] {
    const context = this.#context;
    const ranges = this.#ranges ?? Int32Array.of(0, context.length);
    const before: number[] = [];
    for (let range = 0; range < ranges.length; range += 2) {
      for (let start = ranges[range]; start < Math.min(ranges[range + 1], context.length); start++) {
        if (context.flags[start] !== 0 && (context.flags[start] & INNER) === 0) before.push(start - 1);
      }
    }
    return before;
  }

  /** Whether the candidate whose last token is at `position` has a continuation. */
  #continues(position: number): boolean {
    const { flags, length } = this.#context;
    const next = position + 1;
    if (next >= length || (flags[next] & CONTINUES) === 0) return false;
    return this.#ranges === null || next < rangeEnd(this.#ranges, position);
  }

  #filter(last: readonly number[], token: number): number[] {
    const tokens = this.#context.tokens;
    const next: number[] = [];
    for (const position of last) {
      if (tokens[position + 1] === token && this.#continues(position)) next.push(position + 1);
    }
    return next;
  }
}
