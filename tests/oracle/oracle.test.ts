import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../support/random.js";
import { createText, take, textKinds } from "../support/texts.js";
import { drawnId } from "./draw.js";
import { ContextOracle, Survivors } from "./oracle.js";
import { refusal } from "./refusal.js";
import { SessionOracle, type SessionOptions } from "./session.js";

/** Letters are ids, so that examples can be read: "abc" is [0, 1, 2]; "<" starts a span, ">" ends one, "|" is a barrier. */
const alphabet = "abcdefghijklmnopqrstuvwxyz<>|";
const ids = (text: string): number[] => [...text].map((letter) => alphabet.indexOf(letter));
const letters = (tokens: readonly number[]): string => tokens.map((token) => alphabet[token]).join("");

function contextOf(...runs: string[]): ContextOracle {
  const context = new ContextOracle(new Set(ids("|")));
  for (const run of runs) context.append(ids(run), { searchable: true, newRun: true });
  return context;
}

function session(options: Partial<SessionOptions> = {}): SessionOracle {
  return new SessionOracle({
    vocabSize: alphabet.length,
    startTokenId: alphabet.indexOf("<"),
    endTokenId: alphabet.indexOf(">"),
    barrierTokenIds: ids("|"),
    maxSpanTokens: 128,
    minSpanTokens: 0,
    recallGenerated: true,
    ...options,
  });
}

const allowed = (oracle: SessionOracle): string | null => {
  const tokens = oracle.allowed();
  return tokens && letters(tokens);
};

function generate(oracle: SessionOracle, text: string): void {
  for (const token of ids(text)) oracle.accept(token);
}

const formulas = suite("formulas");

formulas("the paper's sets, by hand", () => {
  //                          0123456789
  const context = contextOf("abacabadab");
  const all = [[0, 10]] as const;
  assert.equal(context.candidates(ids("ab"), all), [0, 4, 8]);
  assert.equal(letters(context.continuations(ids("ab"), all)), "a");
  assert.equal(letters(context.continuations(ids("a"), all)), "bcd");
  assert.equal(letters(context.continuations([], all)), "abcd");
  assert.equal(context.candidates(ids("aba"), all), [0, 4]);
  assert.equal(letters(context.continuations(ids("aba"), all)), "cd");
  assert.equal(context.candidates(ids("bb"), all), []);
});

formulas("runs, barriers and unsearchable tokens cut matches", () => {
  const context = contextOf("abc", "abd", "ab|e");
  const all = [[0, 10]] as const;
  assert.equal(context.candidates(ids("ab"), all), [0, 3, 6]);
  assert.equal(letters(context.continuations(ids("ab"), all)), "cd");
  assert.equal(context.candidates(ids("ca"), all), []);
  assert.equal(letters(context.continuations([], all)), "abcde");
  context.append(ids("xy"), { searchable: false, newRun: false });
  context.append(ids("z"), { searchable: true, newRun: false });
  assert.equal(context.candidates(ids("z"), [[0, 13]]), [12]);
  assert.equal(context.candidates(ids("x"), [[0, 13]]), []);
  assert.equal(context.candidates(ids("e"), [[0, 13]]), [9]);
  assert.equal(context.continuations(ids("e"), [[0, 13]]), []);
});

formulas("ranges hold candidates and continuations", () => {
  const context = contextOf("abcabdabe");
  assert.equal(
    context.candidates(ids("ab"), [
      [0, 2],
      [4, 9],
    ]),
    [0, 6],
  );
  assert.equal(
    letters(
      context.continuations(ids("ab"), [
        [0, 2],
        [4, 9],
      ]),
    ),
    "e",
  );
  assert.equal(letters(context.continuations([], [[1, 3]])), "bc");
});

formulas("drafts", () => {
  const context = contextOf("abcde", "abcdf", "bcd");
  const all = [[0, 13]] as const;
  assert.is(letters(context.draft(ids("a"), all, 9, false)), "bcd");
  assert.is(letters(context.draft(ids("a"), all, 2, false)), "bc");
  assert.is(letters(context.draft(ids("b"), all, 9, false)), "cd");
  assert.is(letters(context.draft(ids("b"), all, 9, true)), "cd");
  assert.is(letters(context.draft(ids("a"), all, 9, true)), "bcdf");
  // The latest candidate of "bcd" has no continuation: the one before it has.
  assert.is(letters(context.draft(ids("bcd"), all, 9, true)), "f");
  assert.is(letters(context.draft([], all, 9, false)), "");
  assert.is(letters(context.draft([], all, 9, true)), "d");
});

