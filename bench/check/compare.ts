import type { Reading } from "./gauge.js";

export interface Comparison {
  readonly name: string;
  readonly baseline?: number;
  readonly measured?: number;
  /** The share by which the ratio grew: what was lost. */
  readonly loss?: number;
  /** The largest share that may be noise. */
  readonly allowed?: number;
  readonly verdict: "as fast" | "faster" | "slower" | "not in the baseline" | "not measured";
}

/** What no one should be asked to look into, however quiet the runs were. */
const FLOOR = 0.1;

/**
 * What was read against the baseline. Slower is what lost more than a tenth and more than noise explains, so that the
 * intervals of both runs do not touch; a figure that is counted may not grow at all.
 */
export function compare(measured: readonly Reading[], baseline: readonly Reading[]): Comparison[] {
  const names = [...new Set([...baseline, ...measured].map(({ name }) => name))];
  return names.map((name): Comparison => {
    const before = baseline.find((reading) => reading.name === name);
    const now = measured.find((reading) => reading.name === name);
    if (now === undefined) return { name, baseline: before?.median, verdict: "not measured" };
    if (before === undefined) return { name, measured: now.median, verdict: "not in the baseline" };
    const loss = now.median / before.median - 1;
    const allowed = now.isCounted === true ? 0 : Math.max(FLOOR, noise(before, now));
    const isFaster = -loss > (now.isCounted === true ? 0 : FLOOR) && now.high < before.low;
    const verdict = loss > allowed ? "slower" : isFaster ? "faster" : "as fast";
    return { name, baseline: before.median, measured: now.median, loss, allowed, verdict };
  });
}

/** The loss at which the upper end of the interval before meets the lower end of that of now. */
function noise(before: Reading, now: Reading): number {
  return (before.high / before.median) * (now.median / now.low) - 1;
}

export function hasPassed(comparisons: readonly Comparison[]): boolean {
  return comparisons.every(({ verdict }) => verdict === "as fast" || verdict === "faster");
}
