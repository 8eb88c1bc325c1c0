import { test } from "uvu";
import * as assert from "uvu/assert";
import { javascriptTextEngine } from "../../../lib/engine/javascript/text/engine.js";
import { loadNativeTextEngine } from "../../../lib/engine/native/text-engine.js";
import type { EngineTextContext, TextSpanOptions } from "../../../lib/engine/text-engine.js";
import type { EngineVocabulary } from "../../../lib/engine/token-table.js";
import { Random, seedOfRun } from "../../support/random.js";

/** Rounds of the comparison, and steps inside each quote. */
const ROUNDS = 1500;
const STEPS = 12;

const ALPHABETS = ["ab", "ab<", "a\0<", "aé<", 'a\\n"<', "xyz </recall>€"];
const TAGS = ["</r>", "<<a", "aa", '"', "</recall>", "b"];

function randomText(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => random.pick([...alphabet])).join("");
}

/** Overlapping tokens, single bytes, cut characters, tokens of equal bytes and some without. */
function randomVocabulary(random: Random, alphabet: string, tag: string): EngineVocabulary {
  const bytes = new Set(Buffer.from(alphabet + tag));
  const tokens = [...bytes].map((byte) => Buffer.of(byte));
  for (let i = random.below(20); i >= 0; i--) {
    const text = Buffer.from(
      randomText(random, alphabet, 1 + random.below(3)) + tag.slice(0, random.below(tag.length + 1)),
    );
    const start = random.below(text.length);
    tokens.push(text.subarray(random.below(3) === 0 ? start : 0));
  }
  tokens.push(Buffer.alloc(0));
  const offsets = new Int32Array(tokens.length + 1);
  tokens.forEach((token, i) => (offsets[i + 1] = offsets[i]! + token.length));
  return { vocabSize: tokens.length, offsets, bytes: Buffer.concat(tokens) };
}

function randomEdges(random: Random, length: number): Uint8Array | null {
  return random.below(3) > 0 ? null : Uint8Array.from({ length }, () => (random.below(3) === 0 ? 1 : 0));
}

function randomSpan(random: Random, length: number, tag: string): TextSpanOptions {
  const cuts = Array.from({ length: 4 }, () => random.below(length + 1)).sort((a, b) => a - b);
  return {
    ranges: random.below(4) > 0 ? null : Int32Array.from(cuts),
    tag: random.below(8) === 0 ? new Uint8Array(0) : Buffer.from(tag),
    minBytes: random.below(3) > 0 ? 0 : random.below(5),
    maxBytes: random.below(3) > 0 ? 4096 : 4 + random.below(12),
  };
}

/** The same text in both contexts, in pieces, some of which the native one has indexed. */
function build(random: Random, alphabet: string, contexts: readonly EngineTextContext[]): void {
  const json = alphabet.includes("\\");
  for (let i = random.below(5); i >= 0; i--) {
    const piece = randomText(random, alphabet, random.below(40));
    // Now and then what repeats itself at length.
    const plain = random.below(8) === 0 ? piece.slice(0, 4).repeat(random.below(100)) : piece;
    const text = Buffer.from(json ? JSON.stringify(plain).slice(1, -1) : plain);
    const options = {
      searchable: random.below(6) > 0,
      newRun: random.below(3) === 0,
      json,
      edges: randomEdges(random, text.length),
    };
    for (const context of contexts) context.append(text, options);
    if (random.below(3) === 0) for (const context of contexts) context.compact();
    if (random.below(6) === 0) {
      const length = random.below(contexts[0]!.length + 1);
      for (const context of contexts) context.truncate(length);
    }
  }
}

