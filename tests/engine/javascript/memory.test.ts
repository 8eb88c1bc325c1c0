// node-flags: --expose-gc
import { test } from "uvu";
import * as assert from "uvu/assert";
import { JavaScriptTextWords } from "../../../lib/engine/javascript/text/words.js";
import { JavaScriptTokens } from "../../../lib/engine/javascript/tokens/tail.js";
import { javascriptEngine } from "../../../lib/engine/javascript/tokens/engine.js";
import { javascriptTextEngine } from "../../../lib/engine/javascript/text/engine.js";

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

/** How often what an append finds was copied to make room, in many appends of one entry after a long one. */
function copiesIn(appends: number, append: () => void, memory: () => ArrayBufferLike): number {
  let copies = 0;
  for (let i = 0; i < appends; i++) {
    const before = memory();
    append();
    if (memory() !== before) copies++;
  }
  return copies;
}

test("tokens: a long append leaves room, so that the next ones copy it only once they are half as many", () => {
  const tokens = new JavaScriptTokens(2, 0);
  const append = (count = 1) => {
    tokens.reserve(tokens.length + count);
    for (let i = 0; i < count; i++) tokens.push(1, 0);
  };
  append(LENGTH);
  assert.is(
    copiesIn(LENGTH / 2, append, () => tokens.tokens.buffer),
    0,
  );
  assert.is(
    copiesIn(LENGTH, append, () => tokens.tokens.buffer),
    2,
  );
});

test("text: a long append leaves room, so that the next ones copy it only once they are half as many", () => {
  const text = new JavaScriptTextWords();
  const append = (count = 1) => {
    text.reserve(text.length + count);
    text.length += count;
  };
  append(LENGTH);
  assert.is(
    copiesIn(LENGTH / 2, append, () => text.words.buffer),
    0,
  );
  assert.is(
    copiesIn(LENGTH, append, () => text.words.buffer),
    2,
  );
});

test.run();
