import { test } from "uvu";
import * as assert from "uvu/assert";
import { JavaScriptMatcher } from "../../lib/engine/javascript/tokens/matcher.js";
import { NativeMatcher } from "../../lib/engine/native/matcher.js";
import { RecallBatch, RecallSession } from "../../lib/entry/index.js";
import { backends, END, sessionsOn, START } from "../support/backends.js";
import { ids, snapshot } from "../support/snapshot.js";

/** The message of what is thrown, behind its class. */
function thrownBy(verb: () => unknown): string {
  try {
    verb();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing is thrown";
}

/** An array that says it has so many entries; reading one is an error. */
function claims(length: number): number[] {
  const get = (_: unknown, name: string | symbol): unknown => {
    if (name === "length") return length;
    throw new Error("It was read");
  };
  return new Proxy<number[]>([], { get });
}

function detached(values: Int32Array): Int32Array {
  structuredClone(values.buffer, { transfer: [values.buffer as ArrayBuffer] });
  return values;
}

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  /** Rows: outside a span; after 1; after 2; in a span, but full. */
  function makeRows(): { batch: RecallBatch; rows: RecallSession[] } {
    const rows = [makeSession(), makeSession(), makeSession(), makeSession({ maxContextTokens: 7 })];
    for (const session of rows) session.append([1, 2, 3, 1, 4]);
    rows[1].acceptAll([START, 1]);
    rows[2].acceptAll([START, 2]);
    rows[3].acceptAll([START, 3]);
    const batch = new RecallBatch();
    rows.forEach((session, row) => assert.is(batch.add(session), row));
    return { batch, rows };
  }

  test(`rows are added, removed and moved (${backend})`, () => {
    const { batch, rows } = makeRows();
    rows[0].accept(START);
    const allowed = rows.map((each) => ids(each.allowed())?.join());
    const order = () =>
      Array.from({ length: batch.size }, (_, row) => allowed.indexOf(ids(batch.allowed(row))?.join()));
    assert.equal(order(), [0, 1, 2, 3]);
    batch.move(0, 2);
    assert.equal(order(), [1, 2, 0, 3]);
    batch.move(3, 0);
    assert.equal(order(), [3, 1, 2, 0]);
    assert.is(batch.remove(1), rows[1]);
    assert.equal(order(), [3, 2, 0]);
    assert.is(batch.add(rows[1]), 3);
    assert.equal(order(), [3, 2, 0, 1]);
    assert.is(batch.size, 4);
  });

  test(`accept gives a status per row, and one row's error touches no other (${backend})`, () => {
    const { batch, rows } = makeRows();
    const expected = [rows[0].fork(), rows[1].fork(), rows[2].fork(), rows[3].fork()];
    expected[0].accept(7);
    expected[2].accept(3);
    assert.equal(batch.accept([7, 9, 3, 1]), ["outside", "TOKEN_NOT_ALLOWED", "inside", "CONTEXT_FULL"]);
    rows.forEach((session, row) => assert.equal(snapshot(session), snapshot(expected[row])));
    assert.equal(batch.accept(Int32Array.of(-1, 20, -1, -2)), ["skipped", "OUT_OF_RANGE", "skipped", "OUT_OF_RANGE"]);
    assert.equal(batch.accept([1.5, NaN, Infinity, 2 ** 32]), new Array(4).fill("OUT_OF_RANGE"));
    rows.forEach((session, row) => assert.equal(snapshot(session), snapshot(expected[row])));
    rows[0].close();
    assert.equal(batch.accept([1, 2, -1, -1]), ["CLOSED", "inside", "skipped", "skipped"]);
  });

  test(`accept says of each row what its session's accept would have said (${backend})`, () => {
    const { batch } = makeRows();
    const steps = [
      [START, END, 3, -1],
      [1, START, END, -1],
      [END, 2, 9, -1],
    ];
    assert.equal(
      steps.map((tokens) => batch.accept(tokens)),
      [
        ["opened", "closed", "inside", "skipped"],
        ["inside", "opened", "closed", "skipped"],
        ["closed", "inside", "outside", "skipped"],
      ],
    );
  });

  test(`a row's entry of any type is that row's matter (${backend})`, () => {
    for (const entry of [2n ** 64n, -2n, undefined, null, "5", "", Symbol("5"), {}, [5], () => 5, true]) {
      const { batch, rows } = makeRows();
      const refused = [rows[1], rows[3]].map(snapshot);
      const tokens = [1, entry, 3n, entry] as never;
      assert.equal(batch.accept(tokens), ["outside", "OUT_OF_RANGE", "inside", "OUT_OF_RANGE"]);
      assert.equal([rows[1], rows[3]].map(snapshot), refused);
    }
    const { batch } = makeRows();
    assert.equal(batch.accept([-1n, 2n, -1, -1n]), ["skipped", "inside", "skipped", "skipped"]);
  });

  test(`accept reads each entry once, and all of them before it changes a row (${backend})`, () => {
    const { batch, rows } = makeRows();
    const before = rows.map(snapshot);
    const entry = (...values: (() => number)[]) => ({ get: () => values.shift()?.() ?? 9 });
    const failing = Object.defineProperty([1, 2, 3, 1], 3, {
      get: () => {
        throw new Error("no token");
      },
    });
    assert.throws(() => batch.accept(failing), /no token/);
    assert.equal(rows.map(snapshot), before);
    assert.equal(
      batch.accept(
        Object.defineProperty(
          [1, 2, 3, -1],
          2,
          entry(() => 3),
        ),
      ),
      ["outside", "inside", "inside", "skipped"],
    );
    const removing = entry(() => {
      batch.remove(3);
      return 2;
    });
    assert.throws(() => batch.accept(Object.defineProperty([1, 2, 3, -1], 0, removing)), /3 entries, one per row/);
  });

  test(`apply masks the rows that are in a span (${backend})`, () => {
    const { batch, rows } = makeRows();
    rows.push(makeSession());
    batch.add(rows[4]);
    rows[3].close();
    for (const width of [20, 23, 32]) {
      for (const prepared of [false, true]) {
        if (prepared) batch.prepare();
        const logits = new Float32Array(5 * width + 3).fill(1);
        assert.is(batch.apply(logits, width), 2);
        logits.forEach((logit, i) => {
          const [row, column] = [Math.floor(i / width), i % width];
          const allowed = row === 1 ? [2, 4, END] : row === 2 ? [3, END] : null;
          assert.is(logit, allowed === null || allowed.includes(column) ? 1 : -Infinity, `${row}, ${column}`);
        });
      }
    }
  });

  test(`fillBitmask writes every row and says which need applying (${backend})`, () => {
    const { batch, rows } = makeRows();
    rows[3].close();
    for (const wordsPerRow of [1, 2, 5]) {
      const words = new Int32Array(4 * wordsPerRow).fill(0x5a5a5a5a);
      assert.equal(batch.fillBitmask(words, wordsPerRow), [false, true, true, false]);
      const row = (first: number, rest: number) => [first, ...new Array(wordsPerRow - 1).fill(rest)];
      assert.equal(ids(words), [
        ...row(-1, -1),
        ...row((1 << 2) | (1 << 4) | (1 << END), 0),
        ...row((1 << 3) | (1 << END), 0),
        ...row(-1, -1),
      ]);
    }
  });

  test(`allowed is the session's (${backend})`, () => {
    const { batch, rows } = makeRows();
    batch.prepare();
    assert.is(batch.allowed(0), null);
    assert.equal(ids(batch.allowed(1)), [2, 4, END]);
    rows[1].close();
    batch.prepare();
    assert.is(
      thrownBy(() => batch.allowed(1)),
      "RecallError: The session is closed",
    );
    assert.equal(ids(batch.allowed(2)), [3, END]);
  });

  test(`prepare works the sets out: nothing is left to search afterwards (${backend})`, () => {
    const matcher = (backend === "native" ? NativeMatcher : JavaScriptMatcher).prototype;
    const { continuations } = matcher;
    let calls = 0;
    matcher.continuations = function () {
      calls++;
      return continuations.call(this);
    };
    try {
      const { batch, rows } = makeRows();
      const wide = makeSession({ vocabSize: 1000 });
      wide.append(Array.from({ length: 900 }, (_, i) => (i % 3 === 0 ? 20 : 20 + i)));
      wide.accept(START);
      batch.add(wide);
      rows[0].accept(START);
      for (const token of [null, 20]) {
        if (token !== null) assert.is(batch.accept([-1, -1, -1, -1, token]).at(-1), "inside");
        const before = calls;
        batch.prepare();
        assert.ok(calls > before);
        calls = 0;
        assert.equal(ids(batch.allowed(0)), [1, 2, 3, 4, END]);
        assert.ok(batch.allowed(4)!.length > 200);
        assert.is(batch.apply(new Float32Array(5 * 1000), 1000), 5);
        batch.fillBitmask(new Int32Array(5 * 32), 32);
        assert.is(calls, 0);
      }
    } finally {
      matcher.continuations = continuations;
    }
  });

  test(`rows of different vocabularies: the row must hold the largest (${backend})`, () => {
    const { batch, rows } = makeRows();
    const wide = makeSession({ vocabSize: 40 });
    batch.add(wide);
    wide.append([35]);
    wide.accept(START);
    const before = rows.map(snapshot);
    const logits = new Float32Array(200).fill(1);
    assert.is(
      thrownBy(() => batch.apply(logits, 39)),
      'RangeError: Expected "width" to be an integer in [40, 2147483648)',
    );
    assert.ok(logits.every((logit) => logit === 1));
    assert.is(
      thrownBy(() => batch.fillBitmask(new Int32Array(10), 1)),
      'RangeError: Expected "wordsPerRow" to be an integer in [2, 2147483648)',
    );
    assert.equal(rows.map(snapshot), before);
    assert.equal(batch.accept([25, -1, -1, -1, 35]), ["OUT_OF_RANGE", "skipped", "skipped", "skipped", "inside"]);
  });

  test(`bad arguments are refused, and no row is changed (${backend})`, () => {
    const { batch, rows } = makeRows();
    const before = rows.map(snapshot);
    const logits = new Float32Array(80).fill(1);
    const row = "to be an integer in [0, 4)";
    for (const [verb, thrown] of [
      [() => batch.add({} as never), 'TypeError: Expected "session" to be a RecallSession or a RecallTextSession'],
      [
        () => batch.add(Object.create(RecallSession.prototype) as RecallSession),
        'TypeError: Expected "session" to be a RecallSession or a RecallTextSession',
      ],
      [
        () => batch.add(new Proxy(makeSession(), {})),
        'TypeError: Expected "session" to be a RecallSession or a RecallTextSession',
      ],
      [() => batch.add(rows[2]), 'RangeError: Expected "session" not to be in the batch already'],
      [() => batch.remove(4), `RangeError: Expected "row" ${row}`],
      [() => batch.remove("1" as never), `TypeError: Expected "row" ${row}`],
      [() => batch.move(-1, 0), `RangeError: Expected "from" ${row}`],
      [() => batch.move(0, 4), `RangeError: Expected "to" ${row}`],
      [() => batch.allowed(4), `RangeError: Expected "row" ${row}`],
      [() => batch.accept([1, 2, 3]), 'RangeError: Expected "tokens" to have 4 entries, one per row'],
      [() => batch.accept(claims(2 ** 32 - 1)), 'RangeError: Expected "tokens" to have 4 entries, one per row'],
      [
        () => batch.accept(detached(new Int32Array(4))),
        'RangeError: Expected "tokens" to have a buffer that is neither detached nor too small for it',
      ],
      [() => batch.accept("1234" as never), 'TypeError: Expected "tokens" to be an Int32Array or an array of integers'],
      [() => batch.apply(logits, 19), 'RangeError: Expected "width" to be an integer in [20, 2147483648)'],
      [() => batch.apply(logits, 21), 'RangeError: Expected "logits" to have at least 84 entries'],
      [() => batch.apply([] as never, 20), 'TypeError: Expected "logits" to be a Float32Array'],
      [() => batch.fillBitmask(new Int32Array(7), 2), 'RangeError: Expected "words" to have at least 8 entries'],
      [
        () => batch.fillBitmask(new Int32Array(4), undefined as never),
        'TypeError: Expected "wordsPerRow" to be an integer in [1, 2147483648)',
      ],
      [() => batch.fillBitmask([1] as never, 1), 'TypeError: Expected "words" to be an Int32Array'],
    ] as const) {
      assert.is(thrownBy(verb), thrown);
    }
    assert.is(batch.size, 4);
    assert.ok(logits.every((logit) => logit === 1));
    assert.equal(rows.map(snapshot), before);
  });
}

test("an empty batch has nothing to do", () => {
  const batch = new RecallBatch();
  assert.is(batch.size, 0);
  assert.equal(batch.accept([]), []);
  batch.prepare();
  assert.is(batch.apply(new Float32Array(0), 0), 0);
  assert.equal(batch.fillBitmask(new Int32Array(0), 0), []);
});

test.run();
