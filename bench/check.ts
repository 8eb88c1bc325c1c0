/**
 * Fails where something became slower, by ratios of what one run measures, never by absolute times: compares some rounds,
 * each in new processes, with bench/baseline.json. With `--update` it writes the baseline instead.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare, hasPassed, type Comparison } from "./check/compare.js";
import { sampleEngine } from "./check/engine-gauges.js";
import type { Readings, Sample } from "./check/gauge.js";
import { summarize } from "./check/summarize.js";
import { describeMachine } from "./harness/machine.js";
import { printTable } from "./harness/table.js";

const BASELINE = join("bench", "baseline.json");
/** New processes differ from each other as rounds in one do not: memory lies elsewhere, code is compiled anew. */
const PROCESSES = 3;
const ROUNDS_OF_A_PROCESS = 5;

function measure(): Readings {
  const { commit, processor } = describeMachine();
  const script = fileURLToPath(new URL("./check/round.js", import.meta.url));
  const rounds = Array.from({ length: PROCESSES }, () => {
    const command = [script, String(ROUNDS_OF_A_PROCESS)];
    const output = execFileSync(process.execPath, command, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    return (JSON.parse(output) as Sample[][]).map((round) => [...sampleEngine(), ...round]);
  }).flat();
  return { commit, processor, readings: summarize(rounds) };
}

function update(): void {
  const measured = measure();
  writeFileSync(BASELINE, `${JSON.stringify(measured, null, 2)}\n`);
  printTable(
    ["ratio", "median", "from", "to"],
    measured.readings.map(({ name, median, low, high }) => [name, ratio(median), ratio(low), ratio(high)]),
  );
  console.log(`Written to ${BASELINE}`);
}

function check(): void {
  if (!existsSync(BASELINE)) throw new Error(`There is no ${BASELINE}: npm run bench:check -- --update writes it`);
  const baseline = JSON.parse(readFileSync(BASELINE, "utf8")) as Readings;
  const measured = measure();
  console.log(`Baseline: commit ${baseline.commit}, ${baseline.processor}. Less is better.`);
  if (baseline.processor !== measured.processor) {
    console.log(`This machine is another, ${measured.processor}: its ratios may differ. Write a baseline of its own.`);
  }
  console.log();
  const comparisons = compare(measured.readings, baseline.readings);
  printTable(["ratio", "baseline", "measured", "change", "allowed", "verdict"], comparisons.map(rowOf));
  if (hasPassed(comparisons)) return;
  for (const { name, verdict } of comparisons) {
    if (verdict !== "as fast" && verdict !== "faster") console.log(`${verdict}: ${name}`);
  }
  process.exitCode = 1;
}

function rowOf({ name, baseline, measured, loss, allowed, verdict }: Comparison): string[] {
  const change = loss === undefined ? "–" : `${loss > 0 ? "+" : ""}${percent(loss)}`;
  return [
    name,
    ratio(baseline),
    ratio(measured),
    change,
    allowed === undefined ? "–" : `+${percent(allowed)}`,
    verdict,
  ];
}

function ratio(value: number | undefined): string {
  return value === undefined ? "–" : value.toPrecision(3);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

if (process.argv.includes("--update")) update();
else check();
