import { show } from "../harness/figures.js";
import type { Results } from "../harness/results.js";
import { judge, type Verdict } from "../harness/verdict.js";
import { goals, type Goal } from "./goals.js";

/** A goal as tables show it. */
export interface GoalRow {
  readonly name: string;
  readonly context: string;
  readonly bound: string;
  readonly measured: string;
  readonly verdict: Verdict;
}

export function goalRows(results: ReadonlyMap<string, Results>): GoalRow[] {
  return goals(results).map((goal) => ({
    name: goal.name,
    context: goal.context,
    bound: boundOf(goal),
    measured: measuredOf(goal),
    verdict: judge(Object.values(goal.figures), goal.bound),
  }));
}

function boundOf({ bound, unit }: Goal): string {
  const [sign, limit] = "atLeast" in bound ? ["≥", bound.atLeast] : ["≤", bound.atMost];
  return `${sign} ${withUnit(limit.toLocaleString("en-US"), unit)}`;
}

function measuredOf({ figures, unit }: Goal): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Number.isNaN(value) ? "–" : withUnit(show(value, value < 10 ? 2 : 0), unit)}`)
    .join(", ");
}

function withUnit(value: string, unit: string): string {
  return `${value}${unit === "×" ? "" : " "}${unit}`;
}
