import { expectOneOf } from "../../base/arguments.js";

/** The formulas as the paper has them, or as the published code of RecaLLM computes them. */
export type RewardPreset = "paper" | "code";

const PRESETS: readonly RewardPreset[] = ["paper", "code"];

/** The kinds of tasks that RecaLLM was trained on; retrieval is two, as Table 5 treats them differently. */
export const TASK_CATEGORIES = [
  "multi-hop-qa",
  "single-hop-qa",
  "key-value-retrieval",
  "multi-needle-retrieval",
  "reasoning-retrieval",
  "short-context-math",
  "in-context-learning",
  "long-document-qa",
  "aggregation",
  "reranking",
  "entity-citation",
] as const;

/** One of {@link TASK_CATEGORIES}. */
export type TaskCategory = (typeof TASK_CATEGORIES)[number];

/** What an answer's quotes have to match. */
export type OverlapRule =
  /** The mean over the passages, or over the `top` best matched of them. A match of `hitThreshold` (τ) is a full one. */
  | { readonly rule: "passages"; readonly hitThreshold: number; readonly top?: number }
  /** 1 where there is a quote at all. */
  | { readonly rule: "any-span" }
  /** 1. */
  | { readonly rule: "always" };

/** How quotes are rewarded in a category. */
export interface RewardSettings {
  readonly overlap: OverlapRule;
  /** N_free: quotes that never count as too many. */
  readonly freeSpans: number;
  /** Quotes of fewer characters are malformed. */
  readonly shortSpanCharacters: number;
}

/** The paper's limit for all categories (appendix C.5). */
const PAPER_SHORT_SPAN = 5;

const passages = (hitThreshold: number, top?: number): OverlapRule => ({ rule: "passages", hitThreshold, top });
const always: OverlapRule = { rule: "always" };

/** Table 5, and what the published code has in its place. */
const TABLE: Record<TaskCategory, { overlap: OverlapRule; freeSpans: number; codeShortSpan: 5 | 7 }> = {
  "multi-hop-qa": { overlap: passages(0.4), freeSpans: 4, codeShortSpan: 7 },
  "single-hop-qa": { overlap: passages(0.4, 1), freeSpans: 2, codeShortSpan: 7 },
  "key-value-retrieval": { overlap: passages(0.9), freeSpans: 2, codeShortSpan: 5 },
  "multi-needle-retrieval": { overlap: passages(0.9), freeSpans: 6, codeShortSpan: 7 },
  "reasoning-retrieval": { overlap: passages(0.9), freeSpans: 2, codeShortSpan: 5 },
  "short-context-math": { overlap: always, freeSpans: 2, codeShortSpan: 5 },
  "in-context-learning": { overlap: passages(0.95, 2), freeSpans: 2, codeShortSpan: 7 },
  "long-document-qa": { overlap: { rule: "any-span" }, freeSpans: 4, codeShortSpan: 7 },
  aggregation: { overlap: always, freeSpans: 2, codeShortSpan: 5 },
  reranking: { overlap: passages(0.7, 2), freeSpans: 4, codeShortSpan: 5 },
  "entity-citation": { overlap: passages(0.7, 5), freeSpans: 4, codeShortSpan: 7 },
};

/** The settings of a category (RecaLLM, Table 5). */
export function rewardSettings(category: TaskCategory, preset: RewardPreset = "paper"): RewardSettings {
  const { overlap, freeSpans, codeShortSpan } = TABLE[expectOneOf("category", category, TASK_CATEGORIES)];
  if (expectOneOf("preset", preset, PRESETS) === "paper") {
    return { overlap, freeSpans, shortSpanCharacters: PAPER_SHORT_SPAN };
  }
  const codeOverlap = category === "in-context-learning" ? always : overlap;
  return { overlap: codeOverlap, freeSpans, shortSpanCharacters: codeShortSpan };
}
