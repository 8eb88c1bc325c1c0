import { COUNT_LIMIT, expectInteger, expectNumber } from "../../base/arguments.js";
import type { RewardPreset } from "./reward-settings.js";

/** The span rate is taken per so many tokens. */
const DENSITY_TOKENS = 1024;

/** How many quotes an answer has, and what it may have. */
export interface SpanDensity {
  /** N_s: quotes in the answer. */
  spans: number;
  /** N_t: tokens generated, quotes and delimiters included. */
  generatedTokens: number;
  /** N_free: so many quotes are not counted. */
  freeSpans: number;
  /** δ: so many more per 1,024 tokens cost nothing; 4 unless given. */
  threshold?: number;
  /** h: each further so many per 1,024 tokens halve the reward; 4 unless given. */
  halfLife?: number;
  preset?: RewardPreset;
}

/**
 * The factor for quoting too often, in [0, 1] (RecaLLM, equations 6 and 7). Where nothing was generated and there are
 * quotes to count, it is the limit, 0; the published code says 1.
 */
export function densityPenalty(counts: SpanDensity): number {
  const { preset = "paper" } = counts;
  const spans = expectInteger("spans", counts.spans, 0, COUNT_LIMIT);
  const tokens = expectInteger("generatedTokens", counts.generatedTokens, 0, COUNT_LIMIT);
  const excess = spans - expectInteger("freeSpans", counts.freeSpans, 0, COUNT_LIMIT);
  const threshold = expectNumber("threshold", counts.threshold ?? 4, 0, Number.MAX_VALUE);
  const halfLife = expectNumber("halfLife", counts.halfLife ?? 4, Number.MIN_VALUE, Number.MAX_VALUE);
  if (excess <= 0 || (tokens === 0 && preset === "code")) return 1;
  const density = excess / (tokens / DENSITY_TOKENS);
  return 0.5 ** (Math.max(0, density - threshold) / halfLife);
}