formulas("survivors, step by step, are the candidates of the formula", () => {
  const random = new Random(7);
  for (const kind of textKinds) {
    const context = new ContextOracle(new Set([3]));
    const text = createText(kind, [0, 1, 2, 3, 4, 5], random);
    while (context.length < 300) {
      context.append(take(text, random.below(40)), { searchable: random.chance(0.9), newRun: random.chance(0.2) });
    }
    for (const ranges of [
      [[0, context.length]],
      [
        [10, 90],
        [95, 260],
      ],
    ] as const) {
      let survivors = Survivors.all(context, ranges);
      const quote: number[] = [];
      for (;;) {
        assert.equal(survivors.positions, context.candidates(quote, ranges));
        const next = survivors.continuations();
        if (next.length === 0) break;
        quote.push(random.pick(next));
        survivors = survivors.advance(quote.at(-1)!);
      }
    }
  }
});

formulas.run();

const sessions = suite("sessions");

sessions("a span, from its start token to its end token", () => {
  const oracle = session();
  oracle.append(ids("abc<ad>"));
  assert.is(oracle.inSpan, false);
  generate(oracle, "ab");
  assert.is(allowed(oracle), null);
  generate(oracle, "<");
  assert.is(allowed(oracle), "abcd>");
  generate(oracle, "a");
  assert.is(allowed(oracle), "bd>");
  assert.is(
    refusal(() => generate(oracle, "a")),
    "TOKEN_NOT_ALLOWED",
  );
  generate(oracle, "b");
  assert.equal(oracle.sources(0, 9), [
    { segment: null, start: 0, end: 2 },
    { segment: null, start: 7, end: 9 },
  ]);
  generate(oracle, ">");
  assert.equal(oracle.spans, [{ tokens: ids("ab"), start: 10, end: 12 }]);
  // The closed span is searched by the next one, but no source of the first.
  assert.is(oracle.sources(0, 9).length, 2);
  generate(oracle, "<ab");
  assert.is(oracle.sources(1, 9).length, 3);
});

sessions("lengths", () => {
  const oracle = session({ minSpanTokens: 2, maxSpanTokens: 3 });
  oracle.append(ids("abcdz"));
  generate(oracle, "<");
  assert.is(allowed(oracle), "abcdz");
  generate(oracle, "z");
  assert.is(allowed(oracle), ">", "the only way on");
  oracle.rollback(1);
  generate(oracle, "ab");
  assert.is(allowed(oracle), "c>");
  assert.is(letters(oracle.draft(9, false)), "c");
  generate(oracle, "c");
  assert.is(allowed(oracle), ">");
  assert.equal(oracle.draft(9, false), []);
});

sessions("segments and what stands between them", () => {
  const oracle = session();
  oracle.append(ids("ab"));
  oracle.append(ids("cd"), { segment: "one" });
  oracle.append(ids("xy"), { recallable: false });
  oracle.append(ids("ef"));
  oracle.append(ids("ab"), { segment: "two" });
  generate(oracle, "g");
  assert.is(
    refusal(() => oracle.append([], { segment: "one" })),
    "SEGMENT_EXISTS",
  );
  generate(oracle, "<");
  assert.is(allowed(oracle), "abcdefg>");
  generate(oracle, "b");
  assert.is(allowed(oracle), ">", "b ends the first run and the second segment");
  assert.equal(oracle.sources(0, 1), [{ segment: "two", start: 1, end: 2 }], "named segments first");
  oracle.truncate(3);
  assert.equal(oracle.segments, ["one"]);
  oracle.append(ids("d"));
  oracle.beginSpan({ segments: ["one"] });
  assert.is(allowed(oracle), "c>");
  generate(oracle, "c");
  assert.is(allowed(oracle), ">", "an unnamed token does not continue a segment");
  oracle.truncate(2);
  assert.equal(oracle.segments, []);
});

sessions("programmatic spans", () => {
  const oracle = session();
  oracle.append(ids("abcab"));
  oracle.beginSpan({ end: ids("c") });
  assert.is(allowed(oracle), "abc");
  generate(oracle, "ab");
  assert.is(allowed(oracle), "c");
  assert.is(letters(oracle.draft(9, false)), "", "a closing id is never drafted");
  generate(oracle, "c");
  assert.equal(oracle.spans, [{ tokens: ids("ab"), start: 5, end: 7 }]);
  oracle.beginSpan({});
  generate(oracle, "abcab");
  oracle.endSpan();
  generate(oracle, "z<");
  // abcab abc abcab z: spans without delimiters join the run that they stand in.
  assert.is(letters(oracle.draft(9, true)), "z");
  generate(oracle, "cabz");
  assert.is(
    refusal(() => oracle.beginSpan({})),
    "IN_SPAN",
  );
  assert.is(
    refusal(() => oracle.append(ids("a"))),
    "IN_SPAN",
  );
});

