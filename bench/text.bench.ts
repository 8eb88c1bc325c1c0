/**
 * Text mode: the cost of getting a context of 1 MB ready and of a step, `advance` and `allowed`. What a step allows is
 * compared with the brute-force oracle over the beginning of each text before anything is timed.
 */
import { strict as assert } from "node:assert";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import type { EngineTextMatcher } from "../lib/engine/text-engine.js";
import { QuoteOracle, TextContextOracle, type Generated } from "../tests/oracle/text/oracle.js";
import { timeEvicted, timeShort } from "./harness/evicted.js";
import { figure, show } from "./harness/figures.js";
import { describeMachine } from "./harness/machine.js";
import { median } from "./harness/median.js";
import { isFullRun, saveResults, type Measurement } from "./harness/results.js";
import { printTable } from "./harness/table.js";
import { begin, CLOSING, getReady, MOST_BYTES, spanAt, tokens, walk, type ReadyText } from "./text/quoted-bytes.js";
import { adversarialTexts, generator, realisticTexts } from "./texts.js";

const BYTES = 1_000_000;
const SPANS = isFullRun() ? 4_000 : 1_000;
const CHECKED_BYTES = 2_048;
const CHECKED_TOKENS = 8;
const EVICTED_SPANS = 30;

/** A text's first megabyte; letters of the adversarial ones are a, b and c. */
function textOf(name: string): string {
  const letters = adversarialTexts[name];
  if (letters !== undefined) return Buffer.from(letters(BYTES).map((letter) => 97 + letter)).toString();
  let text = "";
  for (const piece of realisticTexts[name]!()) {
    text += piece;
    if (text.length >= BYTES) break;
  }
  return text.slice(0, BYTES);
}

/** Spans that start at uniform places. */
function spansOf(text: string): number[][] {
  const random = generator(99);
  return Array.from({ length: SPANS }, () => spanAt(text, Math.floor(random() * (text.length - 400))));
}

/**
 * What each step of a span allows, against the oracle, over the beginning of a text: every token that is allowed, and
 * one in 400 of the others.
 */
function check(text: string): void {
  const bytes = Buffer.from(text).subarray(0, CHECKED_BYTES);
  const { context, matcher } = getReady(bytes);
  const places = new TextContextOracle().with([...bytes], { searchable: true, newRun: true, edges: null });
  const oracle = new QuoteOracle(places, [[0, bytes.length]], [...CLOSING], 0, MOST_BYTES);
  let generated: Generated = { bytes: [], tags: [] };
  begin(matcher);
  for (const token of encode(bytes.toString("utf8", CHECKED_BYTES / 2)).slice(0, CHECKED_TOKENS)) {
    const allowed = new Set(matcher.allowed());
    tokens.forEach((piece, id) => {
      if (!allowed.has(id) && id % 400 !== 0) return;
      assert.equal(allowed.has(id), oracle.after(generated, [...piece]) !== null, `token ${id} after ${token}`);
    });
    assert.ok(matcher.advance(token));
    generated = oracle.after(generated, [...tokens[token]!])!;
  }
  context.close();
}

/** Nanoseconds of a mean step over all spans, beginning them included. */
function meanStep(matcher: EngineTextMatcher, spans: readonly number[][]): number {
  const milliseconds = timeShort(() => spans.forEach((span) => walk(matcher, span)));
  return (milliseconds * 1e6) / spans.reduce((steps, { length }) => steps + length, 0);
}

/** Nanoseconds of a step that 99 of 100 do not exceed. */
function slowStep(matcher: EngineTextMatcher, spans: readonly number[][], cache: "warm" | "evicted"): number {
  const times: number[] = [];
  for (const span of spans) {
    begin(matcher);
    for (const token of span) {
      const step = () => {
        matcher.advance(token);
        matcher.allowed();
      };
      times.push(cache === "warm" ? timeShort(step) : timeEvicted(1, step));
    }
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]! * 1e6;
}

function measure(name: string): Measurement[] {
  const text = textOf(name);
  check(text);
  const bytes = Buffer.from(text);
  const spans = spansOf(text);
  // Each context is asked as soon as it is ready, as one that was made for a prompt is.
  const runs = Array.from({ length: 3 }, () => {
    let made: ReadyText | undefined;
    const ready = timeShort(() => (made = getReady(bytes)));
    const { context, matcher } = made!;
    return { context, matcher, ready, first: meanStep(matcher, spans), again: meanStep(matcher, spans) };
  });
  const { context, matcher } = runs.at(-1)!;
  const of = (subject: string, value: number, unit: string, cache?: "warm" | "evicted"): Measurement => {
    return { subject, way: "Verbatim", text: name, vocabulary: tokens.length, ...(cache && { cache }), value, unit };
  };
  const measured = [
    of("context ready", (median(runs.map(({ ready }) => ready)) * 1e6) / bytes.length, "ns/byte"),
    of("step, new context", median(runs.map(({ first }) => first)), "ns"),
    of("step, same spans again", median(runs.map(({ again }) => again)), "ns"),
    of("step, p99", slowStep(matcher, spans, "warm"), "ns", "warm"),
    of("step, p99", slowStep(matcher, spans.slice(0, EVICTED_SPANS), "evicted"), "ns", "evicted"),
    of("memory", context.bytes / bytes.length, "bytes/byte"),
  ];
  for (const run of runs) run.context.close();
  return measured;
}

console.log(`${describeMachine().processor}, one thread; ${show(tokens.length)} tokens; ${show(SPANS)} spans of 32\n`);
const names = [...Object.keys(realisticTexts), ...Object.keys(adversarialTexts)];
const measurements = names.flatMap(measure);
const columns: Readonly<Record<string, Partial<Measurement>>> = {
  "ready, ns per byte": { subject: "context ready" },
  "step, mean ns": { subject: "step, new context" },
  "the same spans again": { subject: "step, same spans again" },
  "p99 warm": { subject: "step, p99", cache: "warm" },
  "p99 evicted": { subject: "step, p99", cache: "evicted" },
  "bytes per byte": { subject: "memory" },
};
printTable(
  ["text, 1 MB", ...Object.keys(columns)],
  names.map((text) => [
    text,
    ...Object.values(columns).map((wanted) => {
      return show(figure(measurements, { ...wanted, text }), wanted.subject === "memory" ? 1 : 0);
    }),
  ]),
);
saveResults("text", measurements);
