import type { CharacterClasses } from "./character-classes.js";
import type { Characters } from "./characters.js";
import { type Dfa, TooComplex } from "./dfa.js";

/** What the table of lengths may have at most, four bytes each. */
const MAX_ENTRIES = 8_000_000;

/** The strings of an automaton that have `min` to `max` characters; a state is the automaton's, and how many are there. */
export class StringsOfLength implements Characters {
  readonly classes: CharacterClasses;
  readonly start: number;
  readonly #dfa: Dfa;
  readonly #min: number;
  readonly #max: number;
  /** Characters are counted up to here: more make no difference. */
  readonly #top: number;
  /** At `state * (top + 1) + length`: the least length from there on, of at least that, that ends in acceptance. */
  readonly #lengths: Int32Array;
  /** From every state a string can be completed with so many characters or less. */
  readonly #reach: number;

  /** @throws TooComplex */
  constructor(dfa: Dfa, min: number, max: number) {
    this.#dfa = dfa;
    this.classes = dfa.classes;
    this.#min = min;
    this.#max = max;
    this.#top = max === Infinity ? min : max;
    if (dfa.stateCount * (this.#top + 1) > MAX_ENTRIES) throw new TooComplex();
    this.#lengths = lengthsOf(dfa, this.#top, max === Infinity);
    this.#reach = Math.max(...Array.from({ length: dfa.stateCount }, (_, state) => this.#least(state, 0)));
    this.start = dfa.isEmpty || !this.#isLive(0, 0) ? -1 : 0;
  }

  next(state: number, codePoint: number): number {
    const { dfa, length } = this.#read(state);
    const next = this.#dfa.next(dfa, codePoint);
    return next < 0 ? -1 : this.#state(next, length + 1);
  }

  accepts(state: number): boolean {
    const { dfa, length } = this.#read(state);
    return length >= this.#min && this.#dfa.accepts(dfa);
  }

  countVia(state: number, from: number, to: number, limit: number): number {
    const { dfa, length } = this.#read(state);
    let ways = 0;
    this.#dfa.classes.anyIn(from, to, (id, size) => {
      const next = this.#dfa.next(dfa, this.#dfa.classes.samples[id]);
      const after = next < 0 ? -1 : this.#state(next, length + 1);
      if (after >= 0) ways += size * this.count(after, Math.ceil((limit - ways) / size));
      return ways >= limit;
    });
    return Math.min(ways, limit);
  }

  alike(state: number, horizon: number): number {
    const { dfa, length } = this.#read(state);
    const isFree = length >= this.#min && length + horizon + this.#reach <= this.#max;
    return isFree ? dfa * (this.#top + 1) + this.#min : state;
  }

  count(state: number, limit: number): number {
    if (limit <= 1) return limit;
    const { dfa, length } = this.#read(state);
    let ways = this.accepts(state) ? 1 : 0;
    for (const [next, characters] of this.#dfa.successors(dfa)) {
      if (ways >= limit) break;
      const after = this.#state(next, length + 1);
      if (after >= 0) ways += characters * this.count(after, Math.ceil((limit - ways) / characters));
    }
    return Math.min(ways, limit);
  }

  #read(state: number): { dfa: number; length: number } {
    const length = state % (this.#top + 1);
    return { dfa: (state - length) / (this.#top + 1), length };
  }

  #state(dfa: number, length: number): number {
    if (length > this.#max) return -1;
    const counted = Math.min(length, this.#top);
    return this.#isLive(dfa, counted) ? dfa * (this.#top + 1) + counted : -1;
  }

  #isLive(dfa: number, length: number): boolean {
    return length + this.#least(dfa, Math.max(0, this.#min - length)) <= this.#max;
  }

  #least(dfa: number, length: number): number {
    const least = this.#lengths[dfa * (this.#top + 1) + length];
    return least < 0 ? Infinity : least;
  }
}

/**
 * The table of least lengths, -1 where there is none. Lengths are counted up to `top`; `more`: where one of at least
 * that is to be had, it is told as `top`.
 */
function lengthsOf(dfa: Dfa, top: number, more: boolean): Int32Array {
  const states = dfa.stateCount;
  const width = top + 1;
  const lengths = new Int32Array(states * width).fill(-1);
  let ending = Array.from({ length: states }, (_, state) => dfa.accepts(state));
  const successors = ending.map((_, state) => [...dfa.successors(state)].map(([next]) => next));
  for (let length = 0; length < width; length++) {
    for (let state = 0; state < states; state++) if (ending[state]) lengths[state * width + length] = length;
    if (length + 1 < width) ending = successors.map((next) => next.some((state) => ending[state]));
  }
  if (more) {
    for (const state of statesWithLengthsFrom(ending, successors)) lengths[state * width + top] = top;
  }
  for (let state = 0; state < states; state++) {
    for (let length = top - 1; length >= 0; length--) {
      const at = state * width + length;
      if (lengths[at] < 0) lengths[at] = lengths[at + 1];
    }
  }
  return lengths;
}

/**
 * The states from which acceptance can be reached in `top` characters or more, where `ending` are those that reach it in
 * exactly so many: what leads to one of them by any number of further characters, with `top` counted back from it.
 */
function statesWithLengthsFrom(ending: readonly boolean[], successors: readonly (readonly number[])[]): Set<number> {
  let [reaching, grew] = [new Set(ending.flatMap((ends, state) => (ends ? [state] : []))), true];
  while (grew) {
    const before = successors.flatMap((next, state) => (next.some((to) => reaching.has(to)) ? [state] : []));
    const all = new Set([...reaching, ...before]);
    grew = all.size > reaching.size;
    reaching = all;
  }
  return reaching;
}
