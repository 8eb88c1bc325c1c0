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
const DEPTHS = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 31];

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

function printSpans(measurements: readonly Measurement[]): void {
  console.log("A whole span of 32 tokens, ns; the counted work is M + Σ|S_k|, k = 1 to 31\n");
  printTable(
    ["text", "M", "counted work", ...ways],
    select(measurements, { subject: "counted work" }).map(({ text, tokens, value }) => [
      text!,
      show(tokens!),
      show(value, 0),
      ...ways.map((way) => show(figure(measurements, { subject: "whole span", way, text, tokens }), 0)),
    ]),
  );
}

function printExponents(measurements: readonly Measurement[]): void {
  console.log("Exponents fitted to these figures: 1 is linear, 0 independent\n");
  const columns = ["exponent over M", "exponent over work"].flatMap((subject) => ways.map((way) => ({ subject, way })));
  printTable(
    ["text", ...columns.map(({ subject, way }) => `${way}, ${subject.replace("exponent ", "")}`)],
    tokenTextNames.map((text) => [
      text,
      ...columns.map((column) => show(figure(measurements, { ...column, text }), 2)),
    ]),
  );
}

/** A row for each text and way, a column for each depth. */
function printByDepth(measurements: readonly Measurement[], subject: string, of: readonly string[]): void {
  printTable(
    ["text", ...(of.length === 1 ? [] : ["way"]), ...DEPTHS.map((depth) => `k = ${depth}`)],
    tokenTextNames.flatMap((text) =>
      of.map((way) => [
        text,
        ...(of.length === 1 ? [] : [way]),
        ...DEPTHS.map((depth) => show(figure(measurements, { subject, way, text, tokens: LARGEST, depth }))),
      ]),
    ),
  );
}

function printGpuCurves(curves: readonly Measurement[]): void {
  if (curves.length === 0) return console.log("No GPU has run: bench/results/ has no figures of CUDA's steps\n");
  console.log("A step of a batch on a GPU, mean over spans, µs, and the exponent over M\n");
  const lines = new Map<string, Measurement[]>();
  for (const curve of curves) {
    const key = [curve.way, curve.text, curve.rows].join(", ");
    lines.set(key, [...(lines.get(key) ?? []), curve]);
  }
  const sizes = [...new Set(curves.map(({ tokens }) => tokens!))].sort((a, b) => a - b);
  printTable(
    ["device, text, rows", ...sizes.map((size) => `M = ${show(size)}`), "exponent"],
    [...lines].map(([key, line]) => [
      key,
      ...sizes.map((tokens) => show(figure(line, { tokens }))),
      line.length < 2 ? "–" : show(fitExponent(line.map(({ tokens, value }) => [tokens!, value])), 2),
    ]),
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
printSpans(measured);
printExponents(fitted);
console.log(`Candidates, mean |S_k| at M = ${show(LARGEST)}\n`);
printByDepth(measured, "candidates by depth", ["counted"]);
console.log(`A step by the tokens quoted before it, ns, at M = ${show(LARGEST)}\n`);
printByDepth(measured, "step by depth", ways);
printGpuCurves(curves);
saveResults("theory", [...measured, ...fitted, ...curves]);
