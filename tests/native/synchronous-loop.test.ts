// node-flags: --expose-gc
/** Loops that never let the event loop turn, and close nothing: what is garbage is freed all the same. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadNativeEngine } from "../../lib/engine/native/engine.js";
import { RecallContext, RecallSession, RecallTextContext } from "../../lib/entry/index.js";
import { END, START, VOCAB_SIZE } from "../support/backends.js";
import { Tokens } from "../support/text-vocabulary.js";

const { addon } = loadNativeEngine();
const MEBIBYTE = 1 << 20;
const tokens = new Tokens("a", "b", " ", "<recall>", "</recall>");
const { vocabulary } = tokens;
const TEXT = "ab ba ".repeat(MEBIBYTE / 6);

const collect = globalThis.gc as () => void;
const countOpen = () => addon.liveContexts() + addon.liveMatchers();

/**
 * Makes so many objects, keeps none of them, and requires that never more than `open` of the addon's, and `mebibytes` of
 * the process's memory, are there beyond what was before.
 */
function makeMany(count: number, make: () => unknown, most: { open: number; mebibytes: number }): void {
  collect();
  addon.closeAbandoned();
  const before = { open: countOpen(), bytes: process.memoryUsage.rss() };
  for (let i = 0; i < count; i++) {
    make();
    if (i % 20 !== 0) continue;
    const open = countOpen() - before.open;
    assert.ok(open <= most.open, `${open} were open at once after ${i}`);
    const mebibytes = (process.memoryUsage.rss() - before.bytes) / MEBIBYTE;
    assert.ok(mebibytes <= most.mebibytes, `the process grew by ${mebibytes} MiB after ${i}`);
  }
}

test("sessions on a shared context", () => {
  const context = new RecallContext({ vocabSize: VOCAB_SIZE, startTokenId: START, endTokenId: END, backend: "native" });
  context.append([1, 2, 3]);
  context.freeze();
  const make = () => new RecallSession({ context }).accept(START);
  makeMany(40_000, make, { open: 70_000, mebibytes: 250 });
  // What is not garbage is as it was.
  const session = new RecallSession({ context });
  session.accept(START);
  assert.equal(Array.from(session.allowed()!), [1, 2, 3, END]);
});

test("forks of a session", () => {
  const session = tokens.session("native");
  session.append("ab");
  session.beginSpan();
  session.accept(tokens.id("a"));
  makeMany(100_000, () => session.fork(), { open: 100_000, mebibytes: 250 });
  assert.equal(tokens.allowed(session), ["b", "</recall>"]);
});

test("contexts of a mebibyte", () => {
  const append = () => new RecallTextContext({ vocabulary, backend: "native" }).append(TEXT);
  makeMany(300, append, { open: 250, mebibytes: 500 });
});

test("contexts that are indexed when they are frozen, and sessions that index their own text", () => {
  const part = TEXT.slice(0, MEBIBYTE / 8);
  const make = () => {
    new RecallTextContext({ vocabulary, backend: "native" }).append(part).freeze();
    const session = tokens.session("native");
    session.append(part);
    session.beginSpan();
  };
  makeMany(60, make, { open: 150, mebibytes: 250 });
});

test("contexts of tokens", () => {
  const ids = Int32Array.from({ length: 250_000 }, (_, i) => (i * 7919 + ((i * i) % 977)) % 1000);
  const make = () => new RecallContext({ vocabSize: 1000, backend: "native" }).append(ids);
  makeMany(100, make, { open: 75, mebibytes: 400 });
});

test("what is held stays open", () => {
  const held = Array.from({ length: 500 }, () => {
    const session = tokens.session("native");
    session.append("ab");
    session.beginSpan();
    return session;
  });
  makeMany(5_000, () => tokens.session("native").append("ba"), { open: 10_000, mebibytes: 100 });
  for (const session of held) {
    session.accept(tokens.id("a"));
    assert.equal(tokens.allowed(session), ["b", "</recall>"]);
  }
  held.forEach((session) => session.close());
});

test.run();