sessions("undoing", () => {
  const oracle = session();
  oracle.append(ids("abcab"));
  generate(oracle, "<ab>x");
  oracle.truncate(8);
  assert.is(oracle.inSpan, true, "cut into a closed span");
  assert.is(allowed(oracle), "c>");
  oracle.truncate(6);
  assert.is(allowed(oracle), "abc>");
  oracle.truncate(5);
  assert.is(oracle.spanCount, 0);
  oracle.beginSpan({});
  generate(oracle, "ab");
  oracle.endSpan();
  generate(oracle, "z");
  oracle.truncate(7);
  assert.is(oracle.inSpan, false, "closed by endSpan: stays closed");
  oracle.truncate(6);
  assert.is(oracle.inSpan, true);
  oracle.truncate(5);
  assert.equal(oracle.spans, [{ tokens: [], start: 5, end: 5 }], "open and empty");
  assert.is(allowed(oracle), "abc>");
  oracle.truncate(4);
  assert.is(oracle.spanCount, 0);
  oracle.reset();
  assert.is(oracle.length, 0);
});

sessions("forks part, refusals change nothing", () => {
  const base = session({ maxContextTokens: 12 });
  base.append(ids("abcab"));
  generate(base, "<a");
  const fork = base.fork();
  generate(base, "b>");
  assert.is(fork.length, 7);
  generate(fork, "bc>d");
  assert.is(
    refusal(() => fork.acceptAll(ids("ab"))),
    "CONTEXT_FULL",
  );
  assert.is(fork.validate(ids("ab")), 1);
  assert.is(fork.length, 11);
  assert.is(
    refusal(() => fork.accept(alphabet.length)),
    "RangeError",
  );
  fork.reset();
  assert.is(fork.length, 0);
  assert.is(base.length, 9);
});

sessions("generated tokens that may not be recalled", () => {
  const oracle = session({ recallGenerated: false });
  oracle.append(ids("ab"));
  generate(oracle, "cd");
  oracle.append(ids("e"));
  generate(oracle, "<");
  assert.is(allowed(oracle), "abe>");
  generate(oracle, "b");
  assert.is(allowed(oracle), ">");
});

sessions("quotes of whole words, and where they stand in their document's text", () => {
  const oracle = session({ snap: "word", recallGenerated: false });
  // "ab" is one word, " " and "é\n" are others.
  const layout = { offsets: [0, 1, 2, 3, 5, 6], text: "ab é\n" };
  oracle.append(ids("abcde"), { segment: "doc", layout });
  oracle.append(ids("ax"), { segment: "without a text", layout: { offsets: [0, 1, 2] } });
  generate(oracle, "<");
  assert.is(allowed(oracle), "acde>");
  generate(oracle, "a");
  assert.is(allowed(oracle), "bx");
  generate(oracle, "b");
  assert.is(allowed(oracle), "c>");
  generate(oracle, "cde>");
  assert.equal(oracle.sources(0, 9), [
    { segment: "doc", start: 0, end: 5, bytes: [0, 6], chars: [0, 5], lines: [1, 1] },
  ]);
  generate(oracle, "<ax>");
  assert.equal(oracle.sources(1, 9), [{ segment: "without a text", start: 0, end: 2, bytes: [0, 2] }]);
});

sessions.run();

const draws = suite("draws");

draws("ids are drawn in ascending order, each as much of [0, 1) as its probability", () => {
  const logits = [Math.log(2), NaN, 0, Math.log(5), -Infinity];
  const all = [0, 1, 2, 3, 4];
  const at = (uniform: number, ids = all, temperature = 1) => drawnId(logits, ids, temperature, uniform);
  assert.equal([at(0), at(0.249), at(0.251), at(0.374), at(0.376), at(0.999)], [0, 0, 2, 2, 3, 3]);
  assert.equal([at(0.66, [0, 2]), at(0.67, [0, 2]), at(0, [1, 4])], [0, 2, null]);
  // At a temperature of one half, weights are squared: 4, 1 and 25.
  assert.equal([at(0.13, all, 0.5), at(0.14, all, 0.5), at(0.17, all, 0.5)], [0, 2, 3]);
  assert.equal([at(0.1, all, 0), at(0.1, [0, 2], 0)], [3, 0]);
});

draws.run();