test("the native engine of text agrees with the JavaScript engine, step by step", () => {
  const seed = seedOfRun();
  const seen = { steps: 0, refused: 0, closed: 0, sources: 0, drafts: 0, rewinds: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const where = `seed ${seed}, round ${round}`;
    const random = new Random(seed + round);
    const [alphabet, tag] = [random.pick(ALPHABETS), random.pick(TAGS)];
    const vocabulary = randomVocabulary(random, alphabet, tag);
    const engines = [javascriptTextEngine, loadNativeTextEngine()];
    const contexts = engines.map((engine) => engine.createTextContext(vocabulary));
    build(random, alphabet, contexts);
    const [javascript, native] = contexts.map((context) => context.matcher()) as [
      ReturnType<EngineTextContext["matcher"]>,
      ReturnType<EngineTextContext["matcher"]>,
    ];
    const span = randomSpan(random, contexts[0]!.length, tag);
    javascript.begin(span);
    native.begin(span);
    const taken: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const at = `${where}, after [${taken}]`;
      const allowed = [...javascript.allowed()];
      assert.equal([...native.allowed()], allowed, at);
      for (let token = 0; token < vocabulary.vocabSize; token++) {
        assert.is(native.allows(token), allowed.includes(token), `${at}, token ${token}`);
      }
      for (const latest of [false, true]) {
        const draft = [...javascript.draft(4, latest)];
        assert.equal([...native.draft(4, latest)], draft, `${at}, draft, latest ${latest}`);
        seen.drafts += draft.length;
      }
      if (allowed.length === 0) break;
      const token = random.below(10) === 0 ? random.below(vocabulary.vocabSize) : random.pick(allowed);
      const accepted = javascript.advance(token);
      assert.is(accepted, allowed.includes(token), `${at}, token ${token}`);
      assert.is(native.advance(token), accepted, `${at}, token ${token}`);
      if (accepted) taken.push(token);
      else seen.refused++;
      assert.is(native.closedAt, javascript.closedAt, `${at}, token ${token}`);
      assert.is(native.byteLength, javascript.byteLength, `${at}, token ${token}`);
      assert.is(native.mayEnd(), javascript.mayEnd(), `${at}, token ${token}`);
      seen.steps++;
      if (native.closedAt >= 0) seen.closed++;
      if (random.below(10) === 0) {
        const depth = random.below(taken.length + 1);
        javascript.rewind(depth);
        native.rewind(depth);
        taken.length = depth;
        seen.rewinds++;
      }
    }
    const generated = Buffer.concat(
      taken.map((id) => vocabulary.bytes.subarray(vocabulary.offsets[id], vocabulary.offsets[id + 1])),
    );
    const quote = generated.subarray(0, javascript.closedAt < 0 ? undefined : javascript.closedAt);
    const starts = engines.map((engine, i) => [...engine.findText(contexts[i]!, quote, span.ranges, 5)]);
    assert.equal(starts[1], starts[0], where);
    seen.sources += starts[0]!.length;
    for (const context of contexts) context.close();
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 100, `${what}: ${count}`);
});

test("a run that ends in zero bytes hides no longer run of them", () => {
  const bytes = Uint8Array.of(0, 0, 0);
  const context = loadNativeTextEngine().createTextContext({ vocabSize: 2, offsets: Int32Array.of(0, 1, 3), bytes });
  for (const length of [9, 12]) {
    context.append(new Uint8Array(length), { searchable: true, newRun: true, json: false, edges: null });
  }
  context.compact();
  const matcher = context.matcher();
  matcher.begin({ ranges: null, tag: new Uint8Array(0), minBytes: 0, maxBytes: 4096 });
  for (let length = 0; length <= 12; length++) {
    assert.equal([...matcher.allowed()], [0, 1].slice(0, 12 - length), `after ${length} bytes`);
    if (length < 12) assert.ok(matcher.advance(0));
  }
  context.close();
});

/** A context over these tokens, and what appends a run of text to it. */
function contextOf(...texts: (string | Uint8Array)[]) {
  const tokens = texts.map((text) => Buffer.from(text));
  const offsets = new Int32Array(tokens.length + 1);
  tokens.forEach((token, i) => (offsets[i + 1] = offsets[i]! + token.length));
  const vocabulary = { vocabSize: tokens.length, offsets, bytes: Buffer.concat(tokens) };
  const context = loadNativeTextEngine().createTextContext(vocabulary);
  const appendRun = (text: string | Uint8Array, edges: Uint8Array | null = null) => {
    context.append(Buffer.from(text), { searchable: true, newRun: true, json: false, edges });
  };
  return { context, appendRun };
}

