import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConstrainedSampler, RecallContext, RecallSession } from "../../../lib/entry/index.js";
import { ContextOracle, type Range } from "../../oracle/oracle.js";
import { definedEdges, type Unit } from "../../oracle/snap-edges.js";
import { backends, END, sessionsOn, START, VOCAB_SIZE } from "../../support/backends.js";
import { Random, seedOfRun } from "../../support/random.js";
import { ids } from "../../support/snapshot.js";
import { thrownBy } from "../../support/thrown.js";

/** Ids 0, 1, 2, … in order: the last token continues the word of the one before it. */
const PIECES = ["The", " har", "bour", ".", " It", " is", " har", "sh"];

/** A document's text and the byte offsets of its pieces. */
function layoutOf(pieces: readonly string[]): { text: string; offsets: number[] } {
  let end = 0;
  const offsets = [0, ...pieces.map((piece) => (end += Buffer.byteLength(piece)))];
  return { text: pieces.join(""), offsets };
}

/** The document with each different piece a token of its own. */
const TOKENS = PIECES.map((piece) => PIECES.indexOf(piece));

const isNotAllowed = (error: { code: string }) => error.code === "TOKEN_NOT_ALLOWED";

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  const withDocument = (snap: Unit) => {
    const session = makeSession({ snap });
    session.append(TOKENS, { segment: "doc", ...layoutOf(PIECES) });
    return session;
  };

  test(`13. A quote starts at an edge only (${backend})`, () => {
    const words = withDocument("word");
    words.accept(START);
    assert.equal(ids(words.allowed()), [0, 1, 3, 4, 5, END]);
    assert.is(words.allows(2), false);
    assert.is(words.allows(7), false);
    const sentences = withDocument("sentence");
    sentences.accept(START);
    assert.equal(ids(sentences.allowed()), [0, 4, END]);
    assert.throws(() => sentences.accept(1), isNotAllowed);
  });

  test(`13. A quote ends at an edge only (${backend})`, () => {
    const words = withDocument("word");
    words.acceptAll([START, 0, 1]);
    assert.equal(ids(words.allowed()), [2]);
    assert.is(words.allows(END), false);
    assert.throws(() => words.accept(END), isNotAllowed);
    words.accept(2);
    assert.equal(ids(words.allowed()), [3, END]);
    const sentences = withDocument("sentence");
    sentences.acceptAll([START, 0, 1, 2]);
    assert.equal(ids(sentences.allowed()), [3]);
    sentences.accept(3);
    assert.equal(ids(sentences.allowed()), [4, END]);
    sentences.rollback(4);
    sentences.acceptAll([4, 5, 1, 7]);
    assert.equal(ids(sentences.allowed()), [END]);
  });

  test(`13. One candidate at an edge is enough (${backend})`, () => {
    const pieces = [" har", "bour", " har"];
    const session = makeSession({ snap: "word" });
    session.append([1, 2, 1], { segment: "doc", ...layoutOf(pieces) });
    session.acceptAll([START, 1]);
    assert.equal(ids(session.allowed()), [2, END]);
  });

  test(`13. An id that no quote starts with is listed once, however many candidates go on with it (${backend})`, () => {
    const session = makeSession({ snap: "line", vocabSize: 1000 });
    const [words, expected] = [new Int32Array(32), new Int32Array(32)];
    expected[28] = 1 << 4;
    for (const segment of ["a", "b", "c"]) session.append([1, 900], { segment });
    session.accept(START);
    session.accept(1);
    assert.equal(ids(session.allowed()), [900]);
    session.fillBitmask(words);
    assert.equal(words, expected);
  });

  test(`13. An id that no quote starts with is drawn by its probability (${backend})`, () => {
    const session = makeSession({ snap: "line", vocabSize: 1000 });
    for (let segment = 0; segment < 100; segment++) {
      session.append([1, segment === 0 ? 901 : 900], { segment: String(segment) });
    }
    session.acceptAll([START, 1]);
    const sampler = new ConstrainedSampler({ seed: 1 });
    const logits = new Float32Array(1000);
    let drawn = 0;
    for (let draw = 0; draw < 1000; draw++) drawn += Number(sampler.sample(logits, session) === 900);
    // Six standard deviations about one in two.
    assert.ok(Math.abs(drawn - 500) < 95, String(drawn));
  });

  test(`13. The end token is allowed at maxSpanTokens, and at depth 0 (${backend})`, () => {
    const session = makeSession({ snap: "sentence", maxSpanTokens: 2 });
    session.append(TOKENS, { segment: "doc", ...layoutOf(PIECES) });
    session.accept(START);
    assert.is(session.allows(END), true);
    session.acceptAll([0, 1]);
    assert.equal(ids(session.allowed()), [END]);
    session.accept(END);
    assert.is(session.inSpan, false);
  });

  test(`13. A closing id that is the only way on is allowed (${backend})`, () => {
    const session = withDocument("word");
    session.beginSpan({ end: [2] });
    session.acceptAll([0, 1]);
    assert.equal(ids(session.allowed()), [2]);
    session.accept(2);
    assert.is(session.inSpan, false);
  });

  test(`13. An append without text is quoted from its run's start to its end (${backend})`, () => {
    const session = makeSession({ snap: "word" });
    session.append([1, 2, 3]);
    session.append([4, END, 5, 6]);
    session.append([7, 8], { segment: "doc", offsets: [0, 1, 2] });
    session.accept(START);
    assert.equal(ids(session.allowed()), [1, 5, 7, END]);
    session.acceptAll([1, 2, 3]);
    assert.equal(ids(session.allowed()), [4]);
    session.accept(4);
    assert.equal(ids(session.allowed()), [END]);
    session.accept(END);
    session.acceptAll([START, 7]);
    assert.equal(ids(session.allowed()), [8]);
  });

  test(`13. Drafts start at an edge (${backend})`, () => {
    const session = makeSession({ snap: "line" });
    const pieces = ["a", "b\n", "c", "d"];
    session.append([1, 2, 3, 4], { segment: "doc", ...layoutOf(pieces) });
    session.accept(START);
    assert.equal(ids(session.draft(9, { choose: "latest" })), [3, 4]);
    session.rollback(1);
    session.beginSpan({ segments: ["doc"] });
    assert.equal(ids(session.allowed()), [1, 3, END]);
    assert.equal(ids(session.draft(9, { choose: "latest" })), [3, 4]);
    session.accept(3);
    assert.equal(ids(session.draft(9)), [4]);
  });

  test(`13. Generated tokens are not quoted (${backend})`, () => {
    const session = makeSession({ snap: "word" });
    session.acceptAll([3, 4]);
    session.accept(START);
    assert.equal(ids(session.allowed()), [END]);
    assert.is(
      thrownBy(() => makeSession({ snap: "word", recallGenerated: true })),
      'RangeError: Expected "recallGenerated" to be false with "snap"',
    );
    makeSession({ snap: "word", recallGenerated: false });
  });

  test(`13. Sessions on a context inherit its snap (${backend})`, () => {
    const options = { vocabSize: VOCAB_SIZE, startTokenId: START, endTokenId: END, backend };
    const context = new RecallContext({ ...options, snap: "word" });
    context.append(TOKENS, { segment: "doc", ...layoutOf(PIECES) });
    context.freeze();
    const session = new RecallSession({ context });
    session.append([9, 10], { segment: "more", ...layoutOf(["a", "b"]) });
    session.accept(START);
    assert.equal(ids(session.allowed()), [0, 1, 3, 4, 5, 9, END]);
    new RecallSession({ context, snap: "word" });
    assert.is(
      thrownBy(() => new RecallSession({ context, snap: "line" })),
      'RangeError: Expected "snap" to be "word", as in "context"',
    );
    assert.is(
      thrownBy(() => new RecallSession({ context, recallGenerated: true })),
      'RangeError: Expected "recallGenerated" to be false with "snap"',
    );
    const plain = new RecallContext(options).freeze();
    assert.is(
      thrownBy(() => new RecallSession({ context: plain, snap: "line" })),
      'RangeError: Expected "snap" to be undefined, as in "context"',
    );
  });

  test(`13. What is not a snap, and text that is not UTF-8, is refused (${backend})`, () => {
    assert.is(
      thrownBy(() => makeSession({ snap: "letter" as "word" })).startsWith('RangeError: Expected "snap"'),
      true,
    );
    const session = makeSession({ snap: "word" });
    assert.is(
      thrownBy(() => session.append([1], { segment: "doc", offsets: [0, 1], text: Uint8Array.of(0xff) })),
      'RangeError: Expected "text" to be valid UTF-8, as "snap" needs it',
    );
    assert.is(session.contextLength, 0);
  });

  test(`13. As the definition says, on documents of random words, lines and sentences (${backend})`, () => {
    const random = new Random(seedOfRun());
    const seen = { "starts withheld": 0, "ends withheld": 0, "ends inside a run": 0, places: 0, forks: 0, cuts: 0 };
    for (let round = 0; round < 158; round++) {
      const snap = random.pick(["word", "word", "line", "sentence"] as const);
      compareWithOracle(random, snap, makeSession({ snap }), seen, round < 150 ? 40 : 3000);
    }
    for (const [what, count] of Object.entries(seen)) assert.ok(count >= 50, `${what}: ${count}`);
  });
}

