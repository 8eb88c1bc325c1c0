/**
 * The processor for web-llm, in Node but with the engine that browsers have: what it adds to a token, in both modes. It
 * is called as web-llm calls it, on rows of 151,936 logits; each case checks its result, and figures are medians.
 */
import { strict as assert } from "node:assert";
import { encode } from "gpt-tokenizer/encoding/cl100k_base";
import { RecallLogitProcessor } from "../lib/entry/web-llm.js";
import { describeMachine } from "./harness/machine.js";
import { median } from "./harness/median.js";
import { saveResults, type Measurement } from "./harness/results.js";
import { printTable } from "./harness/table.js";
import { generator, paragraphs } from "./texts.js";
import { wideTokenizerJson } from "./wide-tokenizer.js";

const BYTES = 80_000;
const WIDTH = 151_936;
const SPANS = process.argv.includes("--full") ? 1200 : 400;
const SPAN_TOKENS = 32;
const { json: tokenizerJson, start, end } = wideTokenizerJson();

/** What a token did: it stood outside quotes, opened one, or went on with it. */
type Kind = "outside" | "opening" | "inside";

/** Of one-byte characters, so that a quote may end after any token. */
function document(): string {
  let text = "";
  for (const paragraph of paragraphs()) {
    text += paragraph;
    if (text.length >= BYTES) break;
  }
  return text.replaceAll(/[^\n -~]/g, "?").slice(0, BYTES);
}

/** Median microseconds of a token of each kind. */
function measure(mode: "token" | "text", text: string): Record<Kind, number> {
  const documents = [{ name: "document", text }];
  const options = { tokenizerJson, documents, encode: (part: string) => encode(part), recallGenerated: false };
  const recall = new RecallLogitProcessor<"token" | "text">({ ...options, mode, backend: "javascript" });
  const all = encode(text);
  const tags =
    mode === "token" ? { open: [start], close: [end] } : { open: encode("<recall>"), close: encode("</recall>") };
  const logits = new Float32Array(WIDTH);
  const random = generator(7);
  const times: Record<Kind, number[]> = { outside: [], opening: [], inside: [] };
  const step = (token: number, kind: Kind) => {
    const before = performance.now();
    recall.processSampledToken(token);
    recall.processLogits(logits);
    times[kind].push((performance.now() - before) * 1000);
  };
  recall.processLogits(logits);
  for (let span = 0; span < SPANS; span++) {
    const at = Math.floor(random() * (all.length - SPAN_TOKENS));
    for (const token of encode(" and ")) step(token, "outside");
    tags.open.forEach((token, i) => step(token, i === tags.open.length - 1 ? "opening" : "outside"));
    for (const token of all.slice(at, at + SPAN_TOKENS)) step(token, "inside");
    for (const token of tags.close) step(token, "outside");
  }
  const { quotes } = recall;
  assert.equal(quotes.length, SPANS);
  for (const span of quotes) assert.ok(!span.open && span.sources().length > 0);
  assert.ok(logits.includes(Math.fround(-1e30)));
  return {
    outside: median(times.outside),
    opening: median(times.opening),
    inside: median(times.inside),
  };
}

const text = document();
const modes = ["token", "text"] as const;
const columns = [
  { kind: "outside", heading: "outside a quote", subject: "token outside a quote" },
  { kind: "opening", heading: "opening one", subject: "token that opens a quote" },
  { kind: "inside", heading: "inside", subject: "token inside a quote" },
] as const;
const measurements = modes.flatMap((mode) => {
  const figures = measure(mode, text);
  return columns.map(({ kind, subject }): Measurement => {
    const value = figures[kind];
    return { subject, way: "Verbatim in JavaScript", condition: `${mode} mode`, vocabulary: WIDTH, value, unit: "µs" };
  });
});

console.log(`${describeMachine().processor}, Node ${process.version}, one thread, JavaScript engine\n`);
console.log(`A row of ${WIDTH} logits, ${BYTES} bytes of document, median microseconds of a token:\n`);
printTable(
  ["mode", ...columns.map(({ heading }) => heading)],
  modes.map((mode) => [
    mode,
    ...measurements.filter(({ condition }) => condition === `${mode} mode`).map(({ value }) => value.toFixed(0)),
  ]),
);
saveResults("web-llm", measurements);
