// node-flags: --expose-gc
/** What a session holds on to: what it adds, and no more of what it is built on or has undone. */

import { setImmediate } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallContext, RecallSession, RecallTextContext, RecallTextSession } from "../lib/index.js";
import { backends, sessionsOn, type BackendName } from "./support/backends.js";
import { recallTokens } from "./support/text-vocabulary.js";

const collect = globalThis.gc as () => void;

/** Bytes of JavaScript's heap and of arrays outside it. */
async function heldBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The bytes that each of many equal objects holds. */
async function bytesOfEach(make: () => unknown): Promise<number> {
  const count = 200;
  make();
  const before = await heldBytes();
  const made = Array.from({ length: count }, make);
  const held = (await heldBytes()) - before;
  return held / made.length;
}

/** A session of each mode over a frozen context of so many documents. */
const makers: Record<string, (backend: BackendName, documents: number) => () => RecallSession | RecallTextSession> = {
  "token mode": (backend, documents) => {
    const context = new RecallContext({ vocabSize: 1000, backend });
    for (let i = 0; i < documents; i++) context.append([i % 1000, 7], { segment: `document ${i}` });
    context.freeze();
    return () => new RecallSession({ context });
  },
  "text mode": (backend, documents) => {
    const context = new RecallTextContext({ vocabulary: recallTokens.vocabulary, backend });
    for (let i = 0; i < documents; i++) context.append("ab", { segment: `document ${i}` });
    context.freeze();
    return () => new RecallTextSession({ context });
  },
};

const MOST_BYTES = 16_000;
const MANY_DOCUMENTS = 20_000;

for (const backend of backends) {
  for (const [mode, sessionsOver] of Object.entries(makers)) {
    test(`a session or fork holds little, however many documents it is on (${mode}, ${backend})`, async () => {
      for (const documents of [1, 1000, MANY_DOCUMENTS]) {
        const make = sessionsOver(backend, documents);
        const session = make();
        for (const each of [make, () => session.fork()]) {
          const bytes = await bytesOfEach(each);
          assert.ok(bytes < MOST_BYTES, `${Math.round(bytes)} bytes on ${documents} documents`);
        }
      }
    });
  }
}

const ROUNDS = 20;
const LINES = 50_000;
/** Each layout has an entry of four bytes for each line. */
const LAYOUT_BYTES = 4 * LINES;
const text = "\n".repeat(LINES);

/** Appends documents and undoes them: what that leaves behind. */
async function bytesLeft(session: RecallSession | RecallTextSession, append: (name: string) => void): Promise<number> {
  append("first");
  session.reset();
  const before = await heldBytes();
  for (let round = 0; round < ROUNDS; round++) {
    append(`document ${round}`);
    if (round % 2 === 0) session.reset();
    else session.truncate(0);
  }
  const left = (await heldBytes()) - before;
  session.close();
  return left;
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