/** At index id: pieces of words and the spaces between them. */
const LETTERS = ["a", "b", " ", "ab", " a", "b ", "é", ". ", "\n"];

/** How often something happened that the rule is about. */
type Seen = Record<"starts withheld" | "ends withheld" | "ends inside a run" | "places" | "forks" | "cuts", number>;

/** Appends, generates, undoes and quotes at random; both sides must allow the same. */
function compareWithOracle(random: Random, snap: Unit, session: RecallSession, seen: Seen, most: number): void {
  const oracle = new ContextOracle(new Set([START, END]));
  const lengths: number[] = [0];
  const documents: Document[] = [];
  for (let step = random.between(1, 5); step > 0; step--) {
    const document = Array.from({ length: random.below(most) }, () => random.below(LETTERS.length));
    const tokens = document.map((id) => (random.chance(0.02) ? END : id));
    const { text, offsets } = layoutOf(document.map((id) => LETTERS[id]!));
    const defined = definedEdges(text, snap);
    const edges = offsets.slice(0, -1).map((offset) => defined[offset] === 1);
    documents.push({ name: `document ${step}`, start: oracle.length, end: oracle.length + tokens.length });
    session.append(tokens, { segment: documents.at(-1)!.name, text, offsets });
    oracle.append(tokens, { searchable: true, newRun: true, edges });
    if (random.chance(0.3)) {
      session.accept(3);
      oracle.append([3], { searchable: false, newRun: true });
    }
    if (random.chance(0.3)) {
      // What goes on in the other, at the same positions, is nothing to this one.
      const [one, other] = random.chance(0.5) ? [session, session.fork()] : [session.fork(), session];
      other.append([3, 3, 3], { segment: "in the other", ...layoutOf(["a", "a", "a"]) });
      other.close();
      session = one;
      seen.forks++;
    }
    if (random.chance(0.2)) {
      seen.cuts++;
      const length = random.between(lengths.at(-1)!, session.contextLength);
      session.truncate(length);
      oracle.truncate(length);
      for (const cut of documents) cut.end = Math.min(cut.end, length);
    }
    lengths.push(session.contextLength);
    const names = documents.filter(({ start, end }) => start < end);
    const chosen = random.chance(0.4) ? names.filter(() => random.chance(0.6)) : null;
    quoteAndCompare(random, session, oracle, documents, chosen, seen, most);
  }
}

