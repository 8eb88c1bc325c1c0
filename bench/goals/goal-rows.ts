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
  /** Whether the bound is a time, which depends on the machine; it is a ratio or a count otherwise. */
  readonly isTime: boolean;
}

export function goalRows(results: ReadonlyMap<string, Results>): GoalRow[] {
  return goals(results).map((goal) => ({
    name: goal.name,
    context: goal.context,
    bound: boundOf(goal),
    measured: measuredOf(goal),
    verdict: judge(Object.values(goal.figures), goal.bound),
    isTime: ["ns", "µs"].includes(goal.unit),
  }));
}

/** How many goals are met: of those that any machine should meet, and of the times, which are for a certain one. */
export function countGoals(rows: readonly GoalRow[]): string {
  const count = (isTime: boolean) => {
    const verdicts = rows.filter((row) => row.isTime === isTime).map(({ verdict }) => verdict);
    const of = (wanted: Verdict) => verdicts.filter((verdict) => verdict === wanted).length;
    return `${of("met")} met, ${of("short")} short, ${of("not measured")} not measured`;
  };
  return `Ratios and counts: ${count(false)}. Times, for a server core of 2023: ${count(true)}.`;
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
