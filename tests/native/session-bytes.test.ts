/** What a fork of a native context holds, with a matcher over it: what it adds, whatever it was forked from. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadNativeEngine } from "../../lib/engine/native/engine.js";
import { NEW_RUN } from "../../lib/engine/native/addon.js";

const { addon } = loadNativeEngine();
const MOST_BYTES = 8_000;
const DISTINCT = 150_000;
const VOCAB_SIZE = 151_669;
/** Ids that no document holds. */
const NEW_IDS = Int32Array.from({ length: 40 }, (_, i) => DISTINCT + 7 * i);

/** The bytes that a context and a matcher hold by themselves. */
function ownBytes(context: number, matcher: number): number {
  return addon.contextOwnBytes(context) + addon.matcherBytes(matcher);
}

function expectFewBytes(context: number, matcher: number, when: string): void {
  const bytes = ownBytes(context, matcher);
  assert.ok(bytes > 0 && bytes < MOST_BYTES, `${bytes} bytes ${when}`);
}

/** Asks for all ids that may come next, and how many there are. */
function listAll(matcher: number): Int32Array {
  const ids = new Int32Array(VOCAB_SIZE);
  return ids.subarray(0, addon.copyContinuations(matcher, ids));
}

function tokenDocuments(documents: number): number {
  const context = addon.createContext(VOCAB_SIZE, Int32Array.of(151_665, 151_666));
  const each = DISTINCT / documents;
  for (let from = 0; from < DISTINCT; from += each) {
    const end = Math.min(DISTINCT, from + each);
    const tokens = Int32Array.from({ length: Math.ceil(end) - Math.ceil(from) }, (_, i) => Math.ceil(from) + i);
    assert.is(addon.appendTokens(context, tokens, NEW_RUN), 0);
  }
  return context;
}

for (const documents of [1, 1_000, 40_000]) {
  test(`of tokens: ${DISTINCT} ids in ${documents} documents`, () => {
    const context = tokenDocuments(documents);
    addon.compactContext(context);
    const fork = addon.forkContext(context);
    const matcher = addon.createMatcher(fork, new Int32Array(64));
    expectFewBytes(fork, matcher, "when made");
    assert.is(addon.appendTokens(fork, NEW_IDS, 0), 0);
    addon.begin(matcher, null);
    assert.is(listAll(matcher).length, DISTINCT + NEW_IDS.length);
    expectFewBytes(fork, matcher, "after its first ids");
    // The fork of a fork, and undoing what it added.
    const second = addon.forkContext(fork);
    expectFewBytes(second, matcher, "in a fork of the fork");
    addon.truncateContext(fork, DISTINCT + 1);
    addon.begin(matcher, null);
    assert.equal([...listAll(matcher).subarray(DISTINCT - 1)], [DISTINCT - 1, NEW_IDS[0]]);
    assert.is(addon.advance(matcher, 77), 1);
    expectFewBytes(fork, matcher, "in a quote");
    assert.ok(addon.contextBytes(fork) > DISTINCT * 4, "what is shared counts");
    for (const each of [context, fork, second]) addon.closeContext(each);
    addon.closeMatcher(matcher);
  });
}

test("of tokens: every candidate of a frequent token is let go with the next token", () => {
  const context = addon.createContext(1_000, new Int32Array(0));
  const tokens = Int32Array.from({ length: 50_000 }, (_, i) => (i % 2 === 0 ? 7 : 100 + ((i * 31) % 800)));
  addon.appendTokens(context, tokens, 0);
  addon.compactContext(context);
  const fork = addon.forkContext(context);
  const matcher = addon.createMatcher(fork, new Int32Array(64));
  // Where ranges are searched each candidate is looked at by itself.
  addon.begin(matcher, Int32Array.of(0, tokens.length));
  addon.advance(matcher, 7);
  assert.ok(ownBytes(fork, matcher) > 4 * 25_000);
  addon.advance(matcher, tokens[1]);
  addon.advance(matcher, 7);
  addon.advance(matcher, tokens[3]);
  expectFewBytes(fork, matcher, "four tokens on");
  for (const each of [context, fork]) addon.closeContext(each);
  addon.closeMatcher(matcher);
});

test("of text: many tokens in many documents", () => {
  const encoder = new TextEncoder();
  const words = Array.from({ length: 30_000 }, (_, i) => encoder.encode(`w${i.toString(36)} `));
  const offsets = new Int32Array(words.length + 1);
  words.forEach((word, i) => (offsets[i + 1] = offsets[i] + word.length));
  const bytes = new Uint8Array(offsets[words.length]);
  words.forEach((word, i) => bytes.set(word, offsets[i]));
  const vocabulary = addon.createVocabulary(words.length, offsets, bytes);
  for (const documents of [1, 1_000, 15_000]) {
    const context = addon.createTextContext(vocabulary);
    const each = words.length / documents;
    for (let i = 0; i < documents; i++) {
      const [from, to] = [offsets[Math.ceil(i * each)], offsets[Math.ceil((i + 1) * each)]];
      addon.appendText(context, bytes.subarray(from, to), null, NEW_RUN);
    }
    addon.compactContext(context);
    const fork = addon.forkContext(context);
    const matcher = addon.createMatcher(fork, new Int32Array(64));
    expectFewBytes(fork, matcher, "when made");
    addon.appendText(fork, encoder.encode("some more text"), null, 0);
    addon.beginText(matcher, null, encoder.encode("</recall>"), 0, 4096);
    assert.is(addon.continuations(matcher), words.length);
    const ids = new Int32Array(words.length);
    assert.is(addon.copyContinuations(matcher, ids), words.length);
    assert.ok(ids.every((id, i) => id === i));
    addon.advance(matcher, 77);
    expectFewBytes(fork, matcher, `in a quote of ${documents} documents`);
    for (const closed of [context, fork]) addon.closeContext(closed);
    addon.closeMatcher(matcher);
  }
  addon.closeVocabulary(vocabulary);
});

test.run();
