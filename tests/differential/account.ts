import { textKinds } from "../support/texts.js";
import type { Settings } from "./explore.js";
import { blockEdges, type Histogram } from "./histogram.js";

/** For some groups of a histogram: the least number of steps in some of their buckets. */
export type Minima = Record<string, Record<string, number>>;

/**
 * Prints a suite's histogram as one line, which the test runner adds to those of other suites, and throws where it falls short, every backend's share included.
 * Where VERBATIM_STEPS asks for fewer steps than the suite's own number, the minima do not hold, and it says so.
 */
export function account(suite: string, settings: Settings, histogram: Histogram, minima: Minima): void {
  const { seed, steps, backends, full } = settings;
  const line = { suite, seed, backends, minima: full, ...histogram.toJSON() };
  console.log(`histogram ${JSON.stringify(line)}`);
  const shares = each(backends, Math.floor(steps / backends.length));
  const found = shortfalls(histogram, { ...(full && minima), backend: shares });
  if (histogram.steps < steps) found.push(`${histogram.steps} steps, expected ${steps}`);
  if (found.length > 0) throw new Error(`The ${suite} suite falls short: ${found.join("; ")}`);
}

function shortfalls(histogram: Histogram, minima: Minima): string[] {
  return Object.entries(minima).flatMap(([group, buckets]) =>
    Object.entries(buckets)
      .filter(([bucket, least]) => histogram.count(group, bucket) < least)
      .map(([bucket, least]) => `${group} ${bucket}: ${histogram.count(group, bucket)} steps, expected ${least}`),
  );
}

function each(buckets: readonly (string | number)[], least: number): Record<string, number> {
  return Object.fromEntries(buckets.map((bucket) => [bucket, least]));
}

/** Every rule of docs/semantics.md, by its number. */
export function everyRule(least: number): Record<string, number> {
  return each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], least);
}

export function everyText(least: number): Record<string, number> {
  return each(textKinds, least);
}

export function everyBlockEdge(least: number): Record<string, number> {
  return each(blockEdges, least);
}
