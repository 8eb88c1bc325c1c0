import { expectInteger } from "../../base/arguments.js";

/** A stretch of the context in characters, bytes or tokens: in one unit, whatever it is, for all that are compared. */
export interface Interval {
  /** The document it lies in, where there are several; stretches of different documents have nothing in common. */
  readonly segment?: string | null;
  readonly start: number;
  /** One past the last. */
  readonly end: number;
}

/**
 * F1 of two intervals, in [0, 1]: the harmonic mean of the shares that both have of each (RecaLLM, equation 4). Two
 * empty intervals have nothing in common: 0.
 */
export function intervalF1(gold: Interval, span: Interval): number {
  const total = length("gold", gold) + length("span", span);
  if (total === 0 || (gold.segment ?? null) !== (span.segment ?? null)) return 0;
  return (2 * Math.max(0, Math.min(gold.end, span.end) - Math.max(gold.start, span.start))) / total;
}

/** @throws TypeError, RangeError where these are no positions, or the end is before the start */
function length(name: string, { start, end }: Interval): number {
  const first = expectInteger(`${name}.start`, start, 0, Number.MAX_SAFE_INTEGER);
  return expectInteger(`${name}.end`, end, first, Number.MAX_SAFE_INTEGER) - first;
}
