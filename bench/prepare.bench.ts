/**
 * How late a timer of 10 ms comes while 10 MB of text are indexed: by `prepare`, on another thread, and by `freeze`, in
 * place; beside them, while the process only waits. After each, the time of the first mask. That both allow the same is
 * checked before anything is timed.
 */
import { strict as assert } from "node:assert";
import { setTimeout } from "node:timers/promises";
import { RecallTextContext, RecallTextSession } from "../lib/entry/index.js";
import { show } from "./harness/figures.js";
import { latenessDuring, percentile99, TICK } from "./harness/lateness.js";
import { describeMachine } from "./harness/machine.js";
import { median } from "./harness/median.js";
import { saveResults, type Measurement } from "./harness/results.js";
import { printTable } from "./harness/table.js";
import { tokens, vocabulary } from "./text/quoted-bytes.js";
import { realisticTexts } from "./texts.js";

const BYTES = 10_000_000;
const CHECKED_BYTES = 100_000;
const TEXT = "natural text";
const ROUNDS = 3;

type Way = (context: RecallTextContext) => Promise<unknown>;

const indexing: Readonly<Record<string, Way>> = {
  prepare: (context) => context.prepare(),
  freeze: async (context) => context.freeze(),
};
const waiting = "neither, for a second";
const ways: Readonly<Record<string, Way>> = { ...indexing, [waiting]: () => setTimeout(1000) };

/** Some documents' worth of a text, of so many bytes or a few more. */
function textOf(bytes: number): string {
  let text = "";
  while (text.length < bytes) {
    for (const piece of realisticTexts[TEXT]!()) {
      text += piece;
      if (text.length >= bytes) break;
    }
  }
  return text;
}

function firstMask(context: RecallTextContext): number {
  const session = new RecallTextSession({ context });
  session.beginSpan();
  const { length } = session.allowed()!;
  session.close();
  return length;
}

interface Round {
  readonly late: readonly number[];
  /** Milliseconds. */
  readonly firstMask: number;
}

async function run(text: string, way: Way): Promise<Round> {
  const context = new RecallTextContext({ vocabulary, backend: "native" }).append(text);
  const late = await latenessDuring(() => way(context));
  context.freeze();
  const start = performance.now();
  firstMask(context);
  const end = performance.now();
  context.close();
  return { late, firstMask: end - start };
}

async function check(): Promise<void> {
  const text = textOf(CHECKED_BYTES);
  const counts = Object.values(indexing).map(async (index) => {
    const context = new RecallTextContext({ vocabulary, backend: "native" }).append(text);
    await index(context);
    const count = firstMask(context);
    context.close();
    return count;
  });
  const [prepared, frozen] = await Promise.all(counts);
  assert.ok(prepared! > 0);
  assert.equal(prepared, frozen);
}

await check();
const text = textOf(BYTES);
const measurements: Measurement[] = [];
for (const [name, way] of Object.entries(ways)) {
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await run(text, way));
  const of = { way: name, text: TEXT, vocabulary: tokens.length, unit: "ms" };
  const late = "timer late while indexed";
  measurements.push(
    { ...of, subject: late, condition: "p99", value: median(rounds.map((each) => percentile99(each.late))) },
    { ...of, subject: late, condition: "worst", value: median(rounds.map((each) => Math.max(...each.late))) },
    { ...of, subject: "first mask once indexed", value: median(rounds.map((each) => each.firstMask)) },
  );
}

const { processor, node } = describeMachine();
console.log(`${processor}, Node ${node}; ${show(text.length)} bytes of ${TEXT}; a timer due every ${TICK} ms\n`);
const rows = Object.keys(ways).map((way) => [
  way,
  ...measurements.filter((each) => each.way === way).map(({ value }) => show(value, 1)),
]);
printTable(["indexed by", "p99, ms late", "worst", "first mask, ms"], rows);
saveResults("prepare", measurements);
