/** Arguments that do something while they are read: getters that call verbs, memory that changes or goes away. */

import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { expectIntegers } from "../../lib/base/arguments.js";
import { ConstrainedSampler, RecallContext, RecallError, RecallSession } from "../../lib/entry/index.js";
import { backends, END, sessionsOn, START, VOCAB_SIZE } from "../support/backends.js";
import { ids, snapshot } from "../support/snapshot.js";

/** The code, or the class, of what is thrown. */
function thrownBy(verb: () => unknown): string {
  try {
    verb();
  } catch (error) {
    return error instanceof RecallError ? error.code : (error as Error).name;
  }
  return "nothing is thrown";
}

/** An array whose only entry calls `act` when it is read. */
function acting<Entry>(entry: Entry, act: () => void): Entry[] {
  return Object.defineProperty([], 0, {
    get() {
      act();
      return entry;
    },
  }) as Entry[];
}

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  function makeFilled(): RecallSession {
    const session = makeSession();
    session.append([1, 2, 3], { segment: "a" });
    return session;
  }

  for (const [what, verb] of [
    [
      "append's segment",
      (s, act) =>
        s.append([4], {
          get segment() {
            return (act(), "x");
          },
        }),
    ],
    [
      "append's recallable",
      (s, act) =>
        s.append([4], {
          get recallable() {
            return (act(), true);
          },
        }),
    ],
    ["append's offsets", (s, act) => s.append([], { segment: "x", offsets: acting(0, act) })],
    [
      "append's text",
      (s, act) =>
        s.append([], {
          segment: "x",
          offsets: [0],
          get text() {
            return (act(), "");
          },
        }),
    ],
    ["append's tokens", (s, act) => s.append(acting(4, act))],
    [
      "beginSpan's segments",
      (s, act) =>
        s.beginSpan({
          get segments() {
            return (act(), ["a"]);
          },
        }),
    ],
    ["a name in beginSpan's segments", (s, act) => s.beginSpan({ segments: acting("a", act) })],
    ["beginSpan's end", (s, act) => s.beginSpan({ end: acting(5, act) })],
  ] as [string, (session: RecallSession, act: () => void) => void][]) {
    test(`${what} opens a span: IN_SPAN, and the span is whole (${backend})`, () => {
      const session = makeFilled();
      const expected = makeFilled();
      expected.acceptAll([START, 1]);
      assert.is(
        thrownBy(() => verb(session, () => session.inSpan || session.acceptAll([START, 1]))),
        "IN_SPAN",
      );
      assert.equal(snapshot(session), snapshot(expected));
      session.acceptAll([2, END]);
      assert.equal(ids(session.quotes[0].tokens), [1, 2]);
    });

    test(`${what} closes the session: CLOSED (${backend})`, () => {
      const session = makeFilled();
      assert.is(
        thrownBy(() => verb(session, () => session.close())),
        "CLOSED",
      );
    });
  }

  for (const [what, verb] of [
    ["acceptAll", (s, act) => s.acceptAll(acting(2, act))],
    ["validate", (s, act) => s.validate(acting(2, act))],
    [
      "draft",
      (s, act) =>
        s.draft(4, {
          get choose() {
            return (act(), "latest" as const);
          },
        }),
    ],
    [
      "sources",
      (s, act) =>
        s.quotes[0].sources({
          get limit() {
            return (act(), 4);
          },
        }),
    ],
  ] as [string, (session: RecallSession, act: () => void) => unknown][]) {
    test(`what ${what} reads closes the session: CLOSED (${backend})`, () => {
      const session = makeFilled();
      session.acceptAll([START, 1]);
      assert.is(
        thrownBy(() => verb(session, () => session.close())),
        "CLOSED",
      );
    });
  }

  test(`what acceptAll and validate read changes the session: they go on from there (${backend})`, () => {
    const session = makeFilled();
    session.acceptAll([START, 1]);
    assert.is(session.validate(acting(3, () => session.accept(2))), 1);
    session.acceptAll(acting(END, () => session.accept(3)));
    assert.equal(ids(session.quotes[0].tokens), [1, 2, 3]);
    assert.is(session.inSpan, false);
  });

  test(`a getter cannot change tokens that were checked (${backend})`, () => {
    for (const option of ["segment", "recallable", "offsets", "text"] as const) {
      const tokens = Int32Array.of(1, 2);
      const options = Object.defineProperty(
        { segment: "x", offsets: [0, 1, 2], text: "ab", recallable: true },
        option,
        {
          get() {
            tokens[1] = VOCAB_SIZE;
            return { segment: "x", offsets: [0, 1, 2], text: "ab", recallable: true }[option];
          },
        },
      );
      const context = new RecallContext({ vocabSize: VOCAB_SIZE, backend });
      const session = makeFilled();
      const before = snapshot(session);
      assert.is(
        thrownBy(() => session.append(tokens, options)),
        "RangeError",
      );
      assert.equal(snapshot(session), before);
      tokens[1] = 2;
      assert.is(
        thrownBy(() => context.append(tokens, options)),
        "RangeError",
      );
      assert.is(context.length, 0);
    }
  });

  test(`a context that its own append's options freeze, or close, takes nothing (${backend})`, () => {
    const context = new RecallContext({ vocabSize: VOCAB_SIZE, backend });
    const append = (act: () => void) => () =>
      context.append([1], {
        get segment() {
          return (act(), "x");
        },
      });
    assert.is(thrownBy(append(() => context.freeze())), "FROZEN");
    assert.is(context.length, 0);
    assert.is(thrownBy(append(() => context.close())), "CLOSED");
  });

  test(`a context that a session's options close: CLOSED (${backend})`, () => {
    const context = new RecallContext({ vocabSize: VOCAB_SIZE, backend }).freeze();
    for (const name of ["maxSpanTokens", "barrierTokenIds"]) {
      const options = Object.defineProperty({ context }, name, {
        get: () => void context.close(),
      });
      assert.is(
        thrownBy(() => new RecallSession(options)),
        "CLOSED",
      );
    }
  });

  test(`offsets and text that change afterwards change nothing (${backend})`, () => {
    const session = makeSession();
    const offsets = Int32Array.of(0, 2, 4);
    const text = new TextEncoder().encode("a\nb\n");
    session.append([5, 6], { segment: "x", offsets, text });
    offsets.fill(0);
    text.fill(0);
    session.acceptAll([START, 6, END]);
    assert.equal(session.quotes[0].sources(), [
      { segment: "x", start: 1, end: 2, bytes: [2, 4], chars: [2, 4], lines: [2, 2] },
    ]);
  });

  test(`the array of allowed() may be transferred: the session works its set out again (${backend})`, () => {
    const session = makeFilled();
    session.append(Array.from({ length: 15 }, (_, id) => id + 3));
    for (const [token, expected] of [
      [START, [...Array(18).keys(), END].slice(1)],
      [1, [2, END]],
    ] as const) {
      session.accept(token);
      const words = new Int32Array(1);
      session.fillBitmask(words);
      const expectedWords = ids(words);
      for (let round = 0; round < 2; round++) {
        const allowed = session.allowed()!;
        structuredClone(allowed.buffer, { transfer: [allowed.buffer as ArrayBuffer] });
        const logits = new Float32Array(VOCAB_SIZE).fill(1);
        assert.is(session.apply(logits), true);
        assert.equal(
          [...logits.keys()].filter((id) => logits[id] === 1),
          expected,
        );
        session.fillBitmask(words);
        assert.equal(ids(words), expectedWords);
        assert.equal(ids(session.allowed()), expected);
      }
    }
    const allowed = session.allowed()!;
    structuredClone(allowed.buffer, { transfer: [allowed.buffer as ArrayBuffer] });
    session.accept(2);
    assert.equal(ids(session.allowed()), [3, END]);
  });

  test(`what is written into the array of allowed() changes nothing (${backend})`, () => {
    const session = makeFilled();
    session.acceptAll([START, 1]);
    const before = snapshot(session);
    for (const written of [0, 5, -1, VOCAB_SIZE, 2 ** 31 - 1, -(2 ** 31)]) {
      session.allowed()!.fill(written);
      const row = new Float32Array(VOCAB_SIZE).fill(1);
      session.apply(row);
      assert.equal(
        [...row.keys()].filter((id) => row[id] === 1),
        [2, END],
      );
      const favoured = new Float32Array(VOCAB_SIZE).fill(9);
      favoured[2] = 10;
      assert.is(new ConstrainedSampler({ temperature: 0 }).sample(favoured, session), 2);
      assert.equal(snapshot(session), before);
    }
  });
}

