/**
 * Contexts that grow token by token, with pauses in which the native engine's threads merge blocks: what a later append
 * takes over must hold the same tokens at the same positions. The JavaScript engine, which has no blocks, is compared.
 */
import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { EngineContext } from "../../lib/engine/engine.js";
import { loadEngine } from "../../lib/engine/load.js";
import { Random } from "../support/random.js";

const options = { vocabSize: 300, barriers: new Int32Array(0) };
const rounds = 24;
const perRound = 700;

/** What a walk along the text at `start` meets: continuations at every step, and where the quote stands in the end. */
function walk(context: EngineContext, start: number, length: number): number[][] {
  const matcher = context.matcher();
  const met = [[...matcher.continuations()]];
  for (const token of context.read(start, start + length)) {
    assert.ok(matcher.advance(token));
    met.push([...matcher.continuations()]);
  }
  met.push([...matcher.sources(null, 1000)]);
  matcher.close();
  return met;
}

for (const [text, next] of [
  ["natural", (random: Random) => Math.min(random.below(300), random.below(300), random.below(300))],
  ["repetitive", (_: Random, position: number) => (position % 24 === 7 ? 100 + (position % 97) : position % 24)],
] as const) {
  test(`merged blocks hold what they were built from: ${text} text`, async () => {
    const random = new Random(1);
    const contexts = (["native", "javascript"] as const).map((name) => loadEngine(name).createContext(options));
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < perRound; i++) {
        const token = Int32Array.of(next(random, contexts[0].length));
        for (const context of contexts) context.append(token, { searchable: true, newRun: false });
      }
      // Without a pause a merge ends while newer blocks have come after it.
      if (round % 3 === 0) await setTimeout(4);
      const [held, expected] = contexts.map((context) => context.read(0, context.length));
      assert.ok(Buffer.from(held.buffer).equals(Buffer.from(expected.buffer)), `after ${held.length} tokens`);
      const start = random.below(contexts[0].length - 12);
      const [native, javascript] = contexts.map((context) => walk(context, start, 12));
      assert.equal(native, javascript, `after ${contexts[0].length} tokens, from ${start}`);
    }
    for (const context of contexts) context.close();
  });
}

test.run();
