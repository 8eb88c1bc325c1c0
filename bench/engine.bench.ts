/**
 * The engine against the paper's algorithms, in C++, in one run: compiles bench/engine.cpp and prints its figures as
 * the tables of README and docs/performance.md.
 */
import { figure, show } from "./harness/figures.js";
import { describeMachine } from "./harness/machine.js";
import { compileProgram, runProgram } from "./harness/program.js";
import { isFullRun, saveResults, type Measurement } from "./harness/results.js";
import { printTable } from "./harness/table.js";
import { tokenText, tokenTextNames } from "./token-texts.js";

const WIDTH = 151_936;
const OTHER_WIDTHS = [32_000, 128_260, 151_669];
const SIZES = isFullRun() ? [4_096, 32_768, 131_072, 1_048_576] : [4_096, 131_072, 1_048_576];

const program = compileProgram("engine");
const measurements: Measurement[] = [];

function measure(name: string, sizes: readonly number[], vocabulary: number): void {
  measurements.push(...runProgram([program], tokenText(name, vocabulary), sizes, vocabulary));
}

/** A table with a row for each text, size and width of a row of logits. */
function print(columns: Readonly<Record<string, (of: Partial<Measurement>) => string>>): void {
  const contexts = measurements.filter(({ subject }) => subject === "context ready");
  printTable(
    ["text", "tokens", ...(isFullRun() ? ["V"] : []), ...Object.keys(columns)],
    contexts.map(({ text, tokens, vocabulary }) => [
      text!,
      show(tokens!),
      ...(isFullRun() ? [show(vocabulary!)] : []),
      ...Object.values(columns).map((cell) => cell({ text, tokens, vocabulary })),
    ]),
  );
}

const step = (way: string) => (of: Partial<Measurement>) =>
  figure(measurements, { ...of, subject: "step as a bitmask", way });
const [rescan, filter, verbatim] = [step("a rescan"), step("the paper's filter"), step("Verbatim")];
const column = (wanted: Partial<Measurement>, decimals?: number) => (of: Partial<Measurement>) =>
  show(figure(measurements, { ...of, ...wanted }), decimals);

console.log(`${describeMachine().processor}, one thread; V = ${show(WIDTH)}; spans of 32 tokens, k = 0 included\n`);
for (const name of tokenTextNames) measure(name, SIZES, WIDTH);
if (isFullRun()) {
  for (const width of OTHER_WIDTHS) {
    for (const name of ["natural text", "key–value JSON"]) measure(name, [131_072], width);
  }
}
print({
  "rescan, ns/step": (of) => show(rescan(of), 0),
  "the paper's filter": (of) => show(filter(of), 0),
  Verbatim: (of) => show(verbatim(of), 0),
  "against the filter": (of) => `${show(filter(of) / verbatim(of))}×`,
  "against a rescan": (of) => `${show(rescan(of) / verbatim(of))}×`,
});
print({
  "step as ids, ns": column({ subject: "step as ids" }, 0),
  "p99 warm": column({ subject: "step, p99", cache: "warm" }, 0),
  "p99 evicted": column({ subject: "step, p99", cache: "evicted" }, 0),
  "ready, ns/token": column({ subject: "context ready" }, 1),
  "append, ns": column({ subject: "append one token" }, 0),
  worst: column({ subject: "append one token, worst" }, 0),
  "bytes/token": column({ subject: "memory" }, 1),
});
saveResults("engine", measurements);
