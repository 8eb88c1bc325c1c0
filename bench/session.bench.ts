/**
 * The public API from JavaScript, on both engines: a context, the steps of a span, masked rows, draws, drafts and
 * batches, with the second-level cache warm and evicted. Each case compares its result with the brute-force oracle
 * before tinybench times it. A step is `accept` and `allowed`; it is averaged over whole spans of 32 tokens.
 */
import { loadEngine } from "../lib/engine/load.js";
import { measureCases, printCases, type Case, type MeasuredCase } from "./harness/cases.js";
import { show } from "./harness/figures.js";
import { describeMachine } from "./harness/machine.js";
import { isFullRun, saveResults, type Measurement } from "./harness/results.js";
import { batchCases } from "./session/batch-cases.js";
import { contextCases } from "./session/context-cases.js";
import { QuotedText, wayOf, type Backend } from "./session/quoted-text.js";
import { drawCase, rowCases } from "./session/row-cases.js";
import { spanCases, stepsByDepth } from "./session/span-cases.js";
import { tokenTextNames } from "./token-texts.js";

const WIDTH = 151_936;
/** Rows of this width start where 16 bytes do not. */
const UNALIGNED_WIDTH = 151_669;
const WIDTHS = isFullRun() ? [32_000, 128_260, UNALIGNED_WIDTH, WIDTH] : [UNALIGNED_WIDTH, WIDTH];
const SIZE = 131_072;
const SIZES = isFullRun() ? [4_096, 32_768, SIZE, 1_048_576] : [SIZE, 1_048_576];
const TEXT = "natural text";
const TEXTS = isFullRun() ? tokenTextNames : [TEXT, "key–value JSON"];
const ROWS = [1, 8, 64, 256];
const BACKENDS: readonly Backend[] = ["native", "javascript"];

const measured: MeasuredCase[] = [];

function measure(cases: readonly Case[]): void {
  measured.push(...measureCases(cases));
}

/** Token store and index. */
function memory({ text, length: tokens, vocabulary, tokens: context }: QuotedText, backend: Backend): Measurement {
  const engine = loadEngine(backend).createContext({ vocabSize: vocabulary, barriers: Int32Array.of() });
  engine.append(context, { searchable: true, newRun: true });
  engine.matcher().begin(null);
  const value = engine.bytes / tokens;
  engine.close();
  return { subject: "memory", way: wayOf(backend), text, tokens, vocabulary, value, unit: "bytes/token" };
}

const { processor, node } = describeMachine();
console.log(`${processor}, Node ${node}, one thread\n`);
for (const text of TEXTS) {
  for (const size of SIZES) {
    const quoted = new QuotedText(text, size, WIDTH);
    measure([...contextCases(quoted, "native"), ...spanCases(quoted, "native")]);
  }
}
const quoted = new QuotedText(TEXT, SIZE, WIDTH);
measure([...contextCases(quoted, "javascript"), ...spanCases(quoted, "javascript")]);
for (const backend of BACKENDS) {
  measure(stepsByDepth(quoted, backend));
  for (const width of WIDTHS) {
    const rows = new QuotedText(TEXT, SIZE, width);
    measure([...rowCases(rows, backend), drawCase(rows, backend)]);
  }
  for (const rows of ROWS) measure(batchCases(quoted, backend, rows));
}
const large = new QuotedText(TEXT, Math.max(...SIZES), WIDTH);
measure([...rowCases(large, "native"), drawCase(large, "native")]);
const memories = BACKENDS.map((backend) => memory(quoted, backend));
printCases(measured);
for (const { way, value } of memories) console.log(`${way}: ${show(value)} bytes per token of context`);
saveResults("session", [...measured.map(({ measurement }) => measurement), ...memories]);
