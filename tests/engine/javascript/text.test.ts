import { test } from "uvu";
import * as assert from "uvu/assert";
import { JavaScriptTextContext } from "../../../lib/engine/javascript/text/context.js";
import { javascriptTextEngine as engine } from "../../../lib/engine/javascript/text/engine.js";
import type { EngineTextContext, EngineTextMatcher, TextSpanOptions } from "../../../lib/engine/text-engine.js";
import type { EngineVocabulary } from "../../../lib/engine/token-table.js";
import {
  beginsCharacter,
  type Generated,
  QuoteOracle,
  startsWith,
  TextContextOracle,
} from "../../oracle/text/oracle.js";
import { Random, seedOfRun } from "../../support/random.js";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const PLAIN = { searchable: true, newRun: true, json: false, edges: null };
const TAG = bytesOf("</r>");

function vocabularyOf(tokens: readonly (string | readonly number[])[]): EngineVocabulary {
  const spelled = tokens.map((token) => (typeof token === "string" ? bytesOf(token) : Uint8Array.from(token)));
  const offsets = new Int32Array(tokens.length + 1);
  spelled.forEach((bytes, token) => (offsets[token + 1] = offsets[token] + bytes.length));
  return { vocabSize: tokens.length, offsets, bytes: Uint8Array.from(spelled.flatMap((bytes) => [...bytes])) };
}

/** A context of these runs, and what it takes to speak of its tokens by their text. */
function quoting(tokens: readonly string[], runs: readonly string[], options: Partial<TextSpanOptions> = {}) {
  const context = engine.createTextContext(vocabularyOf(tokens));
  for (const run of runs) context.append(bytesOf(run), PLAIN);
  const matcher = context.matcher();
  const begin = (changed: Partial<TextSpanOptions> = options) => {
    matcher.begin({ ranges: null, tag: TAG, minBytes: 0, maxBytes: 100, ...changed });
  };
  begin();
  const allowed = () => [...matcher.allowed()].map((token) => tokens[token]);
  const say = (...texts: string[]) => texts.every((text) => matcher.advance(tokens.indexOf(text)));
  const draft = (max: number, latest = false) => [...matcher.draft(max, latest)].map((token) => tokens[token]);
  return { context, matcher, begin, allowed, say, draft };
}

test("any tokenisation of the text and of the tag is allowed", () => {
  const { allowed, say, matcher } = quoting(
    ["a", "b", "ab", "abc", "c", "b<", "b</r>", "<", "/r>", "/"],
    ["abx", "bc"],
  );
  assert.equal(allowed(), ["a", "b", "ab", "c", "b<", "b</r>", "<"]);
  assert.ok(say("a"));
  assert.equal(allowed(), ["b", "b<", "b</r>", "<"]);
  assert.ok(say("b<"));
  assert.equal(allowed(), ["/r>", "/"]);
  assert.not.ok(matcher.mayEnd());
  assert.ok(say("/r>"));
  assert.equal([matcher.closedAt, matcher.byteLength, matcher.depth], [2, 6, 3]);
  assert.equal(allowed(), []);
  assert.not.ok(say("a"));
  matcher.rewind(1);
  assert.equal([matcher.closedAt, matcher.byteLength], [-1, 1]);
  assert.equal(allowed(), ["b", "b<", "b</r>", "<"]);
});

test("a tag that the text has keeps both readings live, and completing it wins", () => {
  const { allowed, say, matcher } = quoting(["a", "</", "</r> b", "r> b", "r>", "r", "s"], ["a</r> b", "a</s"]);
  assert.ok(say("a", "</"));
  // "</" again: the text may be the quote, followed by a tag.
  assert.equal(allowed(), ["</", "r> b", "r>", "r", "s"]);
  assert.ok(say("r> b"));
  assert.equal([matcher.closedAt, matcher.byteLength], [1, 7]);
  matcher.rewind(1);
  assert.ok(say("</r> b"));
  assert.equal([matcher.closedAt, matcher.byteLength], [1, 7]);
});

test("tokens of the same bytes are allowed together, tokens without bytes never", () => {
  const { matcher, draft } = quoting(["a", "", "a", "b"], ["ab"]);
  assert.equal([...matcher.allowed()], [0, 2, 3]);
  assert.not.ok(matcher.advance(1));
  assert.not.ok(matcher.allows(1));
  assert.ok(matcher.advance(2));
  assert.equal(draft(5), ["b"]);
});

