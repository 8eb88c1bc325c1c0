/** What became of a draft. */
export interface DraftOutcome {
  /** Tokens that were drafted. */
  readonly drafted: number;
  /** How many of them, from the first on, all candidates agreed on; the rest was a guess. */
  readonly agreed: number;
  /** How many of them, from the first on, the model chose too. */
  readonly accepted: number;
}

/**
 * What a pass costs more for a draft, and for each token of it, as shares of a pass for one token: so much on one core
 * with weights of 32 bits, less on graphics cards. The best length changes slowly with it.
 */
const DRAFT_COST = 1 / 4;
const TOKEN_COST = 1 / 6;

/**
 * How many tokens to draft: as many as promise most tokens for the time, as far as is known of the model.
 *
 * Where all candidates agree, only the end of the quote can refute a draft (in text mode, another tokenisation too);
 * where they part, the draft follows one of them. The two are learned apart: a model that quotes at length does not
 * therefore quote the place that was guessed.
 */
export class DraftLength {
  readonly #most: number;
  readonly #agreed = new Acceptance(15, 16);
  readonly #guessed = new Acceptance(1, 2);

  /** @param most no draft is longer */
  constructor(most: number) {
    this.#most = most;
  }

  /** The best length of a draft whose first `agreed` tokens are those that all candidates agree on; 0: none. */
  best(agreed: number): number {
    let [length, most] = [0, 1];
    let [chance, tokens] = [1, 1];
    for (let drafted = 1; drafted <= this.#most; drafted++) {
      chance *= drafted <= agreed ? this.#agreed.rate : this.#guessed.rate;
      tokens += chance;
      const gain = tokens / (1 + DRAFT_COST + TOKEN_COST * drafted);
      if (gain > most) [length, most] = [drafted, gain];
    }
    return length;
  }

  learn({ drafted, agreed, accepted }: DraftOutcome): void {
    const longest = this.best(Infinity);
    const passedUp = agreed < longest && this.best(agreed) <= agreed;
    if (longest === 0) this.#agreed.rest();
    else this.#agreed.learn(Math.min(accepted, agreed), agreed);
    if (passedUp) this.#guessed.rest();
    else if (accepted >= agreed) this.#guessed.learn(accepted - agreed, drafted - agreed);
  }
}

/** Older drafts count for less. */
const MEMORY = 0.9;

/** How often a drafted token was accepted. */
class Acceptance {
  readonly #first: readonly [accepted: number, tested: number];
  #accepted: number;
  #tested: number;

  /** What is taken for known at first. */
  constructor(accepted: number, tested: number) {
    this.#first = [accepted, tested];
    [this.#accepted, this.#tested] = this.#first;
  }

  get rate(): number {
    return this.#accepted / this.#tested;
  }

  /** Of so many tokens the first `accepted` were, and the next was not. */
  learn(accepted: number, drafted: number): void {
    if (drafted > 0) this.#add(accepted, Math.min(accepted + 1, drafted), 1);
  }

  /** It was not worth a try. The more often, the less is known, so that there is a try now and then. */
  rest(): void {
    this.#add(...this.#first, 1 - MEMORY);
  }

  #add(accepted: number, tested: number, weight: number): void {
    this.#accepted = this.#accepted * MEMORY + accepted * weight;
    this.#tested = this.#tested * MEMORY + tested * weight;
  }
}
