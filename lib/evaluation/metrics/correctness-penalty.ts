import { COUNT_LIMIT, expectInteger } from "../../base/arguments.js";

/** How many quotes there are, and how many of them are malformed. */
export interface SpanCounts {
  /** N_s: quotes in the answer. */
  spans: number;
  /** N_short: those of too few characters. */
  short: number;
  /** N_mismatch: by how many the delimiters that open and those that close differ. */
  mismatch: number;
}

/**
 * The factor for malformed quotes, in [0, 1] (RecaLLM, equation 8). The formula falls below 0 where there are many, and
 * has no value without quotes: here, as in the published code, it stops at 0, and without quotes it is 1.
 */
export function correctnessPenalty(counts: SpanCounts): number {
  const spans = expectInteger("spans", counts.spans, 0, COUNT_LIMIT);
  const short = expectInteger("short", counts.short, 0, spans + 1);
  const mismatch = expectInteger("mismatch", counts.mismatch, 0, COUNT_LIMIT);
  return spans === 0 ? 1 : Math.max(0, 1 - (short + mismatch) / Math.sqrt(spans));
}