test("a quote starts and ends at a character's edge", () => {
  const context = engine.createTextContext(vocabularyOf([[0xc3], [0xa9], "é", "<", [0xa9, 0x3c], "a"]));
  context.append(bytesOf("aéa"), PLAIN);
  const matcher = context.matcher();
  matcher.begin({ ranges: null, tag: TAG, minBytes: 0, maxBytes: 100 });
  assert.equal([...matcher.allowed()], [0, 2, 3, 5]);
  assert.ok(matcher.advance(0));
  assert.equal([...matcher.allowed()], [1, 4]);
  assert.not.ok(matcher.mayEnd());
  assert.ok(matcher.advance(1));
  assert.ok(matcher.mayEnd());
});

test("in JSON an escape sequence is one character", () => {
  const tokens = ["\\", "n", "\\n", "u", "u001f", "b", '"', '\\"'];
  const context = engine.createTextContext(vocabularyOf(tokens));
  context.append(bytesOf('\\nb\\u001fb\\\\b\\"'), { ...PLAIN, json: true });
  const matcher = context.matcher();
  const allowed = () => [...matcher.allowed()].map((token) => tokens[token]);
  matcher.begin({ ranges: null, tag: bytesOf('"'), minBytes: 0, maxBytes: 100 });
  assert.equal(allowed(), ["\\", "\\n", "b", '"', '\\"']);
  assert.ok(matcher.advance(0));
  assert.equal(allowed(), ["\\", "n", "u", "u001f", '"', '\\"']);
  assert.ok(matcher.advance(6));
  assert.equal([matcher.closedAt, matcher.mayEnd()], [-1, true]);
});

test("a quote goes no further than the last edge within its longest length", () => {
  const { allowed, begin, say, context } = quoting(["a", "é", "aé", "b", "</r>"], ["aéb"], { maxBytes: 2 });
  assert.equal(allowed(), ["a", "é", "b", "</r>"]);
  assert.ok(say("a"));
  assert.equal(allowed(), ["</r>"]);
  begin({ maxBytes: 3 });
  assert.equal(allowed(), ["a", "é", "aé", "b", "</r>"]);
  assert.equal(context.length, 4);
});

test("below the least length the closing tag is withheld, unless it is the only way on", () => {
  const { allowed, say } = quoting(["a", "b", "</r>", "<", "c</r>"], ["abc"], { minBytes: 3 });
  assert.equal(allowed(), ["a", "b"]);
  assert.ok(say("a", "b"));
  assert.equal(allowed(), ["c</r>"]);
  const short = quoting(["a", "b", "</r>"], ["ab"], { minBytes: 3 });
  assert.ok(short.say("a", "b"));
  assert.equal(short.allowed(), ["</r>"]);
  assert.ok(short.say("</r>"));
  assert.equal(short.matcher.closedAt, 2);
});

test("ranges hold candidates and their ends", () => {
  const { allowed, say, context } = quoting(["a", "b", "c", "<"], ["abc", "ac"], { ranges: Int32Array.of(3, 5) });
  assert.equal(allowed(), ["a", "c", "<"]);
  assert.ok(say("a"));
  assert.equal(allowed(), ["c", "<"]);
  assert.equal([...engine.findText(context, bytesOf("a"), null, 9)], [0, 3]);
  assert.equal([...engine.findText(context, bytesOf("a"), null, 1)], [0]);
  assert.equal([...engine.findText(context, bytesOf("c"), Int32Array.of(3, 5), 9)], [4]);
});

test("drafts are cut into the longest tokens, and stop before the tag", () => {
  const { draft, say } = quoting(["a", "b", "bc", "c", "d", "</r>", "e"], ["abcd", "abce", "de</r>e"]);
  assert.ok(say("a"));
  assert.equal(draft(9), ["bc"]);
  assert.equal(draft(9, true), ["bc", "e"]);
  assert.equal(draft(0), []);
  assert.ok(say("bc"));
  assert.equal(draft(9), []);
  const tagged = quoting(["d", "e", "</r>"], ["de</r>e"]);
  assert.ok(tagged.say("d"));
  assert.equal(tagged.draft(9), ["e"]);
});

