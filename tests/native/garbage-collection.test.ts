// node-flags: --expose-gc
import { setImmediate } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadNativeEngine } from "../../lib/engine/native/engine.js";

const engine = loadNativeEngine();
const { addon } = engine;
const collect = globalThis.gc as () => void;

/** Collects garbage until `done`, or for as many rounds as it may reasonably take. */
async function collectUntil(done: () => boolean): Promise<void> {
  for (let round = 0; round < 100 && !done(); round++) {
    collect();
    await setImmediate();
  }
}

function abandon(count: number, tokens: Int32Array): void {
  for (let i = 0; i < count; i++) {
    const context = engine.createContext({ vocabSize: 1000, barriers: new Int32Array(0) });
    context.append(tokens, { searchable: true, newRun: false });
    const fork = context.fork();
    const matcher = fork.matcher();
    matcher.advance(tokens[0]);
  }
}

test("contexts and matchers nobody holds are freed", async () => {
  const kept = engine.createContext({ vocabSize: 1000, barriers: new Int32Array(0) });
  kept.append(Int32Array.of(1, 2, 3), { searchable: true, newRun: false });
  const matcher = kept.matcher();
  abandon(2000, Int32Array.of(1, 2, 3));
  assert.ok(addon.liveContexts() > 1 && addon.liveMatchers() > 1);
  await collectUntil(() => addon.liveContexts() === 1 && addon.liveMatchers() === 1);
  assert.is(addon.liveContexts(), 1);
  assert.is(addon.liveMatchers(), 1);
  assert.ok(matcher.advance(1));
  assert.equal([...matcher.continuations()], [2]);
  matcher.close();
  kept.close();
  assert.is(addon.liveContexts(), 0);
  assert.is(addon.liveMatchers(), 0);
});

test("abandoned contexts do not add up", async () => {
  const tokens = Int32Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 1000);
  const mebibyte = 1 << 20;
  const measure = async () => {
    abandon(20, tokens);
    await collectUntil(() => addon.liveContexts() === 0 && addon.liveMatchers() === 0);
    assert.is(addon.liveContexts(), 0);
    return process.memoryUsage.rss() / mebibyte;
  };
  for (let warmUp = 0; warmUp < 10; warmUp++) await measure();
  const before = await measure();
  // 1,000 contexts of 20,000 tokens: several hundred MiB, if they were kept.
  for (let round = 0; round < 50; round++) await measure();
  const after = await measure();
  assert.ok(after - before < 60, `${before} MiB grew to ${after} MiB`);
});

test("the garbage collector hears of a context's size, and runs by itself", async () => {
  const tokens = Int32Array.from({ length: 100_000 }, (_, i) => i % 1000);
  const rounds = 200;
  let mostLive = 0;
  for (let round = 0; round < rounds; round++) {
    const context = engine.createContext({ vocabSize: 1000, barriers: new Int32Array(0) });
    context.append(tokens, { searchable: true, newRun: false });
    mostLive = Math.max(mostLive, addon.liveContexts());
    await setImmediate();
  }
  assert.ok(mostLive < rounds / 2, `${mostLive} of ${rounds} contexts were alive at once`);
});

test.run();
