import type { CharacterClasses } from "./character-classes.js";
import { StateTable, statesReaching, TooComplex, type Transitions } from "./dfa.js";
import type { Before, Edge, Guard, Nfa } from "./nfa.js";

/** A node of the NFA, and what the automata that look ahead from before it have come to: `[index, state, …]`. */
interface Place {
  readonly node: number;
  readonly ahead: readonly number[];
}

/** Places that are gone through, in all sets together, before a pattern is said to be too complex. */
const MAX_STEPS = 3_000_000;

/** Numbers of places, ascending. */
type Subset = readonly number[];

/** What guards look ahead for at the edges of words: these are the first that an NFA has. */
export const WORD_AHEAD = 0;
export const NO_WORD_AHEAD = 1;

/** What the construction needs beside the NFA. */
export interface Alphabet {
  readonly classes: CharacterClasses;
  /** By class: whether its characters are those of words. */
  readonly isWord: readonly boolean[];
}

/**
 * The subset construction. A look ahead is an automaton that runs beside from there on; a place stands as long as all
 * that were begun before it still can accept.
 */
export class Determinizer {
  readonly #nfa: Nfa;
  readonly #alphabet: Alphabet;
  readonly #end: number;
  /** By index of what looks ahead: from which states everything, and anything, is accepted. */
  readonly #always: boolean[][];
  readonly #ever: boolean[][];
  /** By edge of a character: whether it is one of each class. */
  readonly #members = new Map<Edge, readonly boolean[]>();
  readonly #places: Place[] = [];
  readonly #numbers = new Map<string, number>();
  /** At `place * classes + class`: the places that are reached with a character of it. */
  readonly #moves: (readonly number[] | undefined)[] = [];
  #steps = 0;

  /** @param end the node that accepts; it goes on with any character where what follows does not matter */
  constructor(nfa: Nfa, end: number, alphabet: Alphabet) {
    this.#nfa = nfa;
    this.#end = end;
    this.#alphabet = alphabet;
    this.#always = nfa.ahead.map(alwaysAccepting);
    this.#ever = nfa.ahead.map(({ next, accepting, classes }) =>
      statesReaching(next, classes.count, (state) => accepting[state], accepting.length),
    );
    for (const edge of nfa.edges.flat()) {
      if (edge.on !== null) this.#members.set(edge, alphabet.classes.membersOf(edge.on));
    }
  }

  /**
   * @param before what stands before the first character that is read
   * @throws TooComplex
   */
  run(start: number, before: Before): Transitions {
    const table = new StateTable<Subset>(this.#alphabet.classes, (places) => places.join());
    table.add(this.#without(this.#close([{ node: start, ahead: [] }], before)));
    return table.transitions(
      (places, id) => this.#step(places, id),
      (places) => places.some((place) => this.#accepts(this.#places[place])),
    );
  }

  #step(places: Subset, id: number): Subset | null {
    const reached = new Set<number>();
    for (const place of places) for (const next of this.#move(place, id)) reached.add(next);
    this.#steps += reached.size;
    if (this.#steps > MAX_STEPS) throw new TooComplex();
    return reached.size === 0 ? null : this.#without([...reached]);
  }

  /** Where the end is reached and goes on whatever comes, the other places add nothing. */
  #without(places: readonly number[]): Subset {
    const goesOn = this.#nfa.edges[this.#end].length > 0;
    const sure = goesOn ? this.#numbers.get(keyOf({ node: this.#end, ahead: [] })) : undefined;
    return sure !== undefined && places.includes(sure) ? [sure] : [...places].sort((a, b) => a - b);
  }

  #move(place: number, id: number): readonly number[] {
    const at = place * this.#alphabet.classes.count + id;
    return (this.#moves[at] ??= this.#findMove(this.#places[place], id));
  }

  #findMove({ node, ahead }: Place, id: number): readonly number[] {
    const further = this.#stepAhead(ahead, id);
    if (further === null) return [];
    const edges = this.#nfa.edges[node].filter((edge) => this.#members.get(edge)?.[id] === true);
    const reached = edges.map(({ to }) => ({ node: to, ahead: further }));
    return this.#close(reached, this.#alphabet.isWord[id] ? "word" : "other");
  }

  /** All places that are reached without a character. */
  #close(seeds: readonly Place[], before: Before): readonly number[] {
    const known = new Set<number>();
    const open = [...seeds];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const number = this.#numberOf(place);
      if (known.has(number)) continue;
      known.add(number);
      for (const { to, on, guard } of this.#nfa.edges[place.node]) {
        if (on !== null) continue;
        const ahead = guard === null ? place.ahead : this.#pass(guard, place.ahead, before);
        if (ahead !== null) open.push({ node: to, ahead });
      }
    }
    return [...known];
  }

  #numberOf(place: Place): number {
    const key = keyOf(place);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#places.push(place) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** What looks ahead behind a guard; `null` where it does not let pass. */
  #pass(guard: Guard, ahead: readonly number[], before: Before): readonly number[] | null {
    if (guard.type === "start") return before === "start" ? ahead : null;
    if (guard.type === "followed") return this.#lookAhead(ahead, guard.by[before]);
    const wantsWord = (before === "word") === guard.negate;
    return this.#lookAhead(ahead, wantsWord ? WORD_AHEAD : NO_WORD_AHEAD);
  }

  #lookAhead(ahead: readonly number[], index: number): readonly number[] | null {
    return this.#ordered([...pairsOf(ahead), [index, 0]]);
  }

  #stepAhead(ahead: readonly number[], id: number): readonly number[] | null {
    const count = this.#alphabet.classes.count;
    return this.#ordered(pairsOf(ahead).map(([i, state]) => [i, this.#nfa.ahead[i].next[state * count + id]]));
  }

  /** Automata that accept whatever comes are done; one that never will makes it all fail. */
  #ordered(pairs: readonly (readonly [index: number, state: number])[]): readonly number[] | null {
    if (pairs.some(([i, state]) => state < 0 || !this.#ever[i][state])) return null;
    const open = pairs.filter(([i, state]) => !this.#always[i][state]).sort(([a, b], [c, d]) => a - c || b - d);
    return open.filter((pair, i) => i === 0 || pair.join() !== open[i - 1].join()).flat();
  }

  #accepts({ node, ahead }: Place): boolean {
    return node === this.#end && pairsOf(ahead).every(([i, state]) => this.#nfa.ahead[i].accepting[state]);
  }
}

/** The strings that the automaton does not accept. */
export function complement({ classes, next, accepting }: Transitions): Transitions {
  const sink = accepting.length;
  return {
    classes,
    next: [...next.map((to) => (to < 0 ? sink : to)), ...new Array<number>(classes.count).fill(sink)],
    accepting: [...accepting.map((accepts) => !accepts), true],
  };
}

/** The states from which every string is accepted. */
function alwaysAccepting({ classes, next, accepting }: Transitions): boolean[] {
  const open = accepting.map((accepts, state) => {
    const row = next.slice(state * classes.count, (state + 1) * classes.count);
    return !accepts || row.includes(-1);
  });
  return statesReaching(next, classes.count, (state) => open[state], accepting.length).map((reaches) => !reaches);
}

function pairsOf(flat: readonly number[]): (readonly [number, number])[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

function keyOf({ node, ahead }: Place): string {
  return `${node}:${ahead.join()}`;
}