test("forks and truncation leave no trace", () => {
  const { context, allowed, begin } = quoting(["a", "b", "c", "<"], ["ab"]);
  const fork = context.fork();
  fork.append(bytesOf("c"), PLAIN);
  context.append(bytesOf("a"), { ...PLAIN, searchable: false });
  begin();
  assert.equal(allowed(), ["a", "b", "<"]);
  context.truncate(1);
  begin();
  assert.equal(allowed(), ["a", "<"]);
  assert.equal([...fork.read(0, 3)], [...bytesOf("abc")]);
});

/** One random context, in the engine and in the oracle. */
function randomContexts(random: Random, vocabulary: EngineVocabulary, alphabet: readonly number[]) {
  const context = engine.createTextContext(vocabulary);
  let oracle = new TextContextOracle();
  const snaps = random.chance(0.3);
  for (let run = random.between(1, 4); run > 0; run--) {
    const bytes = Array.from({ length: random.between(1, 12) }, () => random.pick(alphabet));
    const joining = { searchable: random.chance(0.85), newRun: random.chance(0.5) };
    const edges = snaps ? bytes.map(() => random.chance(0.4)) : null;
    context.append(Uint8Array.from(bytes), { ...joining, json: false, edges: edges && Uint8Array.from(edges, Number) });
    oracle = oracle.with(bytes, {
      ...joining,
      edges: edges && edges.map((edge, i) => edge && beginsCharacter(bytes[i])),
    });
  }
  return { context, oracle };
}

/** Whether `advance`, `allows` and `allowed` say the same of every token. */
function checkAgreement(matcher: EngineTextMatcher, vocabSize: number): Int32Array {
  const allowed = matcher.allowed().slice();
  const depth = matcher.depth;
  const said: number[] = [];
  for (let token = 0; token < vocabSize; token++) {
    const allows = matcher.allows(token);
    const advanced = matcher.advance(token);
    assert.is(allows, advanced);
    if (advanced) said.push(token);
    matcher.rewind(depth);
  }
  assert.equal([...allowed], said);
  return allowed;
}

/** The longest tokens of what all candidates agree on, up to the first that would complete the tag. */
function expectedDraft(quote: QuoteOracle, from: Generated, tokens: number[][], latest: boolean): number[] {
  const draft: number[] = [];
  let agreed = quote.occurs(from.bytes) ? quote.agreed(from.bytes, latest) : [];
  for (let generated = from; draft.length < 3;) {
    const fitting = [...tokens.keys()].filter((t) => tokens[t].length > 0 && startsWith(agreed, tokens[t]));
    if (fitting.length === 0) break;
    const token = fitting.reduce((best, each) => (tokens[each].length > tokens[best].length ? each : best));
    const next = quote.after(generated, tokens[token])!;
    if (next.closedAt >= 0) break;
    generated = next;
    draft.push(token);
    agreed = agreed.slice(tokens[token].length);
  }
  return draft;
}

function checkSources(context: EngineTextContext, oracle: QuoteOracle, quote: readonly number[]): void {
  if (quote.length === 0) return;
  const ranges = Int32Array.from(oracle.ranges.flat());
  assert.equal([...engine.findText(context, Uint8Array.from(quote), ranges, 100)], oracle.places(quote));
}

/** One random quote. Returns whether the tag closed it. */
function checkQuote(random: Random): boolean {
  const alphabet = [0x61, 0x62, 0x3c, 0x3e, 0xc3, 0xa9];
  const tokens = Array.from({ length: 24 }, (_, id) =>
    id < alphabet.length ? [alphabet[id]] : Array.from({ length: random.between(0, 4) }, () => random.pick(alphabet)),
  );
  const { context, oracle } = randomContexts(random, vocabularyOf(tokens), alphabet);
  const tag = random.pick([[0x3c, 0x3e], [0x3c], [0x3c, 0x3c, 0x3e], [0x61, 0x62, 0x61], []]);
  const leastBytes = random.chance(0.4) ? random.between(1, 5) : 0;
  const maxBytes = random.chance(0.3) ? random.between(1, 6) : 100;
  const start = random.chance(0.2) ? random.between(0, context.length) : 0;
  const ranges = start === 0 ? null : Int32Array.of(start, context.length);
  const quote = new QuoteOracle(oracle, [[start, context.length]], tag, leastBytes, maxBytes);
  const matcher = context.matcher();
  matcher.begin({ ranges, tag: Uint8Array.from(tag), minBytes: leastBytes, maxBytes });
  let generated: Generated = { bytes: [], tags: [] };
  for (let step = 0; step < 8; step++) {
    const minBytes = quote.leastBytes(generated, tokens);
    const after = tokens.map((token) => quote.after(generated, token, minBytes));
    const allowed = checkAgreement(matcher, tokens.length);
    assert.equal(
      [...allowed],
      [...after.keys()].filter((token) => after[token] !== null),
    );
    for (const latest of [false, true]) {
      assert.equal([...matcher.draft(3, latest)], expectedDraft(quote, generated, tokens, latest));
    }
    if (allowed.length === 0) return false;
    const token = random.pick(allowed);
    const next = after[token]!;
    assert.ok(matcher.advance(token));
    assert.equal([matcher.byteLength, matcher.closedAt], [next.bytes.length, next.closedAt]);
    if (next.closedAt >= 0) {
      checkSources(context, quote, next.bytes.slice(0, next.closedAt));
      return true;
    }
    generated = next;
  }
  return false;
}

