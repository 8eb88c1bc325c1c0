import { RandomDraws } from "../workload/random-draws.js";

/** The quantile of the normal distribution that 95 % lie within, on both sides. */
const Z = 1.959963984540054;
const RESAMPLES = 1000;

/** A figure with its 95 % confidence interval. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
  /** How many observations it comes from. */
  count: number;
}

/** A rate by Wilson's score interval; `null` without trials. */
export function wilson(successes: number, trials: number): Estimate | null {
  if (trials === 0) return null;
  const rate = successes / trials;
  const weight = Z ** 2 / trials;
  const centre = (rate + weight / 2) / (1 + weight);
  const margin = (Z / (1 + weight)) * Math.sqrt((rate * (1 - rate)) / trials + weight / (4 * trials));
  return {
    value: rate,
    low: successes === 0 ? 0 : Math.max(0, centre - margin),
    high: successes === trials ? 1 : Math.min(1, centre + margin),
    count: trials,
  };
}

/** A mean by the percentile bootstrap; `null` without values. The same seed gives the same interval. */
export function bootstrapMean(values: readonly number[], seed: number): Estimate | null {
  const count = values.length;
  if (count === 0) return null;
  const draws = new RandomDraws(seed);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[draws.integer(0, count - 1)];
    return sum / count;
  }).sort();
  const quantile = (share: number) => means[Math.round(share * (RESAMPLES - 1))];
  const value = values.reduce((sum, each) => sum + each, 0) / count;
  return { value, low: Math.min(value, quantile(0.025)), high: Math.max(value, quantile(0.975)), count };
}
