import { COUNT_LIMIT, expectArray, expectInteger, expectString } from "../../base/arguments.js";
import { correctnessPenalty } from "./correctness-penalty.js";
import { densityPenalty } from "./density-penalty.js";
import { passageOverlap, type GoldPassage, type RecalledSpan } from "./passage-overlap.js";
import { rewardSettings, type OverlapRule, type RewardPreset, type TaskCategory } from "./reward-settings.js";

/** An answer's quotes and what they should have been. */
export interface RetrievalOutcome {
  category: TaskCategory;
  /** The passages that hold the evidence; none where the category has none. */
  gold: readonly GoldPassage[];
  /** The quotes that were opened and closed. */
  spans: readonly RecalledSpan[];
  /** N_t: tokens generated, quotes and delimiters included. */
  generatedTokens: number;
  /** How many delimiters the answer has; one of each per quote unless given. */
  delimiters?: { starts: number; ends: number };
  /** The paper's formulas unless given. */
  preset?: RewardPreset;
}

/** The reward for an answer's quotes and its factors, each in [0, 1]. */
export interface RetrievalReward {
  /** R_ret = overlap · density · correctness. */
  reward: number;
  overlap: number;
  /** P_density. */
  density: number;
  /** P_correct. */
  correctness: number;
}

/**
 * What an answer's quotes are worth (RecaLLM, equation 9): how well they match the gold passages, less for quoting too
 * often and for malformed quotes.
 * @throws TypeError, RangeError for what is no outcome; with the preset `"code"` also where a passage lacks its text
 */
export function retrievalReward(outcome: RetrievalOutcome): RetrievalReward {
  const { category, generatedTokens, preset = "paper" } = outcome;
  const gold = expectArray("gold", outcome.gold);
  const spans = expectArray("spans", outcome.spans);
  const settings = rewardSettings(category, preset);
  const { starts, ends } = outcome.delimiters ?? { starts: spans.length, ends: spans.length };
  const overlap = overlapScore(settings.overlap, gold, spans, preset);
  const density = densityPenalty({ spans: spans.length, generatedTokens, freeSpans: settings.freeSpans, preset });
  const correctness = correctnessPenalty({
    spans: spans.length,
    short: spans.filter((span, i) => characters(`spans[${i}].text`, span.text) < settings.shortSpanCharacters).length,
    mismatch: Math.abs(
      expectInteger("delimiters.starts", starts, 0, COUNT_LIMIT) -
        expectInteger("delimiters.ends", ends, 0, COUNT_LIMIT),
    ),
  });
  return { reward: overlap * density * correctness, overlap, density, correctness };
}

/** Without gold passages nothing is missed: 1. */
function overlapScore(
  overlap: OverlapRule,
  gold: readonly GoldPassage[],
  spans: readonly RecalledSpan[],
  preset: RewardPreset,
): number {
  if (overlap.rule === "always") return 1;
  if (overlap.rule === "any-span") return spans.length > 0 ? 1 : 0;
  if (gold.length === 0) return 1;
  const { hitThreshold, top = gold.length } = overlap;
  const scores = gold.map((passage) => passageOverlap(passage, spans, { hitThreshold, preset }));
  const best = scores.sort((a, b) => b - a).slice(0, top);
  return best.reduce((sum, score) => sum + score, 0) / best.length;
}

function characters(name: string, text: string): number {
  return [...expectString(name, text)].length;
}
