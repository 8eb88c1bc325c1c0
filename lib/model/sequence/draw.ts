import { RecallError } from "../../base/errors.js";
import type { SamplingOptions } from "../language-model.js";
import type { Asked, Row } from "./place.js";

/** What has to be known of all ids for one to be drawn. */
export function askedFor({ temperature = 0, topK = 0 }: SamplingOptions): Asked {
  return { likeliest: temperature === 0 ? 1 : topK };
}

/**
 * Draws an id of a row: its probabilities at that temperature, then `topK`, `topP` and `minP`, each over what the one
 * before it kept, in the order of probability, and of ids among equals.
 * @param uniform in [0, 1)
 * @throws RecallError `NO_VALID_TOKEN` where no id of the row has a probability above 0
 */
export function drawToken(row: Row, sampling: SamplingOptions, uniform: number): number {
  const { temperature = 0, topK = 0, topP = 1, minP = 0 } = sampling;
  const { ids, logProbabilities } = row;
  let kept = Array.from(ids.keys()).filter((i) => logProbabilities[i] > -Infinity);
  if (kept.length === 0) throw new RecallError("NO_VALID_TOKEN", "No allowed token has a probability above 0");
  const best = kept.reduce((a, b) => (comesFirst(row, b, a) ? b : a));
  if (temperature === 0) return ids[best];
  const weightOf = (i: number) => Math.exp((logProbabilities[i] - logProbabilities[best]) / temperature);
  kept.sort((a, b) => (comesFirst(row, a, b) ? -1 : 1));
  if (topK > 0) kept = kept.slice(0, topK);
  const weights = kept.map(weightOf);
  let count = nucleus(weights, topP);
  while (count > 1 && weights[count - 1] < minP) count--;
  return ids[kept[pick(weights.slice(0, count), uniform)]];
}

function comesFirst({ ids, logProbabilities }: Row, a: number, b: number): boolean {
  const difference = logProbabilities[a] - logProbabilities[b];
  return difference > 0 || (difference === 0 && ids[a] < ids[b]);
}

/** How many weights, from the first on, make up that share of all. */
function nucleus(weights: readonly number[], share: number): number {
  if (share >= 1) return weights.length;
  const wanted = share * weights.reduce((a, b) => a + b);
  let sum = 0;
  const last = weights.findIndex((weight) => (sum += weight) >= wanted);
  return last === -1 ? weights.length : last + 1;
}

/** The index at which the running sum passes `uniform` of all. */
function pick(weights: readonly number[], uniform: number): number {
  let left = uniform * weights.reduce((a, b) => a + b);
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found === -1 ? weights.length - 1 : found;
}
