import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConstrainedSampler, RecallContext, RecallSession } from "../../lib/entry/index.js";
import { backends, END, sessionsOn, START, VOCAB_SIZE, type BackendName } from "../support/backends.js";
import { snapshot } from "../support/snapshot.js";
import { thrownBy, untyped } from "../support/thrown.js";

function detached<Values extends Float32Array | Int32Array | Uint8Array>(values: Values): Values {
  structuredClone(values.buffer, { transfer: [values.buffer as ArrayBuffer] });
  return values;
}

/** A view at the end of a buffer that has shrunk since. */
function cutOff(): Int32Array {
  const buffer = new ResizableBuffer(16, { maxByteLength: 16 });
  const view = new Int32Array(buffer, 8, 2);
  buffer.resize(4);
  return view;
}

/** TypeScript's library of the target does not know these options yet. */
const ResizableBuffer = ArrayBuffer as unknown as new (
  length: number,
  options: { maxByteLength: number },
) => ArrayBuffer & { resize(length: number): void };

/** An array without entries that says it has some. */
function claiming(length: unknown): number[] {
  return new Proxy<number[]>([], {
    get: (target, name): unknown => (name === "length" ? length : Reflect.get(target, name)),
  });
}

/** A typed array that says it has another length. */
function lying<Values extends object>(values: Values, length: number): Values {
  return Object.defineProperty(values, "length", { value: length });
}

const most = "to have at most 1073741824 entries";

type Case = [what: string, verb: (session: RecallSession) => unknown, thrown: string];

const id = "to be an integer in [0, 20)";
const idArray = "to be an Int32Array, a Uint32Array, a BigInt64Array or an array of integers";
const noEntries = "(it has none: it is empty, or its buffer is detached)";

