import { CharacterClasses } from "./character-classes.js";
import type { Characters } from "./characters.js";
import { unionOf } from "./code-points.js";

/** What no automaton may have more of: transitions, four bytes each. */
const MAX_TRANSITIONS = 2_000_000;

/** An automaton that would take more memory than it is worth. */
export class TooComplex extends Error {}

/** The transitions of an automaton, while it is built: `next[state * classes + id]`, -1 where there is none. */
export interface Transitions {
  readonly classes: CharacterClasses;
  readonly next: readonly number[];
  readonly accepting: readonly boolean[];
}

/** A deterministic automaton over characters. State 0 is the first. */
export class Dfa implements Characters {
  readonly start: number;
  readonly classes: CharacterClasses;
  readonly #next: Int32Array;
  readonly #accepting: readonly boolean[];
  readonly #counts: readonly number[];

  /** Keeps of the transitions those from which a string can still be completed. */
  constructor({ classes, next, accepting }: Transitions) {
    this.classes = classes;
    this.#accepting = accepting;
    const live = statesReaching(next, classes.count, (state) => accepting[state], accepting.length);
    this.#next = Int32Array.from(next, (to) => (to >= 0 && live[to] ? to : -1));
    this.start = live[0] ? 0 : -1;
    this.#counts = this.#countWords();
  }

  /** An automaton of the same strings. @throws TooComplex */
  static from(characters: Characters): Dfa {
    if (characters instanceof Dfa) return characters;
    const { classes, start } = characters;
    const table = new StateTable<number>(classes, String);
    table.add(start);
    const step = (state: number, id: number) => {
      const next = state < 0 ? -1 : characters.next(state, classes.samples[id]);
      return next < 0 ? null : next;
    };
    return new Dfa(table.transitions(step, (state) => state >= 0 && characters.accepts(state)));
  }

  /** Of these strings and no others. @throws TooComplex */
  static ofStrings(strings: readonly string[]): Dfa {
    const words = strings.map((string) => Array.from(string, (character) => character.codePointAt(0)!));
    const classes = CharacterClasses.of([...new Set(words.flat())].map((point) => unionOf([[point, point]])));
    const table = new StateTable<readonly number[]>(classes, (prefix) => prefix.join());
    const prefixes = new Set(words.flatMap((word) => word.map((_, i) => word.slice(0, i + 1).join())));
    const whole = new Set(words.map((word) => word.join()));
    table.add([]);
    const step = (prefix: readonly number[], id: number) => {
      const longer = [...prefix, classes.samples[id]];
      return prefixes.has(longer.join()) ? longer : null;
    };
    return new Dfa(table.transitions(step, (prefix) => whole.has(prefix.join())));
  }

  /** Whether no string is accepted at all. */
  get isEmpty(): boolean {
    return this.start < 0;
  }

  next(state: number, codePoint: number): number {
    const id = this.classes.classOf(codePoint);
    return id < 0 ? -1 : this.#next[state * this.classes.count + id];
  }

  accepts(state: number): boolean {
    return this.#accepting[state];
  }

  countVia(state: number, from: number, to: number, limit: number): number {
    const row = state * this.classes.count;
    let ways = 0;
    this.classes.anyIn(from, to, (id, size) => {
      const next = this.#next[row + id];
      if (next >= 0) ways += size * this.#counts[next];
      return ways >= limit;
    });
    return Math.min(ways, limit);
  }

  alike(state: number): number {
    return state;
  }

  count(state: number, limit: number): number {
    return Math.min(this.#counts[state], limit);
  }

  /** The strings that both accept. @throws TooComplex */
  intersect(other: Dfa): Dfa {
    return this.#beside(other, (own, others) => own && others);
  }

  /** The strings that this one accepts and the other does not. @throws TooComplex */
  without(other: Dfa): Dfa {
    return this.#beside(other, (own, others) => own && !others);
  }

  /** The strings that one of the two accepts. @throws TooComplex */
  union(other: Dfa): Dfa {
    return this.#beside(other, (own, others) => own || others);
  }

  #beside(other: Dfa, accepts: (own: boolean, others: boolean) => boolean): Dfa {
    const classes = CharacterClasses.refine(this.classes, other.classes);
    const table = new StateTable<readonly [number, number]>(classes, ([a, b]) => `${a} ${b}`);
    table.add([this.start, other.start]);
    const step = (dfa: Dfa, state: number, id: number) => (state < 0 ? -1 : dfa.next(state, classes.samples[id]));
    const isIn = (dfa: Dfa, state: number) => state >= 0 && dfa.accepts(state);
    return new Dfa(
      table.transitions(
        ([a, b], id) => {
          const to = [step(this, a, id), step(other, b, id)] as const;
          return to[0] < 0 && to[1] < 0 ? null : to;
        },
        ([a, b]) => accepts(isIn(this, a), isIn(other, b)),
      ),
    );
  }

