// node-flags: --expose-gc
import { test } from "uvu";
import * as assert from "uvu/assert";
import { javascriptEngine } from "../../lib/engine/javascript.js";
import { javascriptTextEngine } from "../../lib/engine/javascript-text.js";

const LENGTH = 50_000;
const DEPTH = 128;

/** Bytes that are held after `work`, over those held before. */
function heldAfter(work: () => void): number {
  const held = () => {
    global.gc!();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = held();
  work();
  return held() - before;
}

test("tokens: the candidates of a long quote of text that repeats itself take no more room than those of a short one", () => {
  const context = javascriptEngine.createContext({ vocabSize: 2, barriers: new Int32Array(0) });
  context.append(new Int32Array(LENGTH).fill(1), { searchable: true, newRun: true });
  const matcher = context.matcher();
  matcher.begin(null);
  const held = heldAfter(() => {
    for (let depth = 0; depth < DEPTH; depth++) {
      assert.ok(matcher.advance(1));
      matcher.draft(16, false);
    }
  });
  assert.ok(held < 16 * LENGTH, `${held} bytes`);
  assert.is(matcher.sources(null, LENGTH).length, LENGTH - DEPTH + 1);
});

test("text: the candidates of a long quote of text that repeats itself take no more room than those of a short one", () => {
  const vocabulary = { vocabSize: 1, offsets: Int32Array.of(0, 1), bytes: Buffer.from("a") };
  const context = javascriptTextEngine.createTextContext(vocabulary);
  context.append(new Uint8Array(LENGTH).fill(0x61), { searchable: true, newRun: true, json: false, edges: null });
  const matcher = context.matcher();
  matcher.begin({ ranges: null, tag: Buffer.from("</r>"), minBytes: 0, maxBytes: 4096 });
  const held = heldAfter(() => {
    for (let depth = 0; depth < DEPTH; depth++) {
      assert.ok(matcher.advance(0));
      matcher.draft(16, false);
    }
  });
  assert.ok(held < 16 * LENGTH, `${held} bytes`);
});

test.run();