/** Whether a span is open or not makes no difference to these. */
const anywhere: Case[] = [
  ["accept nothing", (s) => s.accept(untyped(undefined)), `TypeError: Expected "token" ${id}`],
  ["accept null", (s) => s.accept(untyped(null)), `TypeError: Expected "token" ${id}`],
  ["accept a string", (s) => s.accept(untyped("1")), `TypeError: Expected "token" ${id}`],
  ["accept an array", (s) => s.accept(untyped([1])), `TypeError: Expected "token" ${id}`],
  ["accept a negative id", (s) => s.accept(-1), `RangeError: Expected "token" ${id}`],
  ["accept a fraction", (s) => s.accept(1.5), `RangeError: Expected "token" ${id}`],
  ["accept NaN", (s) => s.accept(NaN), `RangeError: Expected "token" ${id}`],
  ["accept infinity", (s) => s.accept(Infinity), `RangeError: Expected "token" ${id}`],
  ["accept an id past the vocabulary", (s) => s.accept(20), `RangeError: Expected "token" ${id}`],
  ["accept 2^32 + 1", (s) => s.accept(2 ** 32 + 1), `RangeError: Expected "token" ${id}`],
  ["accept a bigint past the vocabulary", (s) => s.accept(20n), `RangeError: Expected "token" ${id}`],
  ["accept a huge bigint", (s) => s.accept(2n ** 64n + 1n), `RangeError: Expected "token" ${id}`],
  ["allows a string", (s) => s.allows(untyped("1")), `TypeError: Expected "token" ${id}`],
  ["allows a fraction", (s) => s.allows(0.1), `RangeError: Expected "token" ${id}`],
  ["acceptAll nothing", (s) => s.acceptAll(untyped(undefined)), `TypeError: Expected "tokens" ${idArray}`],
  ["acceptAll a string", (s) => s.acceptAll(untyped("12")), `TypeError: Expected "tokens" ${idArray}`],
  [
    "acceptAll a Float32Array",
    (s) => s.acceptAll(untyped(Float32Array.of(1))),
    `TypeError: Expected "tokens" ${idArray}`,
  ],
  ["acceptAll a bad id", (s) => s.acceptAll([1, 20]), `RangeError: Expected "tokens[1]" ${id}`],
  [
    "acceptAll a hole",
    (s) => s.acceptAll(untyped(Object.assign([1], { 2: 1 }))),
    `TypeError: Expected "tokens[1]" ${id}`,
  ],
  ["validate a negative id", (s) => s.validate(Int32Array.of(1, 2, -1)), `RangeError: Expected "tokens[2]" ${id}`],
  ["validate a large id", (s) => s.validate(Uint32Array.of(2 ** 32 - 1)), `RangeError: Expected "tokens[0]" ${id}`],
  ["validate a large bigint", (s) => s.validate(BigInt64Array.of(-1n)), `RangeError: Expected "tokens[0]" ${id}`],
  ["validate an object", (s) => s.validate(untyped({ length: 1, 0: 1 })), `TypeError: Expected "tokens" ${idArray}`],
  ["apply to nothing", (s) => s.apply(untyped(undefined)), 'TypeError: Expected "logits" to be a Float32Array'],
  ["apply to an array", (s) => s.apply(untyped(new Array(20))), 'TypeError: Expected "logits" to be a Float32Array'],
  [
    "apply to a Float64Array",
    (s) => s.apply(untyped(new Float64Array(20))),
    'TypeError: Expected "logits" to be a Float32Array',
  ],
  [
    "apply to something that says it is a Float32Array",
    (s) => s.apply(untyped({ length: 20, [Symbol.toStringTag]: "Float32Array" })),
    'TypeError: Expected "logits" to be a Float32Array',
  ],
  [
    "apply to a short row",
    (s) => s.apply(new Float32Array(19)),
    'RangeError: Expected "logits" to have at least 20 entries',
  ],
  [
    "apply to an empty row",
    (s) => s.apply(new Float32Array(0)),
    `RangeError: Expected "logits" to have at least 20 entries ${noEntries}`,
  ],
  [
    "append of detached tokens",
    (s) => s.append(detached(new Int32Array(4))),
    'RangeError: Expected "tokens" to have a buffer that is neither detached nor too small for it',
  ],
  [
    "acceptAll of detached tokens",
    (s) => s.acceptAll(detached(new Int32Array(4))),
    'RangeError: Expected "tokens" to have a buffer that is neither detached nor too small for it',
  ],
  [
    "validate with a view of memory that is gone",
    (s) => s.validate(cutOff()),
    'RangeError: Expected "tokens" to have a buffer that is neither detached nor too small for it',
  ],
  ["acceptAll of too many", (s) => s.acceptAll(claiming(2 ** 32 - 1)), `RangeError: Expected "tokens" ${most}`],
  ["validate nothing, often", (s) => s.validate(claiming(2 ** 30)), `TypeError: Expected "tokens[0]" ${id}`],
  ["acceptAll of half a token", (s) => s.acceptAll(claiming(0.5)), `RangeError: Expected "tokens" ${most}`],
  ["acceptAll of less than none", (s) => s.acceptAll(claiming(-1)), `RangeError: Expected "tokens" ${most}`],
  ["acceptAll of NaN", (s) => s.acceptAll(claiming("many")), `RangeError: Expected "tokens" ${most}`],
  [
    "validate tokens that say they are more",
    (s) => s.validate(lying(Uint32Array.of(20), 2 ** 32 - 1)),
    `RangeError: Expected "tokens[0]" ${id}`,
  ],
  [
    "validate bigints that say they are none",
    (s) => s.validate(lying(BigInt64Array.of(20n), 0)),
    `RangeError: Expected "tokens[0]" ${id}`,
  ],
  [
    "an array that was revoked",
    (s) => {
      const { proxy, revoke } = Proxy.revocable<number[]>([], {});
      revoke();
      s.acceptAll(proxy);
    },
    `TypeError: Expected "tokens" ${idArray}`,
  ],
  [
    "detached offsets",
    (s) => s.append([1], { segment: "new", offsets: detached(new Int32Array(2)) }),
    'RangeError: Expected "offsets" to have a buffer that is neither detached nor too small for it',
  ],
  [
    "detached text",
    (s) => s.append([1], { segment: "new", offsets: [0, 1], text: detached(new Uint8Array(4)) }),
    'RangeError: Expected "text" to have a buffer that is neither detached nor too small for it',
  ],
  [
    "apply to a row that says it is longer",
    (s) => s.apply(lying(new Float32Array(19), 20)),
    'RangeError: Expected "logits" to have at least 20 entries',
  ],
  [
    "fillBitmask of words that say they are more",
    (s) => s.fillBitmask(lying(new Int32Array(0), 1)),
    `RangeError: Expected "words" to have at least 1 entries ${noEntries}`,
  ],
  [
    "apply to a detached row",
    (s) => s.apply(detached(new Float32Array(20))),
    `RangeError: Expected "logits" to have at least 20 entries ${noEntries}`,
  ],
  ["fillBitmask of nothing", (s) => s.fillBitmask(untyped(null)), 'TypeError: Expected "words" to be an Int32Array'],
  [
    "fillBitmask of a Uint32Array",
    (s) => s.fillBitmask(untyped(new Uint32Array(1))),
    'TypeError: Expected "words" to be an Int32Array',
  ],
  [
    "fillBitmask of no words",
    (s) => s.fillBitmask(new Int32Array(0)),
    `RangeError: Expected "words" to have at least 1 entries ${noEntries}`,
  ],
  [
    "fillBitmask of detached words",
    (s) => s.fillBitmask(detached(new Int32Array(4))),
    `RangeError: Expected "words" to have at least 1 entries ${noEntries}`,
  ],
  ["draft of a negative number", (s) => s.draft(-1), 'RangeError: Expected "max" to be an integer in [0, 1073741825)'],
  [
    "draft of nothing",
    (s) => s.draft(untyped(undefined)),
    'TypeError: Expected "max" to be an integer in [0, 1073741825)',
  ],
  [
    "draft of something else",
    (s) => s.draft(1, { choose: untyped("earliest") }),
    'RangeError: Expected "choose" to be one of "agreed", "latest"',
  ],
  ["draft with a string", (s) => s.draft(1, untyped("latest")), 'TypeError: Expected "options" to be an object'],
  [
    "sources below 0",
    (s) => s.quotes[0].sources({ limit: -1 }),
    'RangeError: Expected "limit" to be an integer in [0, 1073741825)',
  ],
  [
    "sources without end",
    (s) => s.quotes[0].sources({ limit: Infinity }),
    'RangeError: Expected "limit" to be an integer in [0, 1073741825)',
  ],
];

