import type { Signal } from "../language-model.js";

/** What is asked about the token that follows another. */
export type Asked =
  /** How likely each of these ids is; ascending. */
  | { readonly ids: Int32Array }
  /** The likeliest ids and how likely they are; 0: all ids. */
  | { readonly likeliest: number };

/** The answer: natural logarithms of probabilities under the model, over the whole vocabulary, and not over these ids. */
export interface Row {
  readonly ids: Int32Array;
  readonly logProbabilities: Float64Array;
}

/** One place in a model's memory (its KV cache). All that a host has to do for the port to be written over it. */
export interface Place {
  /** Tokens that it has room for. */
  readonly size: number;
  /** The tokens that it holds, in order. */
  readonly held: readonly number[];
  /** Forgets all but the first `length` tokens held, or more of them where the host cannot keep so many. */
  keep(length: number): Promise<void>;
  /**
   * Reads tokens behind those held, in one pass where they are few.
   * @param asked at index i, what is asked about the token that follows `tokens[i]`
   * @returns the answers, by index
   */
  read(
    tokens: readonly number[],
    asked?: readonly (Asked | undefined)[],
    options?: Signal,
  ): Promise<(Row | undefined)[]>;
}

/** The log-probability of an id that was asked about. */
export function logProbabilityOf({ ids, logProbabilities }: Row, id: number): number {
  return logProbabilities[ids.indexOf(id)];
}

/** The probability of all ids of a row together. */
export function massOf({ logProbabilities }: Row): number {
  let sum = 0;
  for (const value of logProbabilities) sum += Math.exp(value);
  return Math.min(1, sum);
}
