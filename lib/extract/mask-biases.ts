import type { LlamaModel, Token, TokenBias } from "node-llama-cpp";
import {
  DEFAULT_BOOST,
  lower,
  missingFrom,
  raise,
  type Raised,
  sameIds,
} from "../hosts/node-llama-cpp/allowed-bias.js";

/** Strings have few masks: between characters, in a character of several bytes, in an escape sequence. */
const MAX_KEPT = 8;

/**
 * Masks as `TokenBias`, by the smaller side: allowed ids are raised, or the others lowered. The host goes through all of
 * a bias for each token, and inside a string nearly every id is allowed. It lowers no token that ends a generation, so
 * that those have to be kept away by other means: `ending` says which they are.
 */
export class MaskBiases {
  /** The tokens that end a generation: no mask has them. */
  readonly ending: readonly Token[];
  readonly #model: LlamaModel;
  readonly #vocabSize: number;
  /** The latest last. */
  #kept: readonly Raised[] = [];

  constructor(model: LlamaModel, vocabSize: number) {
    this.#model = model;
    this.#vocabSize = vocabSize;
    this.ending = [...model.iterateAllTokens()].filter((token) => model.isEogToken(token));
  }

  /** @param allowed ascending; more than one id, none of which ends a generation */
  of(allowed: Int32Array): Raised {
    const mask = this.#kept.find(({ ids }) => sameIds(allowed, ids)) ?? this.#make(allowed.slice());
    this.#kept = [...this.#kept.filter((one) => one !== mask), mask].slice(-MAX_KEPT);
    return mask;
  }

  #make(ids: Int32Array): Raised {
    const bias: TokenBias =
      ids.length <= this.#vocabSize / 2
        ? raise(this.#model, ids, DEFAULT_BOOST)
        : lower(this.#model, missingFrom(ids, this.#vocabSize), DEFAULT_BOOST);
    return { ids, bias };
  }
}
