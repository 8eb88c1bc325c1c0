import { agreement } from "../agreement.js";
import { DistinctIds } from "./distinct-ids.js";
import type { EngineMatcher } from "../../engine.js";
import type { SearchedTokens } from "./searched-tokens.js";
import { positionsFromEnd, positionsIn, rangeEnd } from "../ranges.js";
import { Survivors } from "../survivors.js";

/** Where matchers collect ids: one takes its turn as a whole, so that none has to have room of its own. */
const distinct = new DistinctIds();

/** Candidates as a survivor filter: each token of the quote leaves fewer of them. */
export class JavaScriptMatcher implements EngineMatcher {
  readonly #context: SearchedTokens;
  #ranges: Int32Array | null = null;
  /** S_1 to S_k. */
  readonly #survivors = new Survivors();

  constructor(context: SearchedTokens) {
    this.#context = context;
  }

  get depth(): number {
    return this.#survivors.steps;
  }

  begin(ranges: Int32Array | null): void {
    this.#ranges = ranges;
    this.#survivors.clear();
  }

  advance(token: number): boolean {
    if (!this.allows(token)) return false;
    const depth = this.depth;
    if (depth === 0) this.#survivors.begin(this.#startsOf(token));
    else this.#survivors.narrow((start) => this.#tokenAfter(start, depth) === token);
    return true;
  }

  rewind(depth: number): void {
    this.#survivors.rewind(depth);
  }

  allows(token: number): boolean {
    const depth = this.depth;
    if (depth === 0) {
      const { shared, own } = this.#context.startsOf(token);
      const holds = (start: number) => this.#holds(start);
      return shared.some(holds) || own.some(holds);
    }
    return this.#survivors.latest.some((start) => this.#tokenAfter(start, depth) === token);
  }

  mayEnd(): boolean {
    const context = this.#context;
    const depth = this.depth;
    if (depth === 0) return true;
    return this.#survivors.latest.some((start) => {
      const next = start + depth;
      return context.continuationAt(next) === NONE || context.isStart(next);
    });
  }

  continuations(): Int32Array {
    const depth = this.depth;
    if (depth === 0 && this.#ranges === null) return this.#context.firstTokens();
    for (const start of this.#candidates()) {
      const token = this.#tokenAfter(start, depth);
      if (token !== NONE) distinct.add(token);
    }
    return distinct.drain();
  }

  draft(max: number, latest: boolean): Int32Array {
    const depth = this.depth;
    const candidates = latest ? this.#latestThatGoesOn() : this.#candidates();
    const symbolAt = (position: number, start: number) => this.#tokenAfter(start, position - start);
    return Int32Array.from(agreement(candidates, depth, max, symbolAt));
  }

  sources(ranges: Int32Array | null, limit: number): Int32Array {
    const starts: number[] = [];
    const depth = this.depth;
    for (const start of depth === 0 ? [] : this.#survivors.ascending) {
      if (starts.length >= limit) break;
      if (ranges === null || start + depth <= rangeEnd(ranges, start)) starts.push(start);
    }
    return Int32Array.from(starts);
  }

  forget(): void {
    this.begin(null);
  }

  close(): void {
    this.forget();
  }

  /** S_k, ascending unless tokens were taken back. */
  #candidates(): Iterable<number> {
    return this.depth === 0 ? this.#starts() : this.#survivors.latest;
  }

  /** S_0, ascending. */
  *#starts(): Generator<number> {
    for (const start of positionsIn(this.#searched, this.#context.length)) {
      if (this.#context.isStart(start)) yield start;
    }
  }

  /** S_1 = { i : c[i] = token }, ascending. */
  #startsOf(token: number): Int32Array {
    const { shared, own } = this.#context.startsOf(token);
    const starts = new Int32Array(shared.length + own.length);
    starts.set(shared);
    starts.set(own, shared.length);
    return this.#ranges === null ? starts : starts.filter((start) => this.#holds(start));
  }

  /** Whether what is searched holds this position. */
  #holds(position: number): boolean {
    return this.#ranges === null || rangeEnd(this.#ranges, position) > 0;
  }

  /** The latest candidate that has a continuation, if there is one. */
  #latestThatGoesOn(): number[] {
    const depth = this.depth;
    if (depth === 0) {
      for (const start of positionsFromEnd(this.#searched, this.#context.length)) {
        if (this.#context.isStart(start)) return [start];
      }
      return [];
    }
    let latest = NONE;
    for (const start of this.#survivors.latest) {
      if (start > latest && this.#tokenAfter(start, depth) !== NONE) latest = start;
    }
    return latest === NONE ? [] : [latest];
  }

  get #searched(): Int32Array {
    return this.#ranges ?? Int32Array.of(0, this.#context.length);
  }

  /** The token by which the candidate at `start` continues after `quoted` tokens; NONE where it does not. */
  #tokenAfter(start: number, quoted: number): number {
    const next = start + quoted;
    if (this.#ranges !== null && next >= rangeEnd(this.#ranges, start)) return NONE;
    return quoted === 0 ? this.#context.tokenAt(start) : this.#context.continuationAt(next);
  }
}

const NONE = -1;
