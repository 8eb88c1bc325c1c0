import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  RecallTextContext,
  RecallTextSession,
  TokenVocabulary,
  type RecallTextSessionOptions,
} from "../../lib/entry/index.js";
import { backends } from "../support/backends.js";
import { thrownBy, untyped } from "../support/thrown.js";
import { textSnapshot, Tokens, utf8 } from "../support/text-vocabulary.js";

const tokens = new Tokens("<recall>", "</recall>", "a", "b", null);
const { vocabulary } = tokens;

function detached(bytes: Uint8Array): Uint8Array {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
  return bytes;
}

type Case<Subject> = [what: string, verb: (subject: Subject) => unknown, thrown: string];

const id = "to be an integer in [0, 5)";
const idArray = "to be an Int32Array, a Uint32Array, a BigInt64Array or an array of integers";
const textType = 'TypeError: Expected "text" to be a string or a Uint8Array';

const verbs: Case<RecallTextSession>[] = [
  ["accept nothing", (s) => s.accept(untyped(undefined)), `TypeError: Expected "token" ${id}`],
  ["accept text", (s) => s.accept(untyped("a")), `TypeError: Expected "token" ${id}`],
  ["accept a negative id", (s) => s.accept(-1), `RangeError: Expected "token" ${id}`],
  ["accept an id past the vocabulary", (s) => s.accept(5n), `RangeError: Expected "token" ${id}`],
  ["allows a fraction", (s) => s.allows(0.5), `RangeError: Expected "token" ${id}`],
  ["acceptAll text", (s) => s.acceptAll(untyped("a")), `TypeError: Expected "tokens" ${idArray}`],
  ["acceptAll a bad id", (s) => s.acceptAll([1, 5]), `RangeError: Expected "tokens[1]" ${id}`],
  ["validate a bad id", (s) => s.validate([-1]), `RangeError: Expected "tokens[0]" ${id}`],
  ["append nothing", (s) => s.append(untyped(undefined)), textType],
  ["append tokens", (s) => s.append(untyped([1, 2])), textType],
  ["append an Int32Array", (s) => s.append(untyped(Int32Array.of(1))), textType],
  [
    "append detached bytes",
    (s) => s.append(detached(utf8("ab"))),
    'RangeError: Expected "text" to have a buffer that is neither detached nor too small for it',
  ],
  [
    "append with a number as options",
    (s) => s.append("a", untyped(1)),
    'TypeError: Expected "options" to be an object',
  ],
  [
    "append to a segment without a name",
    (s) => s.append("a", { segment: untyped(1) }),
    'TypeError: Expected "segment" to be a string',
  ],
  [
    "append what may be recalled, perhaps",
    (s) => s.append("a", { recallable: untyped("no") }),
    'TypeError: Expected "recallable" to be a boolean',
  ],
  ["apply to an array", (s) => s.apply(untyped([0])), 'TypeError: Expected "logits" to be a Float32Array'],
  [
    "apply to a short row",
    (s) => s.apply(new Float32Array(4)),
    'RangeError: Expected "logits" to have at least 5 entries',
  ],
  [
    "fill a bitmask without words",
    (s) => s.fillBitmask(new Int32Array(0)),
    'RangeError: Expected "words" to have at least 1 entries (it has none: it is empty, or its buffer is detached)',
  ],
  ["draft nothing", (s) => s.draft(untyped("1")), 'TypeError: Expected "max" to be an integer in [0, 1073741825)'],
  [
    "draft by a choice that is none",
    (s) => s.draft(1, { choose: untyped("first") }),
    'RangeError: Expected "choose" to be one of "agreed", "latest"',
  ],
  [
    "begin a span in one segment",
    (s) => s.beginSpan({ segments: untyped("a") }),
    'TypeError: Expected "segments" to be an array of strings',
  ],
  [
    "begin a span that tokens end",
    (s) => s.beginSpan({ end: untyped([1]) }),
    'TypeError: Expected "end" to be a string',
  ],
  [
    "begin a span that a long tag ends",
    (s) => s.beginSpan({ end: "é".repeat(2049) }),
    'RangeError: Expected "end" to have at most 4096 bytes',
  ],
  ["begin a span that nothing ends", (s) => s.beginSpan({ end: "" }), 'RangeError: Expected "end" not to be empty'],
  ["truncate to nothing", (s) => s.truncate(untyped(null)), 'TypeError: Expected "length" to be an integer in [0, 5)'],
  ["truncate past the end", (s) => s.truncate(5), 'RangeError: Expected "length" to be an integer in [0, 5)'],
  ["roll back too much", (s) => s.rollback(2), 'RangeError: Expected "count" to be an integer in [0, 2)'],
  [
    "roll back a negative count",
    (s) => s.rollback(-1),
    'RangeError: Expected "count" to be an integer in [0, 1073741825)',
  ],
];

