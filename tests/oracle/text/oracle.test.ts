import { suite } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "../refusal.js";
import { QuoteOracle, TextContextOracle } from "./oracle.js";
import { type TextOptions, TextSessionOracle } from "./session.js";

const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];
const text = (values: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(values));

function contextOf(...runs: string[]): TextContextOracle {
  let context = new TextContextOracle();
  for (const run of runs) context = context.with(bytes(run), { searchable: true, newRun: true, edges: null });
  return context;
}

function quoteOf(context: TextContextOracle, tag = "</r>", minBytes = 0, maxBytes = 100): QuoteOracle {
  return new QuoteOracle(context, [[0, context.length]], bytes(tag), minBytes, maxBytes);
}

/** A session whose tokens are these texts, and what it takes to speak of tokens by their text. */
function session(tokens: readonly (string | number[])[], options: Partial<TextOptions> = {}) {
  const spelled = tokens.map((token) => (typeof token === "string" ? bytes(token) : token));
  const oracle = new TextSessionOracle({
    tokens: spelled,
    startTag: bytes("<r>"),
    endTag: bytes("</r>"),
    maxSpanBytes: 100,
    minSpanBytes: 0,
    recallGenerated: true,
    json: false,
    snapEdges: null,
    ...options,
  });
  const allowed = (): (string | number[])[] | null => oracle.allowed()?.map((token) => tokens[token]!) ?? null;
  const say = (...texts: (string | number[])[]): void => {
    for (const each of texts) oracle.accept(tokens.indexOf(each));
  };
  const quotes = (): string[] => oracle.spans.map((span) => text(span.bytes));
  return { oracle, allowed, say, quotes };
}

function put(oracle: TextSessionOracle, appended: string, options?: { segment: string }): void {
  oracle.append(bytes(appended), options);
}

const formulas = suite("formulas of text mode");

formulas("a quote occurs from a character's edge, in one run", () => {
  //                    0123456
  const quote = quoteOf(contextOf("abcab", "ca"));
  assert.equal(quote.occurrences(bytes("ab")), [0, 3]);
  assert.equal(quote.occurrences(bytes("ca")), [2, 5]);
  assert.equal(quote.occurrences(bytes("abca")), [0]);
  assert.equal(quote.occurrences(bytes("bca")), [1]);
  const accents = quoteOf(contextOf("éaé"));
  assert.equal(accents.occurrences([0xc3]), [0, 3]);
  assert.equal(accents.occurrences([0xa9]), []);
  assert.equal(accents.places([0xc3]), []);
  assert.equal(accents.places(bytes("aé")), [2]);
});

formulas("what is not searchable, or out of range, is in no quote", () => {
  let context = contextOf("ab");
  context = context.with(bytes("xy"), { searchable: false, newRun: false, edges: null });
  context = context.with(bytes("c"), { searchable: true, newRun: false, edges: null });
  assert.equal(quoteOf(context).occurrences([]), [0, 1, 4]);
  assert.equal(quoteOf(context).occurs(bytes("xy")), false);
  assert.equal(quoteOf(context).occurs(bytes("bc")), false);
  const part = new QuoteOracle(contextOf("ababab"), [[2, 4]], [], 0, 100);
  assert.equal(part.occurrences(bytes("ab")), [2]);
  assert.equal(part.occurrences(bytes("ba")), []);
});

formulas("the closing tag follows what ends at an edge, or nothing", () => {
  const quote = quoteOf(contextOf("aéb"));
  assert.equal(quote.mayEnd([]), true);
  assert.equal(quote.mayEnd(bytes("a")), true);
  assert.equal(quote.mayEnd([0x61, 0xc3]), false);
  assert.equal(quote.mayEnd(bytes("aé")), true);
  assert.equal(quote.mayEnd(bytes("x")), false);
  let cut = contextOf("a");
  cut = cut.with([0xc3], { searchable: true, newRun: false, edges: null });
  assert.equal(quoteOf(cut).mayEnd([0x61, 0xc3]), true, "at the run's end");
});

/** What is known after these pieces: the live beginnings of the tag, where it was closed, or that it is not allowed. */
function told(quote: QuoteOracle, ...pieces: string[]): { tags: readonly number[] } | { closedAt: number } | null {
  let generated: ReturnType<QuoteOracle["after"]> = { bytes: [], tags: [], closedAt: -1 };
  for (const piece of pieces) generated &&= quote.after(generated, bytes(piece));
  if (generated === null) return null;
  return generated.closedAt === -1 ? { tags: generated.tags } : { closedAt: generated.closedAt };
}

formulas("both readings stay live while a tag's beginning is also text", () => {
  const quote = quoteOf(contextOf("a</b"));
  assert.equal(told(quote, "a</"), { tags: [1] });
  assert.equal(told(quote, "a<", "/b"), { tags: [] });
  assert.equal(told(quote, "a<", "/r"), { tags: [1] });
  assert.equal(told(quote, "a<", "/x"), null);
  assert.equal(told(quote, "a</", "r>"), { closedAt: 1 });
  assert.equal(told(quote, "x</r>"), null);
});

