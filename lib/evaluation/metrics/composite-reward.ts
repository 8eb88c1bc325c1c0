import { expectNumber } from "../../base/arguments.js";

/** ε of equation 3: keeps the mean from being flat where one part is 0. */
const SMOOTHING = 0.01;

/** What an answer is worth, each in [0, 1]. */
export interface RewardParts {
  /** R_format: whether the answer has the form that was asked for. */
  format: number;
  /** R_ans: the quality of the answer, by the measure of its task. */
  answer: number;
  /** R_ret: see `retrievalReward`. */
  retrieval: number;
}

/** The whole reward and its parts, in [0, 1]. */
export interface CompositeReward {
  /** R = 0.2 R_format + 0.4 R_add + 0.4 R_mult. */
  reward: number;
  /** R_add: the mean of answer and retrieval. */
  additive: number;
  /** R_mult: their geometric mean, smoothed. */
  multiplicative: number;
}

/** The reward that RecaLLM was trained with (section 4.3, equations 1 to 3). */
export function compositeReward(parts: RewardParts): CompositeReward {
  const format = expectNumber("format", parts.format, 0, 1);
  const answer = expectNumber("answer", parts.answer, 0, 1);
  const retrieval = expectNumber("retrieval", parts.retrieval, 0, 1);
  const additive = 0.5 * answer + 0.5 * retrieval;
  const multiplicative = Math.sqrt((answer + SMOOTHING) * (retrieval + SMOOTHING)) - SMOOTHING;
  return { reward: 0.2 * format + 0.4 * additive + 0.4 * multiplicative, additive, multiplicative };
}
