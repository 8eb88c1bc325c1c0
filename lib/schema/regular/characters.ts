import { CharacterClasses } from "./character-classes.js";

/**
 * A set of strings, read character by character. A state is a number; every state that `next` gives can still be
 * completed, so that nothing has to be taken back.
 */
export interface Characters {
  /** Characters of one class are alike to it. */
  readonly classes: CharacterClasses;
  /** -1 where there is no string at all. */
  readonly start: number;
  /** The state after a character; -1 where no string goes on with it. */
  next(state: number, codePoint: number): number;
  /** Whether a string may end here. */
  accepts(state: number): boolean;
  /** How many strings may be completed whose next character is in [from, to]: at most `limit` is said. */
  countVia(state: number, from: number, to: number, limit: number): number;
  /** A state that behaves alike for the next `horizon` characters: what is found out about one holds for the other. */
  alike(state: number, horizon: number): number;
  /** How many strings may be completed from here: at most `limit` is said. */
  count(state: number, limit: number): number;
}

const ONE_CLASS = CharacterClasses.of([]);

/** All strings of `min` to `max` characters; a state is how many are there. */
export class AnyCharacters implements Characters {
  readonly classes = ONE_CLASS;
  readonly start = 0;
  readonly min: number;
  readonly max: number;

  constructor(min: number, max: number) {
    this.min = min;
    this.max = max;
  }

  next(state: number): number {
    if (state >= this.max) return -1;
    return this.max === Infinity ? Math.min(state + 1, this.min) : state + 1;
  }

  accepts(state: number): boolean {
    return state >= this.min;
  }

  countVia(state: number, _from: number, _to: number, limit: number): number {
    return state < this.max ? limit : 0;
  }

  alike(state: number, horizon: number): number {
    if (state + horizon < this.min) return 0;
    if (state < this.min || state + horizon > this.max) return state;
    return this.min;
  }

  count(state: number, limit: number): number {
    return state < this.max ? limit : 1;
  }
}

/** Whether a string is one of them, read to its end. */
export function isAmong(text: string, characters: Characters): boolean {
  let state = characters.start;
  for (const character of text) {
    if (state >= 0) state = characters.next(state, character.codePointAt(0)!);
  }
  return state >= 0 && characters.accepts(state);
}