const options: Case<(options: Partial<RecallTextSessionOptions>) => RecallTextSession>[] = [
  [
    "no vocabulary",
    (make) => make({ vocabulary: undefined }),
    'TypeError: Expected "vocabulary" to be a TokenVocabulary',
  ],
  [
    "what only looks like a vocabulary",
    (make) => make({ vocabulary: Object.create(TokenVocabulary.prototype) as TokenVocabulary }),
    'TypeError: Expected "vocabulary" to be a TokenVocabulary',
  ],
  [
    "a vocabulary behind a proxy",
    (make) => make({ vocabulary: new Proxy(vocabulary, {}) }),
    'TypeError: Expected "vocabulary" to be a TokenVocabulary',
  ],
  [
    "what only looks like a context",
    (make) => make({ context: Object.create(RecallTextContext.prototype) as RecallTextContext }),
    'TypeError: Expected "context" to be a RecallTextContext',
  ],
  [
    "a vocabulary of options",
    (make) => make({ vocabulary: untyped({ vocabSize: 5 }) }),
    'TypeError: Expected "vocabulary" to be a TokenVocabulary',
  ],
  ["a tag of bytes", (make) => make({ startTag: untyped(utf8("<")) }), 'TypeError: Expected "startTag" to be a string'],
  ["an empty tag", (make) => make({ endTag: "" }), 'RangeError: Expected "endTag" not to be empty'],
  [
    "a start tag that is too long",
    (make) => make({ startTag: "<".repeat(4097) }),
    'RangeError: Expected "startTag" to have at most 4096 bytes',
  ],
  [
    "an end tag that is too long",
    (make) => make({ endTag: "<".repeat(4097) }),
    'RangeError: Expected "endTag" to have at most 4096 bytes',
  ],
  [
    "no room for a span",
    (make) => make({ maxSpanBytes: 0 }),
    'RangeError: Expected "maxSpanBytes" to be an integer in [1, 1073741825)',
  ],
  [
    "a least span longer than the longest",
    (make) => make({ maxSpanBytes: 4, minSpanBytes: 5 }),
    'RangeError: Expected "minSpanBytes" to be an integer in [0, 5)',
  ],
  [
    "a negative room",
    (make) => make({ maxContextBytes: -1 }),
    'RangeError: Expected "maxContextBytes" to be an integer in [0, 1073741824)',
  ],
  ["JSON, perhaps", (make) => make({ json: untyped(1) }), 'TypeError: Expected "json" to be a boolean'],
  [
    "a unit that is none",
    (make) => make({ snap: untyped("page") }),
    'RangeError: Expected "snap" to be one of "word", "line", "sentence"',
  ],
  [
    "generated text in JSON mode",
    (make) => make({ json: true, recallGenerated: true }),
    'RangeError: Expected "recallGenerated" to be false with "json" or "snap"',
  ],
  [
    "generated text with snap",
    (make) => make({ snap: "word", recallGenerated: true }),
    'RangeError: Expected "recallGenerated" to be false with "json" or "snap"',
  ],
  [
    "a backend that is none",
    (make) => make({ backend: untyped("gpu") }),
    'RangeError: Expected "backend" to be one of "auto", "native", "javascript"',
  ],
  [
    "a session as context",
    (make) => make({ context: untyped(make({})) }),
    'TypeError: Expected "context" to be a RecallTextContext',
  ],
  [
    "JSON on a context without it",
    (make) => make({ context: new RecallTextContext({ vocabulary }).freeze(), json: true }),
    'RangeError: Expected "json" to be false, as in "context"',
  ],
  [
    "another vocabulary than the context's",
    (make) => make({ context: new RecallTextContext({ vocabulary: new Tokens("a").vocabulary }).freeze() }),
    'RangeError: Expected "vocabulary" to be that of "context"',
  ],
];

