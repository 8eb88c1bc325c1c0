export { compositeReward, type CompositeReward, type RewardParts } from "../evaluation/metrics/composite-reward.js";
export { correctnessPenalty, type SpanCounts } from "../evaluation/metrics/correctness-penalty.js";
export { densityPenalty, type SpanDensity } from "../evaluation/metrics/density-penalty.js";
export { edgeF1 } from "../evaluation/metrics/edge-f1.js";
export { intervalF1, type Interval } from "../evaluation/metrics/interval.js";
export { passageOverlap, spanF1, type GoldPassage, type RecalledSpan } from "../evaluation/metrics/passage-overlap.js";
export {
  retrievalReward,
  type RetrievalOutcome,
  type RetrievalReward,
} from "../evaluation/metrics/retrieval-reward.js";
export {
  rewardSettings,
  TASK_CATEGORIES,
  type OverlapRule,
  type RewardPreset,
  type RewardSettings,
  type TaskCategory,
} from "../evaluation/metrics/reward-settings.js";
