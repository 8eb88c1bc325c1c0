import { test } from "uvu";
import * as assert from "uvu/assert";
import { countGoals, goalRows } from "../../bench/goals/goal-rows.js";
import { describeMachine } from "../../bench/harness/machine.js";
import type { Measurement, Results } from "../../bench/harness/results.js";

function resultsOf(bench: string, measurements: readonly Measurement[]): ReadonlyMap<string, Results> {
  return new Map([[bench, { bench, machine: describeMachine(), full: false, measurements }]]);
}

function step(way: string, text: string, value: number): Measurement {
  return { subject: "step as a bitmask", way, text, tokens: 131_072, vocabulary: 151_936, value, unit: "ns" };
}

test("a ratio is judged by the slower text, and apart from the times", () => {
  const texts = ["natural text", "key–value JSON"];
  const verbatim = texts.map((text) => step("Verbatim", text, 20));
  const filter = (second: number) => [
    step("the paper's filter", texts[0]!, 1_000),
    step("the paper's filter", texts[1]!, second),
  ];
  const rowsOf = (second: number) => goalRows(resultsOf("engine", [...verbatim, ...filter(second)]));
  const ratio = rowsOf(2_000).find(({ name }) => name === "step against the paper's filter");
  assert.equal(ratio, {
    ...{ name: "step against the paper's filter", context: "131,072 tokens", bound: "≥ 40×" },
    ...{ measured: "natural text 50×, key–value JSON 100×", verdict: "met", isTime: false },
  });
  assert.match(countGoals(rowsOf(2_000)), /^Ratios and counts: 1 met, 0 short, .* 2023: 1 met, 0 short/);
  assert.match(countGoals(rowsOf(700)), /^Ratios and counts: 0 met, 1 short, .* 2023: 1 met, 0 short/);
});

test("what was not measured is not met", () => {
  const rows = goalRows(new Map());
  assert.ok(rows.length > 40);
  assert.ok(rows.every(({ verdict }) => verdict === "not measured"));
});

test.run();
