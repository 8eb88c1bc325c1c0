import type { DraftSource } from "../shared/draft-source.js";

const NO_DRAFT = new Int32Array(0);

/** A number of tokens that follows how many the model chose. */
class AdaptiveLength {
  readonly #least: number;
  #length: number;

  constructor(least: number) {
    this.#least = least;
    this.#length = least;
  }

  get length(): number {
    return this.#length;
  }

  learn(proposed: number, chosen: number): void {
    if (proposed === 0) return;
    this.#length = chosen < proposed ? Math.max(this.#least, chosen) : Math.max(this.#length, 2 * proposed);
  }
}

/**
 * Proposes what a model may want to copy next. What all places of the quote have next is chosen unless the quote ends;
 * what only the latest of them has is a guess, and each wrong one costs a token's work.
 */
export class Drafting {
  readonly #source: DraftSource;
  readonly #max: number;
  readonly #agreed = new AdaptiveLength(8);
  readonly #guessed = new AdaptiveLength(1);
  #last = { agreed: 0, guessed: 0 };

  /** @param max tokens of a proposal */
  constructor(source: DraftSource, max: number) {
    this.#source = source;
    this.#max = max;
  }

  /**
   * At most `room` tokens; none outside a span.
   * @param isNew whether nothing has been copied yet: a guess would be blind
   */
  propose(room: number, isNew: boolean): Int32Array {
    const max = Math.max(0, Math.min(this.#max, room));
    const asked = Math.min(this.#agreed.length, max);
    const agreed = asked === 0 ? NO_DRAFT : this.#source(asked, "agreed");
    const guesses = isNew || agreed.length === asked ? 0 : Math.min(this.#guessed.length, max - agreed.length);
    const draft = guesses === 0 ? agreed : this.#source(agreed.length + guesses, "latest");
    this.#last = { agreed: Math.min(agreed.length, draft.length), guessed: Math.max(0, draft.length - agreed.length) };
    return draft;
  }

  /** The model chose the first `chosen` tokens of the last proposal, and not the next. */
  learn(chosen: number): void {
    const { agreed, guessed } = this.#last;
    this.#agreed.learn(agreed, Math.min(chosen, agreed));
    if (chosen >= agreed) this.#guessed.learn(guessed, chosen - agreed);
  }
}