interface Document {
  name: string;
  start: number;
  end: number;
}

function quoteAndCompare(
  random: Random,
  session: RecallSession,
  oracle: ContextOracle,
  documents: readonly Document[],
  chosen: readonly Document[] | null,
  seen: Seen,
  most: number,
): void {
  const ranges: Range[] = chosen === null ? [[0, oracle.length]] : chosen.map(({ start, end }) => [start, end]);
  const quote: number[] = [];
  const startOf = new Map(documents.map(({ name, start }) => [name, start]));
  session.beginSpan({ segments: chosen?.map(({ name }) => name) });
  for (let depth = 0; depth < (most > 100 ? 8 : 20); depth++) {
    const next = oracle.continuations(quote, ranges);
    const closes = next.length === 0 || oracle.mayEnd(quote, ranges);
    assert.equal(ids(session.allowed()), [...next, ...(closes ? [END] : [])], quote.join(" "));
    assert.is(session.allows(END), closes);
    if (quote.length > 0 && next.length > 0) seen[closes ? "ends inside a run" : "ends withheld"]++;
    for (const inner of quote.length > 0 ? [] : LETTERS.keys()) {
      if (next.includes(inner) || !ranges.some(([start, end]) => oracle.tokens.slice(start, end).includes(inner)))
        continue;
      assert.is(session.allows(inner), false);
      seen["starts withheld"]++;
    }
    for (const latest of [false, true]) {
      const drafted = session.draft(6, { choose: latest ? "latest" : "agreed" });
      assert.equal(ids(drafted), oracle.draft(quote, ranges, 6, latest), quote.join(" "));
    }
    if (next.length === 0) break;
    quote.push(random.pick(next));
    session.accept(quote.at(-1)!);
    if (random.chance(0.1)) {
      session.rollback(1);
      session.accept(quote.at(-1)!);
    }
    const sources = session.quotes.at(-1)!.sources({ limit: 1000 });
    const places = sources.map(({ segment, start }) => startOf.get(segment!)! + start);
    assert.equal(places, oracle.candidates(quote, ranges).slice(0, 1000), quote.join(" "));
    seen.places += places.length;
  }
  session.truncate(session.quotes.at(-1)!.start);
  session.endSpan();
}

test.run();