/** The session of these has 11 tokens and no open span. */
const outside: Case[] = [
  ["append nothing", (s) => s.append(untyped(undefined)), `TypeError: Expected "tokens" ${idArray}`],
  ["append a number", (s) => s.append(untyped(3)), `TypeError: Expected "tokens" ${idArray}`],
  ["append a Set", (s) => s.append(untyped(new Set([1]))), `TypeError: Expected "tokens" ${idArray}`],
  ["append an Int16Array", (s) => s.append(untyped(Int16Array.of(1))), `TypeError: Expected "tokens" ${idArray}`],
  ["append a negative id", (s) => s.append([1, 2, -3]), `RangeError: Expected "tokens[2]" ${id}`],
  ["append a fraction", (s) => s.append([0.5]), `RangeError: Expected "tokens[0]" ${id}`],
  ["append an id past the vocabulary", (s) => s.append(Int32Array.of(1, 20)), `RangeError: Expected "tokens[1]" ${id}`],
  ["append a bigint past the vocabulary", (s) => s.append([1n, 20n]), `RangeError: Expected "tokens[1]" ${id}`],
  ["append strings", (s) => s.append(untyped(["1"])), `TypeError: Expected "tokens[0]" ${id}`],
  ["append with null", (s) => s.append([1], untyped(null)), 'TypeError: Expected "options" to be an object'],
  ["append with a name", (s) => s.append([1], untyped("a")), 'TypeError: Expected "options" to be an object'],
  [
    "append to segment 7",
    (s) => s.append([1], { segment: untyped(7) }),
    'TypeError: Expected "segment" to be a string',
  ],
  [
    "append recallable 1",
    (s) => s.append([1], { recallable: untyped(1) }),
    'TypeError: Expected "recallable" to be a boolean',
  ],
  [
    "append a name again",
    (s) => s.append([1], { segment: "a" }),
    'SEGMENT_EXISTS: A segment named "a" is in the context already',
  ],
  [
    "append more than there is room for",
    (s) => s.append(new Int32Array(5)),
    "CONTEXT_FULL: The context would grow past 15 tokens",
  ],
  [
    "accept more than there is room for",
    (s) => s.acceptAll([1, 1, 1, 1, 1]),
    "CONTEXT_FULL: The context would grow past 15 tokens",
  ],
  [
    "truncate to nowhere",
    (s) => s.truncate(untyped(undefined)),
    'TypeError: Expected "length" to be an integer in [0, 12)',
  ],
  ["truncate past the start", (s) => s.truncate(-1), 'RangeError: Expected "length" to be an integer in [0, 12)'],
  ["truncate past the end", (s) => s.truncate(12), 'RangeError: Expected "length" to be an integer in [0, 12)'],
  ["truncate to a fraction", (s) => s.truncate(1.5), 'RangeError: Expected "length" to be an integer in [0, 12)'],
  ["roll back past the start", (s) => s.rollback(12), 'RangeError: Expected "count" to be an integer in [0, 12)'],
  ["roll forward", (s) => s.rollback(-1), 'RangeError: Expected "count" to be an integer in [0, 12)'],
  ["roll back a string", (s) => s.rollback(untyped("1")), 'TypeError: Expected "count" to be an integer in [0, 12)'],
  ["endSpan outside", (s) => s.endSpan(), "NOT_IN_SPAN: endSpan needs an open recall span"],
  ["beginSpan with null", (s) => s.beginSpan(untyped(null)), 'TypeError: Expected "options" to be an object'],
  [
    "beginSpan in a name",
    (s) => s.beginSpan({ segments: untyped("a") }),
    'TypeError: Expected "segments" to be an array of strings',
  ],
  [
    "beginSpan in too many segments",
    (s) => s.beginSpan({ segments: untyped(claiming(2 ** 32 - 1)) }),
    `RangeError: Expected "segments" ${most}`,
  ],
  [
    "beginSpan with too many ends",
    (s) => s.beginSpan({ end: claiming(2 ** 31) }),
    `RangeError: Expected "end" ${most}`,
  ],
  [
    "beginSpan in segment 1",
    (s) => s.beginSpan({ segments: untyped(["a", 1]) }),
    'TypeError: Expected "segments[1]" to be a string',
  ],
  [
    "beginSpan in a segment that is not there",
    (s) => s.beginSpan({ segments: ["a", "b"] }),
    'SEGMENT_UNKNOWN: No segment is named "b"',
  ],
  ["beginSpan with one end", (s) => s.beginSpan({ end: untyped(7) }), `TypeError: Expected "end" ${idArray}`],
  ["beginSpan with a bad end", (s) => s.beginSpan({ end: [7, 20] }), `RangeError: Expected "end[1]" ${id}`],
];

