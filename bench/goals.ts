/**
 * The goals of the CPU, each with what was measured and whether that meets it, from the results that the benchmarks
 * left. `npm run bench` ends with this table.
 */
import { goals, type Goal } from "./goals/goals.js";
import { show } from "./harness/figures.js";
import { loadResults } from "./harness/results.js";
import { printTable } from "./harness/table.js";
import { judge } from "./harness/verdict.js";

const results = loadResults();
const rows = goals(results);
const withUnit = (value: string, unit: string) => `${value}${unit === "×" ? "" : " "}${unit}`;

function boundOf({ bound, unit }: Goal): string {
  const [sign, limit] = "atLeast" in bound ? ["≥", bound.atLeast] : ["≤", bound.atMost];
  return `${sign} ${withUnit(limit.toLocaleString("en-US"), unit)}`;
}

function measuredOf({ figures, unit }: Goal): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Number.isNaN(value) ? "–" : withUnit(show(value, value < 10 ? 2 : 0), unit)}`)
    .join(", ");
}

console.log("Goals, by the results in build/bench/results:");
for (const { bench, machine, full } of results.values()) {
  console.log(`- ${bench}: ${machine.processor}, commit ${machine.commit}, ${machine.date}${full ? ", --full" : ""}`);
}
console.log();
const verdicts = rows.map(({ figures, bound }) => judge(Object.values(figures), bound));
printTable(
  ["goal", "context", "bound", "measured", "verdict"],
  rows.map((goal, i) => [goal.name, goal.context, boundOf(goal), measuredOf(goal), verdicts[i]!]),
);
const count = (verdict: string) => verdicts.filter((other) => other === verdict).length;
console.log(`${count("met")} met, ${count("short")} short, ${count("not measured")} not measured`);
