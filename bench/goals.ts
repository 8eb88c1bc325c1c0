/**
 * The goals of the CPU, each with what was measured and whether that meets it, from the results that the benchmarks
 * left. `npm run bench` ends with this table.
 */
import { countGoals, goalRows } from "./goals/goal-rows.js";
import { loadResults } from "./harness/results.js";
import { printTable } from "./harness/table.js";

const results = loadResults();
const rows = goalRows(results);

console.log("Goals, by the results in build/bench/results:");
for (const { bench, machine, full } of results.values()) {
  console.log(`- ${bench}: ${machine.processor}, commit ${machine.commit}, ${machine.date}${full ? ", --full" : ""}`);
}
console.log();
printTable(
  ["goal", "context", "bound", "measured", "verdict"],
  rows.map(({ name, context, bound, measured, verdict }) => [name, context, bound, measured, verdict]),
);
console.log(countGoals(rows));
