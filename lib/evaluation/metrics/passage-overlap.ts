import { expectNumber, expectString } from "../../base/arguments.js";
import { edgeF1 } from "./edge-f1.js";
import { intervalF1, type Interval } from "./interval.js";
import type { RewardPreset } from "./reward-settings.js";

/** A passage that holds what is needed for the answer. */
export interface GoldPassage extends Interval {
  /** Its text, which the published code compares; the paper's formulas do without. */
  readonly text?: string;
}

/** A closed quote in an answer. */
export interface RecalledSpan {
  readonly text: string;
  /** Every place of the context that holds it; none where it was made up. */
  readonly sources: readonly Interval[];
}

/**
 * How well a quote matches a passage, in [0, 1]. The paper gives a quote one place (equation 4); where it has several,
 * the best one counts. Without any it matches nothing.
 */
export function spanF1(gold: GoldPassage, span: RecalledSpan, preset: RewardPreset = "paper"): number {
  if (preset === "code") return edgeF1(expectString("gold.text", gold.text), span.text);
  return span.sources.reduce((best, source) => Math.max(best, intervalF1(gold, source)), 0);
}

/**
 * How well the best of the quotes matches a passage, in [0, 1]: 1 from the hit threshold on (RecaLLM, equation 5).
 * @param hitThreshold τ, above 0 and at most 1
 */
export function passageOverlap(
  gold: GoldPassage,
  spans: readonly RecalledSpan[],
  { hitThreshold, preset }: { hitThreshold: number; preset?: RewardPreset },
): number {
  const threshold = expectNumber("hitThreshold", hitThreshold, Number.MIN_VALUE, 1);
  const best = spans.reduce((most, span) => Math.max(most, spanF1(gold, span, preset)), 0);
  return Math.min(best, threshold) / threshold;
}
