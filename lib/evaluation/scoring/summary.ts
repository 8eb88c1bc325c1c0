import { bootstrapMean, wilson, type Estimate } from "./confidence.js";
import type { AnswerScore } from "./score-answer.js";

/** An answer's score and what it cost. */
export interface MeasuredAnswer extends AnswerScore {
  readonly promptTokens: number;
  /** Generated tokens per second; 0 where fewer than two were generated. */
  readonly tokensPerSecond: number;
}

/** What a number of answers come to; a figure is `null` where there is nothing that it could come from. */
export interface EvaluationSummary {
  /** Tokens of a prompt, on average. */
  promptTokens: number;
  /** Answers that are given in the form that was asked for. */
  answered: Estimate | null;
  /** Answers with the right value. */
  right: Estimate | null;
  /** Answers with a quote. */
  recallUsed: Estimate | null;
  /** Quotes that are exact. */
  exactQuotes: Estimate | null;
  /** Exact quotes that are of another entry. */
  wrongEntry: Estimate | null;
  /** R_ret of an answer. */
  reward: Estimate | null;
  tokensPerSecond: Estimate | null;
}

/** @param seed of the means' confidence intervals */
export function summarize(answers: readonly MeasuredAnswer[], seed: number): EvaluationSummary {
  const sum = (of: (answer: MeasuredAnswer) => number) => answers.reduce((total, answer) => total + of(answer), 0);
  const share = (of: (answer: MeasuredAnswer) => boolean) => wilson(answers.filter(of).length, answers.length);
  const exact = sum((answer) => answer.exact);
  const speeds = answers.map((answer) => answer.tokensPerSecond).filter((speed) => speed > 0);
  const rewards = answers.map((answer) => answer.reward);
  return {
    promptTokens: answers.length === 0 ? 0 : sum((answer) => answer.promptTokens) / answers.length,
    answered: share((answer) => answer.answered),
    right: share((answer) => answer.right),
    recallUsed: share((answer) => answer.quotes > 0),
    exactQuotes: wilson(
      exact,
      sum((answer) => answer.quotes),
    ),
    wrongEntry: wilson(
      sum((answer) => answer.wrongEntry),
      exact,
    ),
    reward: bootstrapMean(rewards, seed),
    tokensPerSecond: bootstrapMean(speeds, seed),
  };
}
