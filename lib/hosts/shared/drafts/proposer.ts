import { DraftLength } from "./length.js";
import type { DraftSource } from "./source.js";
import { commonLength } from "../host-tokens.js";

/** Tokens that a model may want to copy next. */
export interface Proposal {
  readonly tokens: Int32Array;
  /** How many of them, from the first on, all candidates agree on; the rest follows the latest of them. */
  readonly agreed: number;
}

/** Proposes how an open quote may go on, as far as it pays, and learns from what the model makes of it. */
export class DraftProposer {
  readonly #source: DraftSource;
  readonly #most: number;
  readonly #length: DraftLength;

  /** @param most no proposal is longer */
  constructor(source: DraftSource, most: number) {
    this.#source = source;
    this.#most = most;
    this.#length = new DraftLength(most);
  }

  /**
   * At most `room` tokens; none outside a span.
   * @param isNew whether nothing has been copied yet: a guess would be blind
   */
  propose(room: number, isNew: boolean): Proposal {
    const most = Math.max(0, Math.min(room, this.#most));
    const certain = Math.min(most, this.#length.best(Infinity));
    const agreed = this.#source(certain, "agreed");
    const only = { tokens: agreed, agreed: agreed.length };
    if (isNew || agreed.length >= certain) return only;
    const guessed = Math.min(most, this.#length.best(agreed.length));
    if (guessed <= agreed.length) return only;
    const tokens = this.#source(guessed, "latest");
    return { tokens, agreed: commonLength(agreed, tokens) };
  }

  /** The model chose the first `accepted` tokens of a proposal of which `drafted` were looked at, and not the next. */
  learn({ agreed }: { readonly agreed: number }, drafted: number, accepted: number): void {
    this.#length.learn({ drafted, agreed: Math.min(agreed, drafted), accepted });
  }
}