/** The tokens allowed after a quote of tokens. */
function allowedAfter(context: EngineTextContext, tag: string, ...quote: number[]): number[] {
  const matcher = context.matcher();
  matcher.begin({ ranges: null, tag: Buffer.from(tag), minBytes: 0, maxBytes: 4096 });
  for (const token of quote) assert.ok(matcher.advance(token));
  return [...matcher.allowed()];
}

/** Longer than the index sorts few places by. */
const STRETCH = "a stretch of many bytes, ";
const ENDS = ["d", "b", "a", "c"];

test("few copies of a long stretch are told apart in whatever order the index has them", () => {
  const copies = ENDS.map((end) => STRETCH + end);
  for (let turned = 0; turned < copies.length; turned++) {
    const { context, appendRun } = contextOf(...copies);
    for (let i = 0; i < copies.length; i++) appendRun(copies[(i + turned) % copies.length]!);
    context.compact();
    assert.equal(allowedAfter(context, ""), [0, 1, 2, 3]);
    for (let token = 0; token < copies.length; token++) allowedAfter(context, "", token);
    context.close();
  }
});

test("what few copies of a long stretch go on with is seen in whatever order the index has them", () => {
  const { context, appendRun } = contextOf("p", "z", ...ENDS.map((end) => STRETCH + end));
  for (const end of ENDS) appendRun(`p${STRETCH}${end}`);
  // One more copy, so that the stretches are many and stand in order, but not behind the same byte.
  appendRun(`q${STRETCH}e`);
  for (let i = 0; i < 4; i++) appendRun("pz");
  context.compact();
  assert.equal(allowedAfter(context, "", 0), [1, 2, 3, 4, 5]);
  context.close();
});

test("a place that goes on behind its block is told from places that look alike and do not", () => {
  const { context, appendRun } = contextOf("x", "a", "ab");
  for (let copy = 0; copy < 10; copy++) appendRun("xa");
  context.compact();
  context.append(Buffer.from("b"), { searchable: true, newRun: false, json: false, edges: null });
  assert.equal(allowedAfter(context, "", 0), [1, 2]);
  context.close();
});

test("of many places that look alike, the one where a quote may end is found", () => {
  const copies = 50;
  for (let last = 0; last < copies; last++) {
    const { context, appendRun } = contextOf("x", "a", "ab", "a<");
    for (let copy = 0; copy < copies; copy++) appendRun("xabc", Uint8Array.of(1, 1, copy === last ? 1 : 0, 1));
    context.compact();
    assert.equal(allowedAfter(context, "</>", 0), [1, 2, 3], `copy ${last}`);
    context.close();
  }
});

test("of places that end at the same node, one is at a character's edge though the ones before it are not", () => {
  const [x, lead, close] = [0x78, 0xc3, 0x3c];
  const { context, appendRun } = contextOf(Uint8Array.of(x), Uint8Array.of(lead), Uint8Array.of(lead, close));
  for (let copy = 0; copy < 8; copy++) appendRun(Uint8Array.of(x, lead, 0xa9));
  appendRun(Uint8Array.of(x, lead, 0xc4));
  context.compact();
  assert.equal(allowedAfter(context, "<", 0), [1, 2]);
  context.close();
});

test("of places that end at the same node, one is at a caller's edge though the ones before it are not", () => {
  const { context, appendRun } = contextOf("x", "a", "ab", "a<");
  for (let copy = 0; copy < 8; copy++) appendRun("xabc", Uint8Array.of(1, 1, 0, 1));
  appendRun("xabd", Uint8Array.of(1, 1, 1, 1));
  context.compact();
  assert.equal(allowedAfter(context, "</>", 0), [1, 2, 3]);
  context.close();
});

test("what many runs that are alike end with is drafted to the end", () => {
  const { context, appendRun } = contextOf("a", "b", "c");
  for (let copy = 0; copy < 8; copy++) appendRun("abc");
  context.compact();
  const matcher = context.matcher();
  matcher.begin({ ranges: null, tag: new Uint8Array(0), minBytes: 0, maxBytes: 4096 });
  assert.ok(matcher.advance(0));
  for (const latest of [false, true]) assert.equal([...matcher.draft(5, latest)], [1, 2], `latest ${latest}`);
  context.close();
});

test.run();
