import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallContext, RecallSession, type RecallSource } from "../../lib/entry/index.js";
import { backends, sessionsOn, START, type SessionMaker } from "../support/backends.js";
import { snapshot } from "../support/snapshot.js";

const TEXT = "été\nà 🙂\n\nfin";
/** é t é \n | à ␣ | 🙂 | \n | \n | fin, in UTF-8 bytes. */
const PIECES = ["été\n", "à ", "🙂", "\n", "\n", "fin"];
const OFFSETS = [0, 6, 9, 13, 14, 15, 18];
const TOKENS = [1, 2, 3, 4, 4, 5];

function sourcesOf(session: RecallSession, tokens: number[]): RecallSource[] {
  session.beginSpan();
  session.acceptAll(tokens);
  const sources = session.quotes.at(-1)!.sources();
  session.truncate(session.quotes.at(-1)!.start);
  session.endSpan();
  return sources;
}

function withDocument(makeSession: SessionMaker, text?: string | Uint8Array): RecallSession {
  const session = makeSession();
  session.append([9, 9]);
  session.append(TOKENS, { segment: "doc", offsets: OFFSETS, text });
  return session;
}

test("the example's offsets are those of its text", () => {
  const encoder = new TextEncoder();
  let at = 0;
  const offsets = [0, ...PIECES.map((piece) => (at += encoder.encode(piece).length))];
  assert.equal(offsets, OFFSETS);
  assert.is(PIECES.join(""), TEXT);
});

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`sources come in bytes, characters and lines (${backend})`, () => {
    for (const text of [TEXT, new TextEncoder().encode(TEXT)]) {
      const session = withDocument(makeSession, text);
      const place = (tokens: number[]) =>
        sourcesOf(session, tokens).map(({ bytes, chars, lines }) => ({ bytes, chars, lines }));
      for (const token of [1, 2, 3, 5]) {
        const [{ chars }] = place([token]);
        assert.is(TEXT.slice(...chars!), PIECES[TOKENS.indexOf(token)]);
      }
      // A newline belongs to the line that it ends.
      assert.equal(place([1]), [{ bytes: [0, 6], chars: [0, 4], lines: [1, 1] }]);
      assert.equal(place([1, 2]), [{ bytes: [0, 9], chars: [0, 6], lines: [1, 2] }]);
      assert.equal(place([3]), [{ bytes: [9, 13], chars: [6, 8], lines: [2, 2] }]);
      assert.equal(place([4]), [
        { bytes: [13, 14], chars: [8, 9], lines: [2, 2] },
        { bytes: [14, 15], chars: [9, 10], lines: [3, 3] },
      ]);
      assert.equal(place([3, 4, 4, 5]), [{ bytes: [9, 18], chars: [6, 13], lines: [2, 4] }]);
      assert.equal(place([5]), [{ bytes: [15, 18], chars: [10, 13], lines: [4, 4] }]);
      assert.equal(sourcesOf(session, [2, 3]), [
        { segment: "doc", start: 1, end: 3, bytes: [6, 13], chars: [4, 8], lines: [2, 2] },
      ]);
    }
  });

  test(`without text there are no lines, without offsets no bytes (${backend})`, () => {
    assert.equal(sourcesOf(withDocument(makeSession), [1, 2]), [{ segment: "doc", start: 0, end: 2, bytes: [0, 9] }]);
    const session = makeSession();
    session.append([1, 2], { segment: "doc" });
    assert.equal(sourcesOf(session, [1, 2]), [{ segment: "doc", start: 0, end: 2 }]);
  });

  test(`what is kept is a copy (${backend})`, () => {
    const session = makeSession();
    const offsets = Int32Array.of(0, 1, 2);
    const text = Uint8Array.of(10, 10);
    session.append([1, 2], { segment: "doc", offsets, text });
    offsets.fill(0);
    text.fill(0);
    assert.equal(sourcesOf(session, [2]), [
      { segment: "doc", start: 1, end: 2, bytes: [1, 2], chars: [1, 2], lines: [2, 2] },
    ]);
  });

  test(`a document may begin before its first token and go on after its last (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2], { segment: "doc", offsets: [2, 3, 4], text: "a\nbcd" });
    assert.equal(sourcesOf(session, [1, 2]), [
      { segment: "doc", start: 0, end: 2, bytes: [2, 4], chars: [2, 4], lines: [2, 2] },
    ]);
  });

  test(`tokens may be empty and cut characters (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3, 4], { segment: "doc", offsets: [0, 0, 2, 4, 5], text: "🙂\n" });
    assert.equal(sourcesOf(session, [1]), [
      { segment: "doc", start: 0, end: 1, bytes: [0, 0], chars: [0, 0], lines: [1, 1] },
    ]);
    assert.equal(sourcesOf(session, [2]), [
      { segment: "doc", start: 1, end: 2, bytes: [0, 2], chars: [0, 2], lines: [1, 1] },
    ]);
  });

  test(`a segment cut in the middle keeps the layout of what is left (${backend})`, () => {
    const session = withDocument(makeSession, TEXT);
    session.truncate(5);
    assert.equal(sourcesOf(session, [2, 3]), [
      { segment: "doc", start: 1, end: 3, bytes: [6, 13], chars: [4, 8], lines: [2, 2] },
    ]);
    assert.is(session.fork().validate([START, 3]), 2);
    assert.is(session.fork().validate([START, 4]), 1);
  });

  test(`segments of a shared context are the session's too (${backend})`, () => {
    const context = new RecallContext({ vocabSize: 20, backend });
    context.append(TOKENS, { segment: "doc", offsets: OFFSETS, text: TEXT });
    context.append([], { segment: "empty" });
    context.freeze();
    const [session, other] = [new RecallSession({ context }), new RecallSession({ context })];
    session.append([3, 4], { segment: "mine" });
    assert.equal(sourcesOf(session, [3, 4]), [
      { segment: "doc", start: 2, end: 4, bytes: [9, 14], chars: [6, 9], lines: [2, 2] },
      { segment: "mine", start: 0, end: 2 },
    ]);
    assert.is(sourcesOf(other, [3, 4]).length, 1);
    assert.throws(
      () => session.append([1], { segment: "empty" }),
      (error: { code: string }) => error.code === "SEGMENT_EXISTS",
    );
    other.append([1], { segment: "mine" });
  });

  test(`sources are found among many segments (${backend})`, () => {
    const session = makeSession({ vocabSize: 2000, startTokenId: undefined, endTokenId: undefined });
    for (let i = 0; i < 300; i++) {
      session.append([1000 + i, 7], { segment: `s${i}` });
      if (i % 3 === 0) session.append([], { segment: `empty${i}` });
      if (i % 5 === 0) session.append([1000 + i, 7]);
    }
    for (const i of [0, 1, 15, 150, 299]) {
      const expected: RecallSource[] = [{ segment: `s${i}`, start: 0, end: 2 }];
      const at = 2 * (i + 1) + 2 * Math.ceil(i / 5);
      if (i % 5 === 0) expected.push({ segment: null, start: at, end: at + 2 });
      assert.equal(sourcesOf(session, [1000 + i, 7]), expected);
    }
  });

  test(`bad layouts are refused, and nothing is appended (${backend})`, () => {
    const session = makeSession();
    session.append([1], { segment: "doc", offsets: [0, 1] });
    const before = snapshot(session);
    const limit = 2 ** 31 - 1;
    for (const [layout, type, message] of [
      [{ offsets: [0, 1] }, RangeError, 'Expected "offsets" to have 3 entries, one more than there are tokens'],
      [{ offsets: [0, 1, 2, 3] }, RangeError, 'Expected "offsets" to have 3 entries, one more than there are tokens'],
      [{ offsets: [0, 2, 1] }, RangeError, 'Expected "offsets[2]" to be at least "offsets[1]"'],
      [{ offsets: [-1, 0, 1] }, RangeError, `Expected "offsets[0]" to be an integer in [0, ${limit})`],
      [{ offsets: [0, 0.5, 1] }, RangeError, `Expected "offsets[1]" to be an integer in [0, ${limit})`],
      [{ offsets: [0, 1, limit] }, RangeError, `Expected "offsets[2]" to be an integer in [0, ${limit})`],
      [{ offsets: [0, "1", 2] }, TypeError, `Expected "offsets[1]" to be an integer in [0, ${limit})`],
      [
        { offsets: "0 1 2" },
        TypeError,
        'Expected "offsets" to be an Int32Array, a Uint32Array, a BigInt64Array or an array of integers',
      ],
      [{ offsets: [0, 1, 3], text: "ab" }, RangeError, 'Expected "offsets[2]" to be at most 2, the bytes of "text"'],
      [{ offsets: [0, 1, 2], text: 7 }, TypeError, 'Expected "text" to be a string or a Uint8Array'],
      [{ text: "ab" }, RangeError, 'Expected "text" only together with "offsets"'],
      [{ segment: undefined, offsets: [0, 1, 2] }, RangeError, 'Expected "offsets" only together with "segment"'],
    ] as const) {
      assert.throws(
        () => session.append([2, 3], { segment: "other", ...layout } as never),
        (error: Error) => error instanceof type && error.message === message,
        message,
      );
    }
    assert.equal(snapshot(session), before);
    session.append([2, 3], { segment: "other" });
  });
}

test.run();