/** The session of these has 13 tokens, the last of them an open span's first. */
const inside: Case[] = [
  ["append inside", (s) => s.append([1]), "IN_SPAN: append is not for an open recall span"],
  ["beginSpan inside", (s) => s.beginSpan(), "IN_SPAN: beginSpan is not for an open recall span"],
  [
    "accept a token that is not allowed",
    (s) => s.accept(5),
    "TOKEN_NOT_ALLOWED: Token 5 is not allowed here in the open recall span",
  ],
  [
    "acceptAll with one that is not allowed",
    (s) => s.acceptAll([2, 5]),
    "TOKEN_NOT_ALLOWED: Token 5 is not allowed here in the open recall span",
  ],
  ["truncate past the start", (s) => s.truncate(-1), 'RangeError: Expected "length" to be an integer in [0, 14)'],
  ["roll back past the start", (s) => s.rollback(14), 'RangeError: Expected "count" to be an integer in [0, 14)'],
];

function outsideSession(backend: BackendName): RecallSession {
  const session = sessionsOn(backend)({ maxContextTokens: 15 });
  session.append([1, 2, 3]);
  session.append([1, 2, 4], { segment: "a" });
  session.acceptAll([START, 1, 2, END, 3]);
  return session;
}

function insideSession(backend: BackendName): RecallSession {
  const session = outsideSession(backend);
  session.acceptAll([START, 1]);
  return session;
}

