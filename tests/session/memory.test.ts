// node-flags: --expose-gc
/** What a session holds on to: what it adds, and no more of what it is built on or has undone. */

import { setImmediate } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { javascriptTextEngine } from "../../lib/engine/javascript/text/engine.js";
import {
  RecallContext,
  RecallSession,
  RecallTextContext,
  RecallTextSession,
  TokenVocabulary,
  type RecallTextSessionOptions,
} from "../../lib/entry/index.js";
import { TextSequence } from "../../lib/text-mode/sequence.js";
import { backends, sessionsOn, type BackendName } from "../support/backends.js";
import { recallTokens } from "../support/text-vocabulary.js";

const collect = globalThis.gc as () => void;

/** Bytes of JavaScript's heap and of arrays outside it. */
async function heldBytes(): Promise<number> {
  for (let round = 0; round < 2; round++) {
    collect();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The bytes that each of many equal objects holds, once it was used. */
async function bytesOfEach<Held extends RecallSession | RecallTextSession>(
  make: () => Held,
  use: (held: Held) => void,
): Promise<number> {
  const count = 50;
  const makeUsed = () => {
    const held = make();
    use(held);
    return held;
  };
  makeUsed();
  const before = await heldBytes();
  const made = Array.from({ length: count }, makeUsed);
  const bytes = ((await heldBytes()) - before) / made.length;
  for (const each of made) each.close();
  return bytes;
}

const MOST_BYTES = 16_000;

/** That neither a session nor a fork of one holds much, when new and when used. */
async function expectFewBytes<Held extends RecallSession | RecallTextSession>(
  make: () => Held,
  use: (held: Held) => void,
): Promise<void> {
  const session = make();
  const fork = () => session.fork() as Held;
  for (const [what, each] of Object.entries({ session: make, fork })) {
    const bytes = await bytesOfEach(each, use);
    assert.ok(bytes < MOST_BYTES, `a ${what} holds ${Math.round(bytes)} bytes`);
  }
}

const DISTINCT = 150_000;
const VOCAB_SIZE = DISTINCT + 1000;
const [START_TOKEN, END_TOKEN] = [DISTINCT + 1, DISTINCT + 2];
const wordOf = (id: number) => `${id.toString(36)} `;
const vocabulary = new TokenVocabulary({ vocabSize: VOCAB_SIZE, tokenBytes: (id) => Buffer.from(wordOf(id)) });

/** The ids below DISTINCT in so many parts, one after the other. */
function* parts(count: number): Generator<Int32Array> {
  for (let i = 0; i < count; i++) {
    const [from, to] = [Math.ceil((i * DISTINCT) / count), Math.ceil(((i + 1) * DISTINCT) / count)];
    yield Int32Array.from({ length: to - from }, (_, offset) => from + offset);
  }
}

function tokenSessions(backend: BackendName, documents: number): () => RecallSession {
  const context = new RecallContext({
    vocabSize: VOCAB_SIZE,
    startTokenId: START_TOKEN,
    endTokenId: END_TOKEN,
    backend,
  });
  let i = 0;
  for (const part of parts(documents)) context.append(part, { segment: `document ${i++}` });
  context.freeze();
  return () => new RecallSession({ context });
}

/** Writes tokens that no document has, quotes, and asks for all first tokens in the end. */
function useTokenSession(session: RecallSession): void {
  session.acceptAll([1, DISTINCT + 7, DISTINCT + 8, START_TOKEN]);
  assert.is(session.allowed()!.length, DISTINCT + 3);
  session.acceptAll([77, END_TOKEN, START_TOKEN]);
  session.apply(new Float32Array(VOCAB_SIZE));
}

function textSessions(backend: BackendName, documents: number): () => RecallTextSession {
  const context = new RecallTextContext({ vocabulary, backend });
  let i = 0;
  for (const part of parts(documents)) {
    context.append(Array.from(part, wordOf).join(""), { segment: `document ${i++}` });
  }
  context.freeze();
  return () => new RecallTextSession({ context });
}

function useTextSession(session: RecallTextSession): void {
  session.acceptAll([DISTINCT + 7, DISTINCT + 8]);
  session.beginSpan();
  assert.ok(session.allowed()!.length >= DISTINCT);
  session.accept(77);
  session.endSpan();
  session.beginSpan();
  session.apply(new Float32Array(VOCAB_SIZE));
}

for (const backend of backends) {
  for (const documents of [1, 1_000, 40_000]) {
    const on = `${DISTINCT} ids in ${documents} documents`;
    test(`a session or fork holds little (token mode, ${backend}, ${on})`, async () => {
      await expectFewBytes(tokenSessions(backend, documents), useTokenSession);
    });

    test(`a session or fork holds little (text mode, ${backend}, ${on})`, async () => {
      await expectFewBytes(textSessions(backend, documents), useTextSession);
    });
  }
}

const OVERLONG = 10_000;
/** Tokens that complete the tag "/" and go on, and the words that they go on with. */
const overlong = new TokenVocabulary({
  vocabSize: 2 * OVERLONG,
  tokenBytes: (id) => Buffer.from(id < OVERLONG ? `/${wordOf(id)}` : wordOf(id - OVERLONG)),
});

/** Half of the words are in the context. */
function overlongSessions(
  backend: BackendName,
  options: Pick<RecallTextSessionOptions, "recallGenerated" | "minSpanBytes">,
) {
  const context = new RecallTextContext({ vocabulary: overlong, backend });
  const words = Array.from({ length: OVERLONG / 2 }, (_, i) => wordOf(2 * i));
  context.append(words.join(""), { segment: "document" });
  context.freeze();
  return () => new RecallTextSession({ context, startTag: "/", endTag: null, ...options });
}

/** Asks for the ids outside a span, writes and undoes tokens, and asks again. */
function askOutside(session: RecallTextSession): void {
  const refused = OVERLONG / 2;
  assert.is(session.allowed()!.length, 2 * OVERLONG - refused);
  const odd = OVERLONG + 1;
  session.acceptAll([odd, odd + 2, odd + 4]);
  const found = session.allowed()!.length - (2 * OVERLONG - refused);
  assert.ok(found >= 0 && found <= 3);
  session.rollback(1);
  session.append(wordOf(7));
  session.apply(new Float32Array(2 * OVERLONG));
}

for (const backend of backends) {
  for (const options of [{}, { recallGenerated: false }, { minSpanBytes: 2 }]) {
    test(`a session or fork holds little outside a span (${backend}, ${JSON.stringify(options)})`, async () => {
      await expectFewBytes(overlongSessions(backend, options), askOutside);
    });
  }
}

test("a fork of a sequence of text shares the places where runs ended", async () => {
  const text = javascriptTextEngine.createTextContext(recallTokens.vocabulary.table);
  const sequence = new TextSequence(text, false);
  for (let i = 0; i < 20_000; i++) sequence.breakRun();
  const before = await heldBytes();
  const forks = Array.from({ length: 50 }, () => sequence.fork());
  const bytes = ((await heldBytes()) - before) / forks.length;
  assert.ok(bytes < MOST_BYTES, `a fork holds ${Math.round(bytes)} bytes`);
  for (const fork of forks) fork.close();
});

const ROUNDS = 20;
const LINES = 50_000;
/** Each layout has an entry of four bytes for each line. */
const LAYOUT_BYTES = 4 * LINES;
const text = "\n".repeat(LINES);

/** Appends documents and undoes them: what that leaves behind. */
async function bytesLeft(session: RecallSession | RecallTextSession, append: (name: string) => void): Promise<number> {
  const appendAndUndo = () => {
    for (let round = 0; round < ROUNDS; round++) {
      append(`document ${round}`);
      if (round % 2 === 0) session.reset();
      else session.truncate(0);
    }
  };
  // What some rounds leave is the program itself, compiled: what is kept of documents, all of them would leave.
  const left: number[] = [];
  for (let repetition = 0; repetition < 4; repetition++) {
    const before = await heldBytes();
    appendAndUndo();
    left.push((await heldBytes()) - before);
  }
  session.close();
  return Math.min(...left);
}

for (const backend of backends) {
  test(`nothing is kept of documents that were undone (token mode, ${backend})`, async () => {
    const session = sessionsOn(backend)();
    const append = (segment: string) => session.append([1], { segment, offsets: [0, 1], text });
    assert.ok((await bytesLeft(session, append)) < LAYOUT_BYTES);
  });

  test(`nothing is kept of documents that were undone (text mode, ${backend})`, async () => {
    const session = recallTokens.session(backend);
    assert.ok((await bytesLeft(session, (segment) => session.append(text, { segment }))) < LAYOUT_BYTES);
  });
}

test.run();
