import type { Estimate } from "../../evaluation/scoring/confidence.js";
import { count, shownNumber } from "../../base/count.js";
import type { EvalPlan, EvalRow } from "../../evaluation/measure-model.js";
import { formatTable } from "./table.js";
import { visibleJson } from "./visible.js";

/** A model's name and its figures. */
export interface EvalResult extends EvalRow {
  model: string;
}

/** What was asked, and the figures as a table. */
export function evalText(plan: EvalPlan, results: readonly EvalResult[]): string {
  const { workload, dictionaries, questions, seed } = plan;
  const asked = `${count(questions, "question")} about each of ${count(dictionaries, "dictionary", "dictionaries")}`;
  return (
    `${workload}: per row ${asked}; seed ${seed}\n` +
    "rates in %; in parentheses the 95 % confidence interval\n\n" +
    formatTable(HEADER, results.map(cells))
  );
}

/** The same for programs. */
export function evalJson(plan: EvalPlan, results: readonly EvalResult[]): string {
  return visibleJson({ plan, results }) + "\n";
}

const HEADER = [
  ...["model", "entries", "tokens", "decoding", "right answers", "recall used", "exact quotes", "wrong entry"],
  ...["reward", "tokens/s"],
];

function cells(result: EvalResult): string[] {
  return [
    result.model,
    shownNumber(Math.round(result.entries)),
    shownNumber(Math.round(result.promptTokens)),
    result.constrained ? "constrained" : "free",
    ...[result.right, result.recallUsed, result.exactQuotes, result.wrongEntry].map((rate) => shown(rate, 100, 0)),
    shown(result.reward, 1, 2),
    shown(result.tokensPerSecond, 1, 0),
  ];
}

function shown(estimate: Estimate | null, scale: number, digits: number): string {
  if (estimate === null) return "-";
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((each) =>
    (each * scale).toFixed(digits),
  );
  return `${value} (${low}–${high})`;
}