for (const backend of backends) {
  for (const [where, makeSession, cases] of [
    ["outside a span", outsideSession, [...anywhere, ...outside]],
    ["inside a span", insideSession, [...anywhere, ...inside]],
  ] as const) {
    for (const [what, verb, thrown] of cases) {
      test(`${what}, ${where} (${backend})`, () => {
        const session = makeSession(backend);
        const before = snapshot(session);
        assert.is(
          thrownBy(() => verb(session)),
          thrown,
        );
        assert.equal(snapshot(session), before);
      });
    }
  }

  test(`every verb of a closed session throws CLOSED, and closing twice changes nothing (${backend})`, () => {
    const session = insideSession(backend);
    const [span] = session.quotes;
    session.close();
    session.close();
    session[Symbol.dispose]();
    const verbs: Record<string, () => unknown> = {
      inSpan: () => session.inSpan,
      contextLength: () => session.contextLength,
      spans: () => session.quotes,
      append: () => session.append([1]),
      accept: () => session.accept(1),
      acceptAll: () => session.acceptAll([1]),
      validate: () => session.validate([1]),
      allowed: () => session.allowed(),
      allows: () => session.allows(1),
      fillBitmask: () => session.fillBitmask(new Int32Array(1)),
      apply: () => session.apply(new Float32Array(20)),
      draft: () => session.draft(1),
      truncate: () => session.truncate(0),
      rollback: () => session.rollback(1),
      reset: () => session.reset(),
      fork: () => session.fork(),
      beginSpan: () => session.beginSpan(),
      endSpan: () => session.endSpan(),
      sources: () => span.sources(),
      sample: () => new ConstrainedSampler().sample(new Float32Array(20), session),
    };
    for (const [name, verb] of Object.entries(verbs)) {
      assert.is(thrownBy(verb), "CLOSED: The session is closed", name);
    }
    assert.is(session.backend, backend);
  });

  test(`a span that was undone has no sources any more (${backend})`, () => {
    const session = outsideSession(backend);
    const [span] = session.quotes;
    session.truncate(6);
    session.acceptAll([7, 7, 7]);
    assert.is(
      thrownBy(() => span.sources()),
      "SPAN_UNDONE: The span has been undone",
    );
    assert.equal(Array.from(span.tokens), [1, 2]);
  });

  test(`logits that are not numbers or not finite are masked like others (${backend})`, () => {
    const session = insideSession(backend);
    for (const value of [NaN, Infinity, -Infinity]) {
      const logits = new Float32Array(23).fill(value);
      assert.is(session.apply(logits), true);
      for (let token = 0; token < 23; token++) {
        assert.ok(Object.is(logits[token], token === 2 || token === END ? value : -Infinity));
      }
    }
  });

  test(`logits and words may be views at any offset, of buffers of any kind (${backend})`, () => {
    const session = insideSession(backend);
    for (const buffer of [new ArrayBuffer(400), new SharedArrayBuffer(400)]) {
      for (const offset of [0, 4, 12, 36]) {
        const logits = new Float32Array(buffer, offset, 20).fill(1);
        session.apply(logits);
        assert.equal(
          Array.from(logits.keys()).filter((token) => logits[token] === 1),
          [2, END],
        );
        const words = new Int32Array(buffer, offset, 2);
        session.fillBitmask(words);
        assert.equal(Array.from(words), [(1 << 2) | (1 << END), 0]);
      }
    }
  });

  for (const said of [0, 19, 2 ** 30])
    test(`apply masks the entries that a row has, where it says it has ${said} (${backend})`, () => {
      const session = insideSession(backend);
      const row = new Float32Array(24).fill(1);
      assert.is(session.apply(lying(row, said)), true);
      for (let id = 0; id < 24; id++) assert.is(row[id], id === 2 || id === END ? 1 : -Infinity);
    });

  test(`tokens may come in any of the named types (${backend})`, () => {
    const session = sessionsOn(backend)();
    const shared = new Int32Array(new SharedArrayBuffer(8));
    shared.set([9, 10]);
    session.append(Int32Array.of(1, 2));
    session.append(Uint32Array.of(3, 4));
    session.append(BigInt64Array.of(5n, 6n));
    session.append([7n, 8n]);
    session.append(shared);
    session.acceptAll([BigInt(START), 1n]);
    session.accept(2n);
    assert.equal(Array.from(session.draft(20)), [3, 4, 5, 6, 7, 8, 9, 10]);
    assert.is(session.allows(3n), true);
  });

  test(`nothing at all is fine: no tokens, no context (${backend})`, () => {
    const session = sessionsOn(backend)();
    session.append([]);
    session.append(new Int32Array(0), { segment: "" });
    session.acceptAll([]);
    assert.is(session.validate([]), 0);
    session.rollback(0);
    session.truncate(0);
    session.reset();
    session.beginSpan({ segments: [], end: [] });
    assert.equal(Array.from(session.allowed()!), []);
    const logits = new Float32Array(20);
    assert.is(session.apply(logits), true);
    assert.ok(logits.every((logit) => logit === -Infinity));
    session.endSpan();
    assert.equal(session.quotes[0].sources(), []);
  });

  test(`a context refuses what a session refuses, and more once it is frozen (${backend})`, () => {
    const context = new RecallContext({ vocabSize: VOCAB_SIZE, backend });
    assert.is(
      thrownBy(() => context.append([20])),
      `RangeError: Expected "tokens[0]" ${id}`,
    );
    assert.is(
      thrownBy(() => new RecallSession({ context })),
      "NOT_FROZEN: A session can only be built on a frozen context",
    );
    context.append([1, 2], { segment: "a" });
    assert.is(
      thrownBy(() => context.append([1], { segment: "a" })),
      'SEGMENT_EXISTS: A segment named "a" is in the context already',
    );
    assert.is(context.frozen, false);
    context.freeze().freeze();
    assert.is(context.frozen, true);
    assert.is(context.length, 2);
    assert.is(
      thrownBy(() => context.append([1])),
      "FROZEN: The context is frozen: append to a session on it instead",
    );
    const session = new RecallSession({ context });
    const before = snapshot(session);
    context.close();
    context.close();
    for (const verb of [
      () => context.append([1]),
      () => context.freeze(),
      () => context.length,
      () => new RecallSession({ context }),
    ]) {
      assert.is(thrownBy(verb), "CLOSED: The context is closed");
    }
    assert.equal(snapshot(session), before);
    session.beginSpan();
    assert.equal(Array.from(session.allowed()!), [1, 2]);
  });

  test(`a session on a context inherits its options, and may not differ (${backend})`, () => {
    const context = new RecallContext({
      vocabSize: 20,
      startTokenId: 18,
      endTokenId: 19,
      barrierTokenIds: [17],
      backend,
    }).freeze();
    const same = { vocabSize: 20, startTokenId: 18, endTokenId: 19, barrierTokenIds: [17], backend };
    assert.is(new RecallSession({ context, ...same }).backend, backend);
    assert.is(new RecallSession({ context, backend: "auto" }).startTokenId, 18);
    const other = backend === "native" ? "javascript" : "native";
    for (const [options, thrown] of [
      [{ vocabSize: 21 }, 'RangeError: Expected "vocabSize" to be 20, as in "context"'],
      [{ startTokenId: 1 }, 'RangeError: Expected "startTokenId" to be 18, as in "context"'],
      [{ endTokenId: 1 }, 'RangeError: Expected "endTokenId" to be 19, as in "context"'],
      [{ barrierTokenIds: [] }, 'RangeError: Expected "barrierTokenIds" to be [17,18,19], as in "context"'],
      [{ backend: other }, `RangeError: Expected "backend" to be "${backend}", as in "context"`],
    ] as const) {
      assert.is(
        thrownBy(() => new RecallSession({ context, ...options })),
        thrown,
      );
    }
  });
}

