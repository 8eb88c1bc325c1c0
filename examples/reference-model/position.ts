/**
 * Rotary position encoding, with frequencies of our own.
 *
 * llama.cpp divides the angle of each pair of head dimensions by a factor stored in the file. With
 * a base of 1 the factor alone decides, so a pair can turn at any speed or, with a huge factor,
 * stand still and compare contents.
 */

import { CONTEXT_LENGTH, HEAD_SIZE, OFFSET_PAIRS } from "./layout.js";
import { seededRandom } from "./random.js";

/** Radians per position of the pairs that measure how long ago something was, fast to slow. */
export const RECENCY_FREQUENCIES = [1 / 128, 1 / 1024, 1 / 8192];

/** Radians per position of the pairs that single out one relative offset. */
export const OFFSET_FREQUENCIES = searchOffsetFrequencies();

const STANDS_STILL = 1e30;

/** The content of `rope_freqs.weight`. */
export function ropeFactors(): Float32Array {
  const factors = new Float32Array(HEAD_SIZE / 2).fill(STANDS_STILL);
  [...OFFSET_FREQUENCIES, ...RECENCY_FREQUENCIES].forEach((frequency, pair) => {
    factors[pair] = 1 / frequency;
  });
  return factors;
}

/**
 * The sum of cos(f · distance) over the frequencies peaks at distance 0. Of 60 random sets this
 * keeps the one whose largest value elsewhere in the context is lowest: 0.58 of the peak.
 */
function searchOffsetFrequencies(): number[] {
  const random = seededRandom(1);
  let best: number[] = [];
  let lowest = Infinity;
  for (let attempt = 0; attempt < 60; attempt++) {
    const frequencies = Array.from({ length: OFFSET_PAIRS }, () => 0.15 + random() * (Math.PI - 0.3));
    const highest = highestOffPeak(frequencies, lowest);
    if (highest < lowest) {
      lowest = highest;
      best = frequencies;
    }
  }
  return best;
}

/** Stops early once it is no lower than `limit`. */
function highestOffPeak(frequencies: number[], limit: number): number {
  let highest = -Infinity;
  for (let distance = 1; distance <= CONTEXT_LENGTH && highest < limit; distance++) {
    const sum = frequencies.reduce((total, f) => total + Math.cos(f * distance), 0);
    highest = Math.max(highest, sum);
  }
  return highest;
}
