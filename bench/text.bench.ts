/**
 * Text mode: the cost of a step and of getting a context ready, against the goals of issue and design: a mean step of
 * at most 1 µs at 1 MB of text and a vocabulary of 150,000 entries or more, a context ready within 100 ns per byte, and
 * adversarial text within ten times that. Each case checks its result before it is timed.
 */
import { strict as assert } from "node:assert";
import { cpus } from "node:os";
import o200k from "gpt-tokenizer/bpeRanks/o200k_base";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { loadTextEngine } from "../lib/engine/load-text.js";
import type { EngineTextContext, EngineTextMatcher } from "../lib/engine/text-engine.js";
import { TokenVocabulary } from "../lib/index.js";
import { generateExamples } from "../lib/workload/example.js";
import { generator, paragraphs } from "./texts.js";

const BYTES = 1_000_000;
const SPANS = process.argv.includes("--full") ? 4000 : 1000;
const SPAN_TOKENS = 32;
const CLOSING = Buffer.from("</recall>");

const tokens = o200k.map((token) => (typeof token === "string" ? Buffer.from(token) : Uint8Array.from(token)));
const vocabulary = new TokenVocabulary({ vocabSize: tokens.length, tokenBytes: tokens });
const engine = loadTextEngine("native");

function naturalText(): string {
  let text = "";
  for (const paragraph of paragraphs()) {
    text += paragraph;
    if (text.length >= BYTES) break;
  }
  return text.slice(0, BYTES);
}

/** A dictionary of the paper's Retrieval, in JSON; an entry takes more than 20 bytes. */
function dictionary(): string {
  const [{ document }] = generateExamples({ task: "retrieval", form: "json", entries: BYTES / 20, seed: 1 });
  return document.slice(0, BYTES);
}

function randomText(characters: string): string {
  const random = generator(12345);
  return Array.from({ length: BYTES }, () => characters[Math.floor(random() * characters.length)]).join("");
}

function fibonacci(): string {
  let [before, text] = ["b", "a"];
  while (text.length < BYTES) [before, text] = [text, text + before];
  return text.slice(0, BYTES);
}

const texts: Record<string, () => string> = {
  "natural text": naturalText,
  "key–value JSON": dictionary,
  "all equal": () => "a".repeat(BYTES),
  "period 2": () => "ab".repeat(BYTES / 2),
  "period 3": () => "abc".repeat(BYTES / 3),
  Fibonacci: fibonacci,
  "random binary": () => randomText("ab"),
};

interface Row {
  /** Nanoseconds per byte until the first mask; the median of three. */
  ready: number;
  /** Nanoseconds of a mean step: of spans that begin anywhere in a new context, and of the same spans once more. */
  first: number;
  again: number;
  p99: number;
  bytesPerByte: number;
}

/** Spans that start at uniform places, in the tokens by which the tokenizer writes what follows. */
function spansOf(text: string): number[][] {
  const random = generator(99);
  return Array.from({ length: SPANS }, () => {
    const start = Math.floor(random() * (text.length - 400));
    return encode(text.slice(start, start + 400), { disallowedSpecial: new Set() }).slice(0, SPAN_TOKENS);
  });
}

function begin(matcher: EngineTextMatcher): void {
  matcher.begin({ ranges: null, tag: CLOSING, minBytes: 0, maxBytes: 2 ** 30 });
}

/** Milliseconds until the first mask is there: text in, index, the set of first tokens. */
function getReady(text: Uint8Array): { context: EngineTextContext; matcher: EngineTextMatcher; milliseconds: number } {
  const context = engine.createTextContext(vocabulary.table);
  const start = performance.now();
  context.append(text, { searchable: true, newRun: true, json: false, edges: null });
  const matcher = context.matcher();
  begin(matcher);
  assert.ok(matcher.allowed().length > 0);
  return { context, matcher, milliseconds: performance.now() - start };
}

/** Every token of the text is allowed where the text has it. */
function check(name: string, matcher: EngineTextMatcher, spans: readonly number[][]): void {
  for (const span of spans) {
    begin(matcher);
    for (const token of span) {
      assert.ok(matcher.allowed().includes(token), `${name}: the text's next token is not allowed`);
      assert.ok(matcher.advance(token), `${name}: a token of the text was refused`);
    }
  }
}

/** Nanoseconds of a mean step over all spans, beginning them included. */
function meanStep(matcher: EngineTextMatcher, spans: readonly number[][]): number {
  let steps = 0;
  const start = performance.now();
  for (const span of spans) {
    begin(matcher);
    for (const token of span) {
      matcher.advance(token);
      matcher.allowed();
      steps++;
    }
  }
  return ((performance.now() - start) * 1e6) / steps;
}

/** Nanoseconds of a step that 99 of 100 do not exceed, the clock's own included. */
function slowStep(matcher: EngineTextMatcher, spans: readonly number[][]): number {
  const times: number[] = [];
  for (const span of spans) {
    begin(matcher);
    for (const token of span) {
      const start = process.hrtime.bigint();
      matcher.advance(token);
      matcher.allowed();
      times.push(Number(process.hrtime.bigint() - start));
    }
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]!;
}

function measure(name: string, text: string): Row {
  const bytes = Buffer.from(text);
  const spans = spansOf(text);
  const checked = getReady(bytes);
  check(name, checked.matcher, spans);
  checked.context.close();
  const runs = Array.from({ length: 3 }, () => getReady(bytes));
  const ready = runs.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)[1]!;
  const { context, matcher } = runs[0]!;
  const row = {
    ready: (ready * 1e6) / bytes.length,
    first: meanStep(matcher, spans),
    again: meanStep(matcher, spans),
    p99: slowStep(matcher, spans),
    bytesPerByte: context.bytes / bytes.length,
  };
  for (const run of runs) run.context.close();
  return row;
}

console.log(
  `${cpus()[0]?.model ?? "unknown processor"}, one thread; ${tokens.length} tokens; ${SPANS} spans of ${SPAN_TOKENS}\n`,
);
console.log("| text, 1 MB | ready, ns per byte | step, mean ns | the same spans again | p99 | bytes per byte |");
console.log("|---|--:|--:|--:|--:|--:|");
for (const [name, make] of Object.entries(texts)) {
  const { ready, first, again, p99, bytesPerByte } = measure(name, make());
  const figures = [ready, first, again, p99].map((value) => value.toFixed(0));
  console.log(`| ${name} | ${figures.join(" | ")} | ${bytesPerByte.toFixed(1)} |`);
}
