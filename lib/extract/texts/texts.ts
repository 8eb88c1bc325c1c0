/**
 * A set of JSON texts, read byte by byte. Every state that `step` gives can still be completed, so that what was written
 * never has to be taken back.
 */
export interface Texts<State = unknown> {
  /** Of sets that are alike. */
  readonly id: string;
  /** Whether many tokens may come next, state after state: what is found out about one is worth keeping. */
  readonly isWide: boolean;
  readonly start: State;
  /** The state after a byte; `null` where no text goes on with it. */
  step(state: State, byte: number): State | null;
  /** Whether a text may end here. */
  accepts(state: State): boolean;
  /** Whether no byte can come. */
  isEnd(state: State): boolean;
  /** The only byte that can come; -1 where there may be several, or none. */
  onlyByte(state: State): number;
  /** Equal for states that are alike for the next `horizon` bytes. */
  key(state: State, horizon: number): string;
  /** How many texts may be completed from here: at most `limit` is said. */
  count(state: State, limit: number): number;
  /** Where these are the texts of a larger set but a few. */
  narrow?(state: State): Narrowing;
}

/** A state of a larger set of texts, and the rests of those that are left out, a character per byte. */
export interface Narrowing {
  readonly of: Texts;
  readonly state: unknown;
  readonly without: readonly string[];
}

let sets = 0;

/** A name for one more set of texts. */
export function nextTextsId(): string {
  return String(sets++);
}