formulas("a tag that overlaps itself has several live beginnings", () => {
  const quote = quoteOf(contextOf("xaay"), "aab");
  assert.equal(told(quote, "xaa"), { tags: [1, 2] });
  assert.equal(told(quote, "x", "aa", "ab"), { closedAt: 2 });
  assert.equal(told(quote, "x", "aa", "b"), { closedAt: 1 });
});

formulas("completing the tag wins over text that goes on", () => {
  const quote = quoteOf(contextOf("a</r>b"));
  assert.equal(told(quote, "a</r>b"), { closedAt: 1 });
  assert.equal(told(quote, "a</r>c"), null);
});

formulas("a quote goes no further than the last edge within the longest span", () => {
  const quote = quoteOf(contextOf("aéé"), "</r>", 0, 4);
  assert.equal(quote.occurs(bytes("aé")), true);
  assert.equal(quote.occurs([...bytes("aé"), 0xc3]), false);
  assert.equal(quote.mayEnd(bytes("aé")), true);
  let context = new TextContextOracle();
  context = context.with(bytes("one two"), {
    searchable: true,
    newRun: true,
    edges: [...bytes("one two")].map((_, at) => [0, 3, 4].includes(at)),
  });
  assert.equal(quoteOf(context, "</r>", 0, 6).occurs(bytes("one ")), true);
  assert.equal(quoteOf(context, "</r>", 0, 6).occurs(bytes("one t")), false);
  assert.equal(quoteOf(context, "</r>", 0, 2).occurs(bytes("o")), false);
  assert.equal(quoteOf(context).mayEnd(bytes("on")), false);
  assert.equal(quoteOf(context).mayEnd(bytes("one two")), true);
  assert.equal(quoteOf(context).places(bytes("ne")), []);
});

formulas("a short quote is not closed, unless there is no other way on", () => {
  const quote = quoteOf(contextOf("abc", "x"), "</r>", 2);
  const tokens = ["a", "b", "x", "<"].map(bytes);
  assert.equal(told(quote, "</r>"), null);
  assert.equal(told(quote, "a<"), null);
  assert.equal(told(quote, "ab", "<"), { tags: [2] });
  assert.is(quote.leastBytes({ bytes: bytes("a"), tags: [] }, tokens), 2);
  assert.is(quote.leastBytes({ bytes: bytes("x"), tags: [] }, tokens), 0);
  assert.equal(quote.after({ bytes: bytes("x"), tags: [] }, bytes("<"), 0)?.tags, [1]);
});

formulas("drafts: what all candidates that go on agree on, or what follows the latest", () => {
  const quote = quoteOf(contextOf("abcd", "abce", "ab"));
  assert.equal(text(quote.agreed(bytes("a"), false)), "bc");
  assert.equal(text(quote.agreed(bytes("a"), true)), "b");
  assert.equal(text(quote.agreed(bytes("abc"), true)), "e");
  assert.equal(text(quote.agreed([], false)), "");
  assert.equal(text(quote.agreed([], true)), "b");
});

formulas.run();

const sessions = suite("sessions of text mode");

sessions("the opening tag is found across tokens, and what follows it is quoted", () => {
  const { oracle, say, allowed, quotes } = session(["a", "b", "c", "x<", "r", ">", ">b", ">y", "</r>"]);
  put(oracle, "abc");
  say("x<", "r");
  assert.equal(allowed(), ["a", "b", "c", "x<", "r", ">", ">b", "</r>"]);
  say(">b");
  assert.is(oracle.inSpan, true);
  assert.equal(quotes(), ["b"]);
  assert.equal(allowed(), ["c", "</r>"]);
  assert.is(oracle.length, 3 + 1 + 3 + 1);
  say("c", "</r>");
  assert.equal(oracle.spans, [{ bytes: bytes("bc"), start: 7, end: 9, open: false }]);
  assert.equal(oracle.sources(0, 16), [{ segment: null, start: 1, end: 3 }]);
  // The x before the tag is searched, and so is the closed quote; tags are not.
  oracle.beginSpan({});
  assert.equal(allowed(), ["a", "b", "c", "x<", "</r>"]);
});

sessions("an opening tag is not looked for across an append, a barrier or a closed span", () => {
  for (const between of ["append", "barrier", "span"] as const) {
    const { oracle, say } = session(["<", "r>", []]);
    put(oracle, "a");
    say("<");
    if (between === "append") put(oracle, "b");
    if (between === "barrier") oracle.accept(2);
    if (between === "span") oracle.beginSpan({});
    if (between === "span") oracle.endSpan();
    say("r>");
    assert.is(oracle.inSpan, false, between);
  }
});

