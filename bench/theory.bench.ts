/**
 * Cost against theory. The paper says that a span costs O(M + Σ|S_k|), since candidates collapse after a few tokens;
 * this counts that work and times the paper's filter, a rescan at every step, and Verbatim, over M and over k, and fits
 * the exponents. Where PyTorch is installed, the paper's filter as operations on tensors is a way of its own.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fitExponent } from "./harness/exponent.js";
import { figure, select, show } from "./harness/figures.js";
import { describeMachine } from "./harness/machine.js";
import { compileProgram, runProgram } from "./harness/program.js";
import { isFullRun, saveResults, type Measurement } from "./harness/results.js";
import { printTable } from "./harness/table.js";
import { gpuCurves } from "./harness/gpu-curves.js";
import { tokenText, tokenTextNames } from "./token-texts.js";

const WIDTH = 151_936;
const EXPONENTS_OF_TWO = isFullRun() ? [12, 13, 14, 15, 16, 17, 18, 19, 20] : [12, 14, 16, 18, 20];
const SIZES = EXPONENTS_OF_TWO.map((exponent) => 2 ** exponent);
const LARGEST = Math.max(...SIZES);
const DEPTHS = [0, 1, 2, 3, 4, 8, 16, 31];

const torch = hasTorch() ? ["python3", join("bench", "theory_torch.py")] : undefined;
const ways = ["a rescan", "the paper's filter", ...(torch === undefined ? [] : ["the paper's tensors"]), "Verbatim"];

function hasTorch(): boolean {
  try {
    execFileSync("python3", ["-c", "import torch"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** The exponents of a text's whole spans, over M and over the counted work. */
function exponents(measurements: readonly Measurement[], text: string): Measurement[] {
  const work = new Map(
    select(measurements, { subject: "counted work", text }).map(({ tokens, value }) => [tokens, value]),
  );
  return ways.flatMap((way) => {
    const spans = select(measurements, { subject: "whole span", text, way });
    const fit = (subject: string, size: (span: Measurement) => number): Measurement => {
      const value = fitExponent(spans.map((span) => [size(span), span.value]));
      return { subject, way, text, vocabulary: WIDTH, value, unit: "ratio" };
    };
    return [
      fit("exponent over M", (span) => span.tokens!),
      fit("exponent over work", (span) => work.get(span.tokens)!),
    ];
  });
}

/** For each text the counted work, then the whole spans of each way: over M, with the exponents. */
function printSpans(measured: readonly Measurement[], fitted: readonly Measurement[]): void {
  console.log("Whole spans of 32 tokens, µs, over M; the work is M + Σ|S_k|, k = 1 to 31, in positions. The exponents");
  console.log("are those of the power laws that fit best: 1 is linear, 0 independent.\n");
  printTable(
    ["text", "", ...SIZES.map((size) => `M = ${show(size)}`), "exponent over M", "over the work"],
    tokenTextNames.flatMap((text) => {
      const over = (wanted: Partial<Measurement>, scale: number) =>
        SIZES.map((tokens) => show(figure(measured, { ...wanted, text, tokens }) * scale));
      const exponent = (subject: string, way: string) => show(figure(fitted, { subject, way, text }), 2);
      return [
        [text, "work", ...over({ subject: "counted work" }, 1), "", ""],
        ...ways.map((way) => [
          text,
          way,
          ...over({ subject: "whole span", way }, 1e-3),
          exponent("exponent over M", way),
          exponent("exponent over work", way),
        ]),
      ];
    }),
  );
}

/** For each text the candidates, then the steps of each way: over k. */
function printDepths(measured: readonly Measurement[]): void {
  console.log(`Candidates, mean |S_k|, and a step that follows k tokens, ns, at M = ${show(LARGEST)}\n`);
  printTable(
    ["text", "", ...DEPTHS.map((depth) => `k = ${depth}`)],
    tokenTextNames.flatMap((text) => {
      const over = (wanted: Partial<Measurement>) =>
        DEPTHS.map((depth) => show(figure(measured, { ...wanted, text, tokens: LARGEST, depth })));
      return [
        [text, "candidates", ...over({ subject: "candidates by depth" })],
        ...ways.map((way) => [text, way, ...over({ subject: "step by depth", way })]),
      ];
    }),
  );
}

/** For each device, text and batch its mean steps over M with their exponent, then its steps over k. */
function printGpuCurves(curves: readonly Measurement[]): void {
  if (curves.length === 0) return console.log("No GPU has run: bench/results/ has no figures of CUDA's steps\n");
  const means = select(curves, { depth: undefined });
  const sizes = [...new Set(means.map(({ tokens }) => tokens!))].sort((a, b) => a - b);
  const depths = [...new Set(curves.flatMap(({ depth }) => depth ?? []))].sort((a, b) => a - b);
  const batches = select(means, { tokens: sizes[0] }).map(({ way, text, rows }) => ({ way, text, rows }));
  const label = ({ way, text, rows }: Partial<Measurement>) => [way!, text!, show(rows!, 0)];
  console.log("A step of a batch on a GPU, µs, over M, and the exponent; below, over k\n");
  printTable(
    ["device", "text", "rows", ...sizes.map((size) => `M = ${show(size)}`), "exponent over M"],
    batches.map((batch) => {
      const line = select(means, batch);
      const exponent = line.length < 2 ? "–" : show(fitExponent(line.map(({ tokens, value }) => [tokens!, value])), 2);
      return [...label(batch), ...sizes.map((tokens) => show(figure(line, { tokens }))), exponent];
    }),
  );
  printTable(
    ["device", "text", "rows", "M", ...depths.map((depth) => `k = ${depth}`)],
    select(curves, { depth: depths[0] ?? -1 }).map(({ way, text, rows, tokens }) => {
      const of = { way, text, rows, tokens };
      return [...label(of), show(tokens!), ...depths.map((depth) => show(figure(curves, { ...of, depth })))];
    }),
  );
}

console.log(`${describeMachine().processor}, one thread; V = ${show(WIDTH)}\n`);
if (torch === undefined) console.log("PyTorch is not installed: the row of the paper's tensors is left out\n");
const programs = [[compileProgram("theory")], ...(torch === undefined ? [] : [torch])];
const measured = tokenTextNames.flatMap((name) =>
  programs.flatMap((program) => runProgram(program, tokenText(name, WIDTH), SIZES, WIDTH)),
);
const fitted = tokenTextNames.flatMap((name) => exponents(measured, name));
const curves = gpuCurves();
printSpans(measured, fitted);
printDepths(measured);
printGpuCurves(curves);
saveResults("theory", [...measured, ...fitted, ...curves]);