const vocabularies: Case<null>[] = [
  ["nothing", () => new TokenVocabulary(untyped(null)), 'TypeError: Expected "options" to be an object'],
  [
    "no ids",
    () => new TokenVocabulary({ vocabSize: 0, tokenBytes: [] }),
    'RangeError: Expected "vocabSize" to be an integer in [1, 1073741825)',
  ],
  [
    "no bytes",
    () => new TokenVocabulary(untyped({ vocabSize: 1 })),
    'TypeError: Expected "tokenBytes" to be a function or an array',
  ],
  [
    "an entry too few",
    () => new TokenVocabulary({ vocabSize: 2, tokenBytes: [null] }),
    'RangeError: Expected "tokenBytes" to have 2 entries, one per id',
  ],
  [
    "a token of text",
    () => new TokenVocabulary({ vocabSize: 2, tokenBytes: [null, untyped("a")] }),
    'TypeError: Expected "tokenBytes[1]" to be a Uint8Array, null or undefined',
  ],
  [
    "a function that answers with text",
    () => new TokenVocabulary({ vocabSize: 2, tokenBytes: () => untyped("a") }),
    'TypeError: Expected "tokenBytes(0)" to be a Uint8Array, null or undefined',
  ],
  [
    "a token whose memory is gone",
    () => new TokenVocabulary({ vocabSize: 1, tokenBytes: [detached(utf8("a"))] }),
    'RangeError: Expected "tokenBytes[0]" to have a buffer that is neither detached nor too small for it',
  ],
  [
    "a function whose second answer's memory is gone",
    () => new TokenVocabulary({ vocabSize: 2, tokenBytes: (id) => (id === 0 ? utf8("a") : detached(utf8("a"))) }),
    'RangeError: Expected "tokenBytes(1)" to have a buffer that is neither detached nor too small for it',
  ],
  [
    "a list that says it is longer",
    () => new TokenVocabulary({ vocabSize: 2, tokenBytes: new Proxy([null], { get: () => 2 ** 32 - 1 }) }),
    'RangeError: Expected "tokenBytes" to have 2 entries, one per id',
  ],
  ["the bytes of no id", () => vocabulary.bytes(5), `RangeError: Expected "id" ${id}`],
];

for (const backend of backends) {
  const makeSession = (given: Partial<RecallTextSessionOptions> = {}) =>
    new RecallTextSession({ vocabulary, backend, ...given } as RecallTextSessionOptions);

  for (const [what, verb, thrown] of verbs) {
    test(`Text mode: ${what} (${backend})`, () => {
      const session = makeSession();
      session.append("aba", { segment: "s" });
      session.accept(2);
      const before = textSnapshot(session);
      assert.is(
        thrownBy(() => verb(session)),
        thrown,
      );
      assert.equal(textSnapshot(session), before);
    });
  }

  for (const [what, make, thrown] of options) {
    test(`Text mode, options: ${what} (${backend})`, () => {
      assert.is(
        thrownBy(() =>
          make((given) => makeSession(given.context === undefined ? given : { ...given, backend: "auto" })),
        ),
        thrown,
      );
    });
  }

  test(`Text mode: the longest tags open and close a span (${backend})`, () => {
    const [startTag, endTag] = ["<".repeat(4096), ">".repeat(4096)];
    const long = new Tokens(startTag, endTag, "a");
    const session = long.session(backend, { startTag, endTag });
    session.append("aba");
    session.acceptAll(long.ids(startTag, "a", endTag));
    assert.equal(
      session.quotes.map(({ text, open }) => [text, open]),
      [["a", false]],
    );
    session.beginSpan({ end: startTag });
    session.acceptAll(long.ids("a", startTag));
    assert.is(session.inSpan, false);
  });

  test(`Text mode: text that is not UTF-8 has no words (${backend})`, () => {
    const session = makeSession({ snap: "word" });
    assert.is(
      thrownBy(() => session.append(Uint8Array.of(0x61, 0xff))),
      'RangeError: Expected "text" to be valid UTF-8, as "snap" needs it',
    );
    assert.is(session.contextLength, 0);
  });

  test(`Text mode: text that is not UTF-8 is no JSON (${backend})`, () => {
    const session = makeSession({ json: true });
    assert.is(
      thrownBy(() => session.append(Uint8Array.of(0x61, 0xc3))),
      'RangeError: Expected "text" to be valid UTF-8, as "json" needs it',
    );
    assert.is(session.contextLength, 0);
  });
}

for (const [what, make, thrown] of vocabularies) {
  test(`Text mode, vocabulary: ${what}`, () => {
    assert.is(
      thrownBy(() => make(null)),
      thrown,
    );
  });
}

test("Text mode, vocabulary: a function may answer each time with the same array", () => {
  const scratch = new Uint8Array(1);
  const own = new TokenVocabulary({
    vocabSize: 3,
    tokenBytes: (id) => {
      scratch[0] = 0x41 + id;
      return scratch;
    },
  });
  assert.equal(
    [0, 1, 2].map((id) => new TextDecoder().decode(own.bytes(id))),
    ["A", "B", "C"],
  );
});

test("Text mode, vocabulary: a token has the bytes that its array has when it is given, whatever the array says", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(0x61);
  const lying = Object.defineProperty(utf8("b"), "length", { value: 9 });
  const own = new TokenVocabulary({ vocabSize: 2, tokenBytes: [shared, lying] });
  shared.fill(0);
  assert.equal([[...own.bytes(0)], [...own.bytes(1)]], [[0x61, 0x61], [0x62]]);
});

test("Text mode, vocabulary: what it says is a copy", () => {
  const given = utf8("ab");
  const own = new TokenVocabulary({ vocabSize: 2, tokenBytes: [given, undefined] });
  given[0] = 0;
  own.bytes(0)[0] = 0;
  assert.equal([own.size, [...own.bytes(0)], [...own.bytes(1)]], [2, [0x61, 0x62], []]);
});

test.run();
