/**
 * One attention head, described in scores.
 *
 * All heads of a layer share keys and values (grouped-query attention with one group); a head is
 * its queries and what it does with the values it reads. Attention divides scores by the square
 * root of the head size; queries are multiplied by it, so that every number here is a score as the
 * softmax sees it: a lead of 7 is a factor of a thousand.
 */

import { CODE_LENGTH, SELF_PRODUCT } from "./byte-code.js";
import { HEAD_SIZE, OFFSET_PAIRS, RECENCY_PAIRS, TOKEN_AMPLITUDE, headKey, residual, type Feature } from "./layout.js";
import type { Block } from "./parameters.js";
import { OFFSET_FREQUENCIES, RECENCY_FREQUENCIES } from "./position.js";

const SCORE_SCALE = Math.sqrt(HEAD_SIZE);

/** The slow pairs count for more, so that each still tells distances apart where it is used. */
const RECENCY_WEIGHTS = [1, 4, 16];

/** Gives every position the constant keys that the rotation turns into positions. */
export function addPositionKeys(block: Block): void {
  const { at, amplitude } = residual.constant;
  for (let pair = 0; pair < OFFSET_PAIRS + RECENCY_PAIRS; pair++) {
    block.key.connect(at, headKey.offsetPairs + 2 * pair, TOKEN_AMPLITUDE / amplitude);
  }
}

/** Turns on a key dimension at the positions that have the feature. */
export function addKey(block: Block, feature: Feature, key: number): void {
  block.key.connect(feature.at, key, TOKEN_AMPLITUDE / feature.amplitude);
}

/** Turns a key dimension off at the positions that have the feature. */
export function removeKey(block: Block, feature: Feature, key: number): void {
  block.key.connect(feature.at, key, -TOKEN_AMPLITUDE / feature.amplitude);
}

export class AttentionHead {
  readonly #block: Block;
  readonly #start: number;

  constructor(block: Block, index: number) {
    this.#block = block;
    this.#start = index * HEAD_SIZE;
  }

  /** Scores a key dimension that is on, seen from a position that has the feature. */
  score(feature: Feature, key: number, score: number): void {
    this.#query(feature.at, key, score / feature.amplitude / TOKEN_AMPLITUDE);
  }

  /** Scores equality of the byte at `code` in the residual stream and the byte at `key`. */
  scoreSameByte(code: number, key: number, score: number): void {
    for (let i = 0; i < CODE_LENGTH; i++) this.#query(code + i, key + i, score / SELF_PRODUCT);
  }

  /** Scores one particular byte at `key`, seen from a position that has the feature. */
  scoreByte(feature: Feature, byteCode: readonly number[], key: number, score: number): void {
    byteCode.forEach((value, i) => {
      this.#query(feature.at, key + i, (score * value) / SELF_PRODUCT / feature.amplitude);
    });
  }

  /** Scores the position exactly `offset` tokens back; any other gets at most 0.58 of the score. */
  scoreOffset(offset: number, score: number): void {
    const amplitude = score / OFFSET_PAIRS / TOKEN_AMPLITUDE / residual.constant.amplitude;
    OFFSET_FREQUENCIES.forEach((frequency, pair) => {
      const dimension = headKey.offsetPairs + 2 * pair;
      this.#query(residual.constant.at, dimension, amplitude * Math.cos(frequency * offset));
      this.#query(residual.constant.at, dimension + 1, -amplitude * Math.sin(frequency * offset));
    });
  }

  /** Prefers the nearer of two equals: nearby, every token of distance costs `perToken`. */
  preferRecent(perToken: number): void {
    const slope = RECENCY_FREQUENCIES.reduce((sum, f, pair) => sum + f * RECENCY_WEIGHTS[pair], 0);
    const amplitude = perToken / slope / TOKEN_AMPLITUDE / residual.constant.amplitude;
    RECENCY_WEIGHTS.forEach((weight, pair) => {
      const dimension = headKey.recencyPairs + 2 * pair;
      this.#query(residual.constant.at, dimension + 1, amplitude * weight);
    });
  }

  /** Adds `size` dimensions of the value the head reads to the residual stream. */
  write(value: number, to: number, size = 1, weight = 1): void {
    this.#block.attentionOutput.copy(this.#start + value, to, size, weight);
  }

  /** Adds the product of the byte the head reads and `byteCode` to one residual dimension. */
  writeByteProduct(value: number, byteCode: readonly number[], to: number, weight: number): void {
    byteCode.forEach((factor, i) => this.write(value + i, to, 1, weight * factor));
  }

  #query(from: number, key: number, weight: number): void {
    this.#block.query.connect(from, this.#start + key, weight * SCORE_SCALE);
  }
}