test("integers are copied out of memory of any kind, whoever's it is", () => {
  const foreign = runInNewContext("[new ArrayBuffer(8), new SharedArrayBuffer(8)]") as ArrayBufferLike[];
  for (const buffer of [new ArrayBuffer(8), new SharedArrayBuffer(8), ...foreign]) {
    const given = new Int32Array(buffer);
    given.set([1, 2]);
    const integers = expectIntegers("tokens", given, VOCAB_SIZE);
    given.fill(VOCAB_SIZE);
    assert.equal(ids(integers), [1, 2]);
  }
});

test("no more memory is taken for integers than there are, whatever the array says", () => {
  const { arrayBuffers } = process.memoryUsage();
  let taken = 0;
  const claim = new Proxy<number[]>([], {
    get(_, name) {
      if (name === "length") return 2 ** 30;
      taken = Math.max(taken, process.memoryUsage().arrayBuffers - arrayBuffers);
      return name === "100" ? -1 : 1;
    },
  });
  assert.throws(() => expectIntegers("tokens", claim, VOCAB_SIZE), /Expected "tokens\[100\]"/);
  assert.ok(taken < 1 << 20, `${taken} bytes`);
});

test("integers that are more than are read ahead come out whole", () => {
  const many = Array.from({ length: 200_001 }, (_, i) => i % VOCAB_SIZE);
  assert.equal(ids(expectIntegers("tokens", many, VOCAB_SIZE)), many);
});

test("integers are those that the memory holds, whatever the object says about itself", () => {
  const lying = Int32Array.of(1, VOCAB_SIZE);
  Object.defineProperty(lying, "length", { value: 1 });
  Object.defineProperty(lying, "slice", { value: () => Int32Array.of(1) });
  assert.throws(() => expectIntegers("tokens", lying, VOCAB_SIZE), /Expected "tokens\[1\]"/);
});

test.run();
