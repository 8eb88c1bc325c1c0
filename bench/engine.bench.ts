/**
 * The engine against the paper's algorithms, in C++, in one run: compiles bench/engine.cpp and prints its figures as
 * the tables of README and docs/performance.md.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { writeTexts } from "./texts.js";

interface Row {
  text: string;
  tokens: number;
  vocabulary: number;
  /** Nanoseconds of a mean step: a rescan, the paper's filter, the engine as a bitmask, the engine as ids. */
  rescan: number;
  filter: number;
  mask: number;
  ids: number;
  /** Nanoseconds of a step at the 99th percentile, warm and with the second-level cache evicted. */
  warm99: number;
  evicted99: number;
  /** Nanoseconds per token. */
  build: number;
  append: number;
  appendWorst: number;
  bytes: number;
}

const folder = join("build", "bench");
const vocabulary = 151_936;
/** The benchmark appends some tokens after the context it measures. */
const spare = 4_096;
const adversarial = ["all equal", "period 2", "Fibonacci", "random binary"];

function compile(): string {
  mkdirSync(folder, { recursive: true });
  const sources =
    readFileSync(join("native", "engine", "sources.gypi"), "utf8").match(/native\/engine\/\w+\.cpp/g) ?? [];
  const program = join(folder, "engine");
  const compiler = process.env["CXX"] ?? "g++";
  execFileSync(compiler, ["-std=c++20", "-O3", "-pthread", "-o", program, join("bench", "engine.cpp"), ...sources], {
    stdio: "inherit",
  });
  return program;
}

function measure(program: string, sizes: number[], texts: string[]): Row[] {
  const args = [vocabulary, ...sizes, "--", ...texts].map(String);
  const output = execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

const count = (value: number) => Math.round(value).toLocaleString("en-US");
const times = (value: number) => `${value < 10 ? value.toFixed(1) : count(value)}×`;

function printTable(header: string[], rows: string[][]): void {
  console.log(`| ${header.join(" | ")} |`);
  console.log(`|${header.map((_, column) => (column === 0 ? "---" : "--:")).join("|")}|`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log();
}

const program = compile();
const full = process.argv.includes("--full");
const sizes = full ? [4_096, 32_768, 131_072, 1_048_576] : [4_096, 131_072];
const largest = Math.max(...sizes);

console.log(`${cpus()[0]?.model ?? "unknown processor"}, one thread; V = ${count(vocabulary)}; spans of 32 tokens\n`);
const rows = writeTexts(folder, largest + spare).flatMap((text) => {
  const fitting = sizes
    .map((size) => Math.min(size, text.tokens - spare))
    .filter((size, i, all) => size !== all[i - 1]);
  return measure(program, fitting, [`${text.name}=${text.path}`]);
});
rows.push(...measure(program, sizes, ["log lines"]));
printTable(
  ["text", "tokens", "rescan, ns/step", "the paper's filter", "Verbatim", "against the filter", "against a rescan"],
  rows.map((row) => [
    row.text,
    count(row.tokens),
    count(row.rescan),
    count(row.filter),
    count(row.mask),
    times(row.filter / row.mask),
    times(row.rescan / row.mask),
  ]),
);
const details = [...rows, ...measure(program, [...new Set([131_072, largest])], adversarial)];
printTable(
  [
    "text",
    "tokens",
    "step as ids, ns",
    "p99 warm",
    "p99 evicted",
    "ready, ns/token",
    "append, ns",
    "worst",
    "bytes/token",
  ],
  details.map((row) => [
    row.text,
    count(row.tokens),
    count(row.ids),
    count(row.warm99),
    count(row.evicted99),
    row.build.toFixed(1),
    count(row.append),
    count(row.appendWorst),
    row.bytes.toFixed(1),
  ]),
);