const [backend] = backends;
for (const [what, options, thrown] of [
  ["nothing", undefined, 'TypeError: Expected "vocabSize" to be an integer in [1, 1073741825)'],
  ["null", null, 'TypeError: Expected "options" to be an object'],
  ["a string", "qwen", 'TypeError: Expected "options" to be an object'],
  ["no ids", { vocabSize: 0 }, 'RangeError: Expected "vocabSize" to be an integer in [1, 1073741825)'],
  ["too many ids", { vocabSize: 2 ** 31 }, 'RangeError: Expected "vocabSize" to be an integer in [1, 1073741825)'],
  ["half an id", { vocabSize: 0.5 }, 'RangeError: Expected "vocabSize" to be an integer in [1, 1073741825)'],
  ["a far start", { vocabSize: 20, startTokenId: 20 }, `RangeError: Expected "startTokenId" ${id}`],
  ["a null start", { vocabSize: 20, startTokenId: null }, `TypeError: Expected "startTokenId" ${id}`],
  ["a negative end", { vocabSize: 20, endTokenId: -1 }, `RangeError: Expected "endTokenId" ${id}`],
  [
    "one delimiter",
    { vocabSize: 20, startTokenId: 3, endTokenId: 3 },
    'RangeError: Expected "endTokenId" to differ from "startTokenId"',
  ],
  ["one barrier", { vocabSize: 20, barrierTokenIds: 3 }, `TypeError: Expected "barrierTokenIds" ${idArray}`],
  ["a far barrier", { vocabSize: 20, barrierTokenIds: [3, 20] }, `RangeError: Expected "barrierTokenIds[1]" ${id}`],
  [
    "an engine that is not there",
    { vocabSize: 20, backend: "cuda" },
    'RangeError: Expected "backend" to be one of "auto", "native", "javascript"',
  ],
  [
    "an engine by number",
    { vocabSize: 20, backend: 1 },
    'TypeError: Expected "backend" to be one of "auto", "native", "javascript"',
  ],
] as const) {
  test(`a session or a context with ${what}`, () => {
    assert.is(
      thrownBy(() => new RecallSession(options as never)),
      thrown,
    );
    assert.is(
      thrownBy(() => new RecallContext(options as never)),
      thrown,
    );
  });
}

