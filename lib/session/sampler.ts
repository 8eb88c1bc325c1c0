import { COUNT_LIMIT, expectInteger, expectNumber, expectOptions } from "../base/arguments.js";
import type { Sampling } from "../engine/engine.js";
import { RecallError } from "../base/errors.js";
import { uniformAt } from "../base/random.js";
import type { DecodingSession } from "./decoding-session.js";
import { expectSession } from "./expect-session.js";

const SEED_LIMIT = 2 ** 53;

/** Options of {@link ConstrainedSampler}. Each of topK, topP and minP acts on what the one before it kept. */
export interface ConstrainedSamplerOptions {
  /** Divides the logits; 1 unless given. 0 takes the largest, the lowest id among equals. */
  temperature?: number;
  /** Keeps the `topK` largest logits; 0, which is the default, keeps all. */
  topK?: number;
  /** Keeps the most probable tokens until their probabilities sum to `topP`; 1, which is the default, keeps all. */
  topP?: number;
  /** Keeps tokens at least `minP` times as probable as the most probable one; 0, which is the default, keeps all. */
  minP?: number;
  /** An integer in [0, 2^53); equal seeds draw equally. Random unless given. */
  seed?: number;
}

/** Draws tokens. Inside a recall span it reads the allowed logits only: O(|A|) instead of O(vocabSize). */
export class ConstrainedSampler {
  readonly #sampling: Sampling;
  readonly #seed: number;
  #draws = 0;

  /** @throws TypeError, RangeError for options that are not as {@link ConstrainedSamplerOptions} says */
  constructor(options?: ConstrainedSamplerOptions) {
    const given = expectOptions("options", options);
    const { temperature = 1, topK = 0, topP = 1, minP = 0, seed = Math.floor(Math.random() * SEED_LIMIT) } = given;
    this.#sampling = {
      temperature: expectNumber("temperature", temperature, 0, Number.MAX_VALUE),
      topK: expectInteger("topK", topK, 0, COUNT_LIMIT),
      topP: expectNumber("topP", topP, 0, 1),
      minP: expectNumber("minP", minP, 0, 1),
    };
    this.#seed = expectInteger("seed", seed, 0, SEED_LIMIT);
  }

  /**
   * Draws an id from a row of logits: one of the allowed ids inside a span, one in [0, vocabSize) outside. The row is
   * not changed, need not be masked, and the token is not accepted.
   * @param logits at least `vocabSize` entries; those that are not finite are never drawn
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `NO_VALID_TOKEN` where no allowed logit is finite; `CLOSED`
   */
  sample(logits: Float32Array, session: DecodingSession): number {
    const id = expectSession(session).drawToken(logits, this.#sampling, uniformAt(this.#seed, this.#draws));
    if (id < 0) throw new RecallError("NO_VALID_TOKEN", "No allowed logit is finite");
    this.#draws++;
    return id;
  }
}
