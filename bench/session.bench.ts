/**
 * The public API from JavaScript, both backends: a step of a session, the masked fill of a row, a constrained draw.
 * Each case checks its result before it is timed.
 */
import { strict as assert } from "node:assert";
import { cpus } from "node:os";
import { Bench } from "tinybench";
import { ConstrainedSampler, RecallBatch, RecallSession } from "../lib/index.js";
import { tokenText } from "./token-texts.js";

const vocabSize = 151_936;
const startTokenId = vocabSize - 2;
const endTokenId = vocabSize - 1;
const contextTokens = 131_072;
const spanTokens = 32;

const tokens = tokenText("natural text", vocabSize).tokens.subarray(0, contextTokens);

function newSession(backend: "native" | "javascript"): RecallSession {
  const session = new RecallSession({ vocabSize, startTokenId, endTokenId, backend, recallGenerated: false });
  session.append(tokens);
  return session;
}

/** Walks spans of the text, undoing each, so that the session stays as it is. */
function walk(session: RecallSession, starts: number[], eachStep: (allowed: Int32Array | null) => void): number {
  let steps = 0;
  for (const start of starts) {
    const length = session.contextLength;
    session.accept(startTokenId);
    for (let k = 0; k < spanTokens; k++) {
      session.accept(tokens[start + k] as number);
      eachStep(session.allowed());
      steps++;
    }
    session.truncate(length);
  }
  return steps;
}

const starts = Array.from({ length: 200 }, (_, i) => (i * 7919) % (contextTokens - spanTokens));
const row = Float32Array.from({ length: vocabSize }, (_, i) => Math.sin(i));
const bench = new Bench({ time: 1_000, warmupTime: 300, throws: true });
const perRun = new Map<string, number>();

function add(name: string, operations: number, run: () => void): void {
  perRun.set(name, operations);
  bench.add(name, run);
}

for (const backend of ["native", "javascript"] as const) {
  const session = newSession(backend);
  const steps = walk(session, starts, (allowed) => assert.ok(allowed !== null && allowed.includes(endTokenId)));
  let sink = 0;
  add(`${backend}: whole spans of ${spanTokens}: accept + allowed, per step`, steps, () => {
    walk(session, starts, (allowed) => {
      sink += allowed === null ? 0 : allowed.length;
    });
  });

  const inSpan = newSession(backend);
  inSpan.accept(startTokenId);
  for (let k = 0; k < 8; k++) inSpan.accept(tokens[1_000 + k] as number);
  const masked = row.slice();
  assert.ok(inSpan.apply(masked));
  assert.deepEqual(
    [...masked.keys()].filter((id) => masked[id] !== -Infinity),
    [...(inSpan.allowed() ?? [])],
  );
  add(`${backend}: apply, a row of ${vocabSize}`, 1, () => {
    inSpan.apply(masked);
  });

  const sampler = new ConstrainedSampler({ seed: 1 });
  assert.ok(inSpan.allows(sampler.sample(row, inSpan)));
  add(`${backend}: ConstrainedSampler inside a span`, 1, () => {
    sink += sampler.sample(row, inSpan);
  });

  const batch = new RecallBatch();
  const rows = 256;
  const forks = Array.from({ length: rows }, () => inSpan.fork());
  for (const fork of forks) {
    fork.truncate(contextTokens);
    batch.add(fork);
  }
  const step = new Int32Array(rows);
  const quoteInEachRow = () => {
    batch.accept(step.fill(startTokenId));
    for (let k = 0; k < spanTokens; k++) {
      for (let i = 0; i < rows; i++) step[i] = tokens[(starts[i % starts.length] as number) + k] as number;
      batch.accept(step);
      for (let i = 0; i < rows; i++) sink += batch.allowed(i)?.length ?? 0;
    }
    batch.accept(step.fill(endTokenId));
    assert.ok(forks.every((fork) => fork.contextLength === contextTokens + spanTokens + 2));
    // Otherwise each run would find a longer context than the one before it.
    for (const fork of forks) fork.truncate(contextTokens);
  };
  quoteInEachRow();
  add(
    `${backend}: batch of ${rows}, whole spans of ${spanTokens}: accept + allowed of every row, per step`,
    spanTokens,
    quoteInEachRow,
  );
  assert.ok(sink >= 0);
}
const plain = row.slice();
add(`a plain fill of a row of ${vocabSize}`, 1, () => {
  plain.fill(-Infinity);
});

await bench.run();
console.log(`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}, M = ${contextTokens}\n`);
console.log("| case | median, ns | p99 |");
console.log("|---|--:|--:|");
for (const task of bench.tasks) {
  const result = task.result;
  if (result.state !== "completed") throw new Error(`${task.name}: ${result.state}`);
  const operations = perRun.get(task.name) ?? 1;
  const nanoseconds = (milliseconds: number) => Math.round((milliseconds * 1e6) / operations).toLocaleString("en-US");
  console.log(`| ${task.name} | ${nanoseconds(result.latency.p50)} | ${nanoseconds(result.latency.p99)} |`);
}
