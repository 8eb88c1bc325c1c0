export { compositeReward, type CompositeReward, type RewardParts } from "./metrics/composite-reward.js";
export { correctnessPenalty, type SpanCounts } from "./metrics/correctness-penalty.js";
export { densityPenalty, type SpanDensity } from "./metrics/density-penalty.js";
export { edgeF1 } from "./metrics/edge-f1.js";
export { intervalF1, type Interval } from "./metrics/interval.js";
export { passageOverlap, spanF1, type GoldPassage, type RecalledSpan } from "./metrics/passage-overlap.js";
export { retrievalReward, type RetrievalOutcome, type RetrievalReward } from "./metrics/retrieval-reward.js";
export {
  rewardSettings,
  TASK_CATEGORIES,
  type OverlapRule,
  type RewardPreset,
  type RewardSettings,
  type TaskCategory,
} from "./metrics/reward-settings.js";