  get stateCount(): number {
    return this.#accepting.length;
  }

  /** The states that may come after a state: each, and how many characters lead there. */
  *successors(state: number): Generator<[next: number, characters: number]> {
    const { count, sizes } = this.classes;
    for (let id = 0; id < count; id++) {
      const next = this.#next[state * count + id];
      if (next >= 0) yield [next, sizes[id]];
    }
  }

  /** By state: how many strings can be completed from it; `Infinity` where there is no end. */
  #countWords(): number[] {
    const states = this.#accepting.length;
    const counts = new Array<number>(states).fill(Infinity);
    // A state is counted once all that follow it are; one that leads to a cycle never is.
    const waiting = this.#accepting.map((_, state) => [...this.successors(state)].length);
    const before = predecessorsOf(this.#next, this.classes.count, states);
    const ready = waiting.flatMap((successors, state) => (successors === 0 ? [state] : []));
    for (let state = ready.pop(); state !== undefined; state = ready.pop()) {
      counts[state] = this.#accepting[state] ? 1 : 0;
      for (const [next, characters] of this.successors(state)) counts[state] += characters * counts[next];
      for (const from of before[state]) if (--waiting[from] === 0) ready.push(from);
    }
    return counts;
  }
}

/** States by what they stand for, numbered as they are met, and their transitions. */
export class StateTable<State> {
  readonly #classes: CharacterClasses;
  readonly #keyOf: (state: State) => string;
  readonly #numbers = new Map<string, number>();
  readonly #states: State[] = [];

  constructor(classes: CharacterClasses, keyOf: (state: State) => string) {
    this.#classes = classes;
    this.#keyOf = keyOf;
  }

  /** @throws TooComplex */
  add(state: State): number {
    const key = this.#keyOf(state);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#states.length;
      this.#numbers.set(key, number);
      this.#states.push(state);
      if (this.#states.length * this.#classes.count > MAX_TRANSITIONS) throw new TooComplex();
    }
    return number;
  }

  /** The transitions from all states that can be reached. @throws TooComplex */
  transitions(step: (state: State, id: number) => State | null, accepts: (state: State) => boolean): Transitions {
    const next: number[] = [];
    const accepting: boolean[] = [];
    for (let number = 0; number < this.#states.length; number++) {
      accepting.push(accepts(this.#states[number]));
      for (let id = 0; id < this.#classes.count; id++) {
        const to = step(this.#states[number], id);
        next.push(to === null ? -1 : this.add(to));
      }
    }
    return { classes: this.#classes, next, accepting };
  }
}

/** Whether each state leads to one that passes the test, or passes it itself. */
export function statesReaching(
  next: readonly number[],
  classes: number,
  test: (state: number) => boolean,
  states: number,
): boolean[] {
  const before = predecessorsOf(next, classes, states);
  const reaching = Array.from({ length: states }, (_, state) => test(state));
  const open = reaching.flatMap((reaches, state) => (reaches ? [state] : []));
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const from of before[state]) {
      if (reaching[from]) continue;
      reaching[from] = true;
      open.push(from);
    }
  }
  return reaching;
}

/** By state: the states that lead to it, one entry a transition. */
function predecessorsOf(next: ArrayLike<number>, classes: number, states: number): number[][] {
  const before: number[][] = Array.from({ length: states }, () => []);
  for (let i = 0; i < next.length; i++) if (next[i] >= 0) before[next[i]].push(Math.floor(i / classes));
  return before;
}