for (const [what, options, thrown] of [
  ["an empty span", { maxSpanTokens: 0 }, 'RangeError: Expected "maxSpanTokens" to be an integer in [1, 1073741825)'],
  ["a long least span", { minSpanTokens: 129 }, 'RangeError: Expected "minSpanTokens" to be an integer in [0, 129)'],
  ["a negative least span", { minSpanTokens: -1 }, 'RangeError: Expected "minSpanTokens" to be an integer in [0, 129)'],
  [
    "a mask that is no number",
    { maskValue: NaN },
    'RangeError: Expected "maskValue" to be a number in [-Infinity, Infinity]',
  ],
  ["a mask in words", { maskValue: "-inf" }, 'TypeError: Expected "maskValue" to be a number in [-Infinity, Infinity]'],
  ["recallGenerated: 0", { recallGenerated: 0 }, 'TypeError: Expected "recallGenerated" to be a boolean'],
  [
    "a negative limit",
    { maxContextTokens: -1 },
    'RangeError: Expected "maxContextTokens" to be an integer in [0, 1073741824)',
  ],
  ["a context that is none", { context: {} }, 'TypeError: Expected "context" to be a RecallContext'],
  [
    "a context that only looks like one",
    { context: Object.create(RecallContext.prototype) as object },
    'TypeError: Expected "context" to be a RecallContext',
  ],
] as const) {
  test(`a session with ${what}`, () => {
    assert.is(
      thrownBy(() => new RecallSession({ vocabSize: 20, backend, ...options } as never)),
      thrown,
    );
  });
}

test("a session whose limit is below its context", () => {
  const context = new RecallContext({ vocabSize: 20, backend });
  context.append([1, 2, 3]);
  context.freeze();
  assert.is(
    thrownBy(() => new RecallSession({ context, maxContextTokens: 2 })),
    'RangeError: Expected "maxContextTokens" to be an integer in [3, 1073741824)',
  );
});

test.run();