sessions("any tokenisation of quote and tag", () => {
  const { oracle, say, allowed, quotes } = session(["<r>", "He", "l", "lo", "lo</", "r>", "</r>", "o<", "/r", ">"]);
  put(oracle, "Hello");
  say("<r>");
  assert.equal(allowed(), ["He", "l", "lo", "lo</", "</r>", "o<"]);
  say("He", "l");
  assert.equal(allowed(), ["l", "lo", "lo</", "</r>"]);
  say("lo</");
  assert.equal(allowed(), ["r>"]);
  say("r>");
  assert.equal(quotes(), ["Hello"]);
  assert.is(oracle.inSpan, false);
});

sessions("what a closing token has after the tag is plain text", () => {
  const { oracle, say, allowed, quotes } = session(["<r>", "a", "</r><r>b", "r>", "b"]);
  put(oracle, "a</r><r>b");
  say("<r>", "a");
  assert.equal(allowed(), ["</r><r>b"]);
  say("</r><r>b");
  assert.is(oracle.inSpan, false);
  assert.equal(quotes(), ["a"]);
  oracle.beginSpan({});
  say("r>");
  assert.equal(
    oracle.sources(1, 16).map(({ start }) => start),
    [3, 6, 18],
  );
});

sessions("a token without bytes is a barrier, and counts for rollback but not for length", () => {
  const { oracle, say, allowed } = session(["a", "b", []]);
  say("a");
  oracle.accept(2);
  say("b");
  assert.is(oracle.length, 2);
  oracle.beginSpan({});
  say("a");
  assert.equal(allowed(), []);
  oracle.truncate(2);
  assert.is(oracle.inSpan, true);
  oracle.rollback(2);
  assert.is(oracle.inSpan, false);
  assert.is(oracle.length, 1);
  say("b");
  oracle.beginSpan({});
  say("a");
  assert.equal(allowed(), ["b"]);
});

sessions("truncate takes edges of generated tokens and any place in appended text", () => {
  const { oracle, say } = session(["ab", "<r>", "</r>"]);
  put(oracle, "abc", { segment: "s" });
  say("ab", "<r>", "ab");
  assert.equal(oracle.lengths, [0, 1, 2, 3, 5, 8, 10]);
  assert.is(
    refusal(() => oracle.truncate(4)),
    "RangeError",
  );
  say("</r>");
  oracle.truncate(10);
  assert.is(oracle.inSpan, true);
  oracle.truncate(2);
  assert.equal(oracle.segments, ["s"]);
  oracle.beginSpan({ segments: ["s"] });
  say("ab");
  assert.equal(oracle.sources(0, 16), [
    { segment: "s", start: 0, end: 2, bytes: [0, 2], chars: [0, 2], lines: [1, 1] },
  ]);
  assert.is(
    refusal(() => oracle.rollback(2)),
    "RangeError",
  );
});

sessions("JSON mode quotes the escaped text, and names places in the original", () => {
  const { oracle, say, allowed, quotes } = session(["\\", "n", "\\n", "b", '"', '\\"', '"}'], {
    startTag: null,
    endTag: bytes('"'),
    json: true,
    recallGenerated: false,
  });
  put(oracle, 'a\n"b', { segment: "s" });
  assert.is(oracle.length, 6);
  oracle.beginSpan({});
  assert.equal(allowed(), ["\\", "\\n", "b", '"', '\\"']);
  say("\\");
  assert.equal(allowed(), ["n", '"']);
  say("n", '\\"');
  assert.equal(oracle.sources(0, 16), [
    { segment: "s", start: 1, end: 3, bytes: [1, 3], chars: [1, 3], lines: [1, 2] },
  ]);
  say('"');
  assert.equal(quotes(), ['\\n\\"']);
});

sessions("refusals, in order, change nothing", () => {
  const { oracle, say } = session(["a", "b", "<r>"], { maxContextBytes: 6 });
  put(oracle, "a", { segment: "s" });
  assert.is(
    refusal(() => put(oracle, "b", { segment: "s" })),
    "SEGMENT_EXISTS",
  );
  assert.is(
    refusal(() => oracle.endSpan()),
    "NOT_IN_SPAN",
  );
  say("b", "<r>");
  assert.is(
    refusal(() => put(oracle, "b")),
    "IN_SPAN",
  );
  assert.is(
    refusal(() => oracle.accept(3)),
    "RangeError",
  );
  assert.is(
    refusal(() => oracle.accept(2)),
    "CONTEXT_FULL",
  );
  assert.is(oracle.validate([0, 0]), 1);
  assert.is(
    refusal(() => oracle.acceptAll([0, 0])),
    "CONTEXT_FULL",
  );
  assert.is(oracle.length, 5);
  say("a");
  assert.is(oracle.length, 6);
});

sessions.run();