test("random quotes agree with the oracle", () => {
  const random = new Random(seedOfRun());
  let closed = 0;
  for (let round = 0; round < 800; round++) closed += Number(checkQuote(random));
  assert.ok(closed > 200, `only ${String(closed)} quotes were closed`);
});

/** How often a byte of the text is looked at while a quote of it is searched. */
function looks(text: string, quote: string): number {
  const context = new JavaScriptTextContext(vocabularyOf([]));
  context.append(bytesOf(text), PLAIN);
  let count = 0;
  const wordAt = context.wordAt.bind(context);
  context.wordAt = (position) => {
    count++;
    return wordAt(position);
  };
  engine.findText(context, bytesOf(quote), null, Infinity);
  return count;
}

test("a long quote of text that repeats itself is searched in one pass", () => {
  const text = "ab".repeat(1000);
  for (const length of [2, 20, 200]) {
    const quote = "ab".repeat(length);
    assert.ok(looks(text, quote) < 4 * text.length, `${looks(text, quote)} for ${quote.length}`);
    assert.ok(looks(text, quote + "c") < 4 * text.length, `${looks(text, quote + "c")} for ${quote.length + 1}`);
  }
});

/** A piece of text, as far as a truncation has left it, and how it was appended. */
interface Piece {
  readonly text: Uint8Array;
  readonly options: typeof PLAIN;
}

test("what was known of the first tokens never outlives a change of the context", () => {
  const random = new Random(seedOfRun());
  const vocabulary = vocabularyOf(["a", "b", "é", "ab", "ba", "aé", "éb", "bab", "a<", "é</", "</r>", [0xc3], [0xa9]]);
  const firstTokens = (context: EngineTextContext) => {
    const matcher = context.matcher();
    matcher.begin({ ranges: null, tag: TAG, minBytes: 0, maxBytes: 3 });
    return [...matcher.allowed()];
  };
  let compared = 0;
  // Short contexts: in long ones every token may come first anyway.
  for (let round = 0; round < 400; round++) {
    let lived = engine.createTextContext(vocabulary);
    let pieces: Piece[] = [];
    for (let step = 0; step < 8; step++) {
      if (random.chance(0.3)) {
        // Often at the edge of a piece, where what follows may go on with what is before.
        pieces = pieces.slice(0, random.between(Math.max(0, pieces.length - 3), pieces.length));
        const last = pieces.pop();
        if (last !== undefined) pieces.push({ ...last, text: last.text.slice(0, random.between(1, last.text.length)) });
        lived.truncate(pieces.reduce((sum, { text }) => sum + text.length, 0));
      } else {
        const text = bytesOf(Array.from({ length: random.between(1, 3) }, () => random.pick(["a", "b", "é"])).join(""));
        pieces.push({ text, options: { ...PLAIN, searchable: random.chance(0.7), newRun: random.chance(0.3) } });
        lived.append(text, pieces[pieces.length - 1].options);
      }
      if (random.chance(0.1)) {
        const fork = lived.fork();
        lived.append(bytesOf("ab"), PLAIN);
        firstTokens(lived);
        lived = fork;
      }
      if (random.chance(0.3)) continue;
      const fresh = engine.createTextContext(vocabulary);
      for (const { text, options } of pieces) fresh.append(text, options);
      assert.equal(firstTokens(lived), firstTokens(fresh), `round ${round}, step ${step}`);
      compared++;
    }
  }
  assert.ok(compared > 1000);
});

test.run();
