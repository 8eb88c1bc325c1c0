/** Automata of patterns accept what JavaScript's own engine matches, and nothing leads where no string is. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Characters, AnyCharacters, isAmong } from "../../../lib/schema/regular/characters.js";
import { Dfa } from "../../../lib/schema/regular/dfa.js";
import { compilePattern, PatternError } from "../../../lib/schema/regular/pattern.js";
import { StringsOfLength } from "../../../lib/schema/regular/strings-of-length.js";
import { Random, seedOfRun } from "../../support/random.js";

const ROUNDS = 1500;
const CHARACTERS = [..."aabbcxyzfo .@-_AZ019PTWYMDHS,\n\u00e9\u2028\u{1F600}\u{10FFFF}"];
const random = new Random(seedOfRun());

/** What libraries write for formats, and what is hard about patterns. */
const PATTERNS = [
  ...["a", "^abc", "abc$", "^$", "", "^a.c$", "[^\\s]\\s", "^[a-z]{1,20}$", "(a|b)*c{2,3}|^$", "^(aa|bbb)*$", "^[^]*$"],
  ...["x(?!y)", "(?=ab)a", "^(?:a|b(?=c))+c*$", "^(?=.*[A-Z])(?=.*\\d).{2,}$", "^(?:(?!ab).)*$", "a(?=$)"],
  ...[
    "\\bfoo\\b",
    "\\Bo",
    "^\\w+\\b-",
    "^(?=(?!a)[a-c])[^c]+$",
    "(^|,)a(,|$)",
    "^a|b$",
    "a{0}b",
    "(?:)*a",
    "[]",
    "[^a-z\\d]{2}",
  ],
  ...[
    "^\\p{Lu}",
    "\\P{ASCII}",
    "^[\\p{L}--]+$",
    "^\\D\\S\\W$",
    "^[\\w.\\-]+$",
    "\\u{1F600}",
    "^[\\u{1F600}-\\u{1F64F}]$",
  ],
  "^(?:[A-Za-z0-9_'+\\-]+\\.)*[A-Za-z0-9_'+\\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$",
  ...["^(?!^[-+.]*$)[+-]?0*\\d*\\.?\\d*$", "^(?!^[-+.]*$)[+-]?0*(?:\\d{0,2}|(?=[\\d.]{1,5}0*$)\\d{0,2}\\.\\d{0,2}0*$)"],
  ...[
    "a(?=^a)|b",
    "(?=^a|b).c",
    "x(?!\\b)",
    "(?=\\b)[ab ]c",
    "a(?=\\Ba)",
    "^(?=(?!^a|\\bc)).*b",
    "(?=(^a)?b).",
    "(?:(?!^b)[ab])+$",
  ],
  "^P(?:(\\d+W)|(?!.*W)(?=\\d|T\\d)(\\d+Y)?(\\d+M)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+([.,]\\d+)?S)?)?)$",
  "^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])\\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])$",
].filter((pattern) => isPattern(pattern));

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "u").source !== "";
  } catch {
    return false;
  }
}

/** A string of any characters, or one that the automaton leads to. */
function draw(characters: Characters): string {
  if (characters.start < 0 || random.chance(0.5)) {
    return Array.from({ length: random.below(8) }, () => random.pick(CHARACTERS)).join("");
  }
  let text = "";
  for (let state = characters.start; text.length < 40;) {
    const next = CHARACTERS.filter((character) => characters.next(state, character.codePointAt(0)!) >= 0);
    if (next.length === 0 || (characters.accepts(state) && random.chance(0.3))) break;
    const character = random.pick(next);
    text += character;
    state = characters.next(state, character.codePointAt(0)!);
  }
  return text;
}

for (const source of PATTERNS) {
  test(`/${source}/`, () => {
    const pattern = new RegExp(source, "u");
    const dfa = compilePattern(source);
    for (let round = 0; round < ROUNDS; round++) {
      const text = draw(dfa);
      assert.is(isAmong(text, dfa), pattern.test(text), JSON.stringify(text));
    }
  });
}

const DRAWN = 400;
const ATOMS = ["a", "b", "-", ".", "[^a]", "\\w", "^", "$", "\\b", "\\B"];
/** All strings of at most five of these. */
const TEXTS = [""];
for (let from = 0; TEXTS[from].length < 5; from++) TEXTS.push(...["a", "b", "-"].map((one) => TEXTS[from] + one));

/** A pattern with assertions in all places, also in what looks ahead. */
function drawPattern(depth: number): string {
  const parts = Array.from({ length: 1 + random.below(3) }, () => {
    if (depth === 0 || random.chance(0.5)) return random.pick(ATOMS);
    const inner = drawPattern(depth - 1);
    if (random.chance(0.5)) return `(${random.pick(["?=", "?!"])}${inner})`;
    return `(?:${inner})${random.pick(["", "*", "?", "+", "{2}"])}`;
  });
  return random.chance(0.2) ? `${parts.join("")}|${drawPattern(0)}` : parts.join("");
}

test("patterns that are drawn, with what looks ahead at any depth", () => {
  for (let i = 0; i < DRAWN; i++) {
    const source = drawPattern(3);
    const [pattern, dfa] = [new RegExp(source, "u"), compilePattern(source)];
    for (const text of TEXTS) assert.is(isAmong(text, dfa), pattern.test(text), `/${source}/ ${JSON.stringify(text)}`);
  }
});

/** All strings of at most so many of "a" and "b". */
function stringsUpTo(length: number): string[] {
  return length === 0 ? [""] : ["", ...stringsUpTo(length - 1).flatMap((rest) => [`a${rest}`, `b${rest}`])];
}

const SHORT = [...new Set(stringsUpTo(9))];

test("lengths beside a pattern: exactly those strings, each prefix of one, and how many there are", () => {
  for (const source of ["^(aa|bbb)*$", "^a*b?$", "^(?!.*bb)[ab]*$", "^[ab]{3}$", "^(ab|b){2,3}$"]) {
    const matching = SHORT.filter((text) => new RegExp(source).test(text));
    for (const [min, max] of [
      [0, 4],
      [3, 3],
      [2, 7],
      [5, 8],
      [0, 8],
      [4, Infinity],
    ]) {
      const strings = new StringsOfLength(compilePattern(source), min, max);
      const expected = matching.filter(({ length }) => length >= min && length <= max);
      assert.is(strings.start < 0, max !== Infinity && expected.length === 0, `${source} ${min} ${max}`);
      if (strings.start < 0) continue;
      for (const text of SHORT)
        assert.is(isAmong(text, strings), expected.includes(text), `${source} ${min} ${max} ${text}`);
      if (max === Infinity) continue;
      assert.is(strings.count(strings.start, 10_000), expected.length);
      for (const text of SHORT) {
        const state = [...text].reduce((at, one) => (at < 0 ? at : strings.next(at, one.charCodeAt(0))), strings.start);
        const longer = expected.filter((one) => one.startsWith(text));
        assert.is(state >= 0, longer.length > 0, `${source} ${min} ${max} ${text}`);
        if (state >= 0) assert.is(strings.count(state, 10_000), longer.length);
        if (state >= 0) assert.is(strings.count(state, 2), Math.min(2, longer.length));
      }
    }
  }
});

test("states that are said to be alike are, for as long as is said", () => {
  const alike = (characters: Characters, horizon: number) => {
    for (const text of SHORT) {
      const state = [...text].reduce(
        (at, one) => (at < 0 ? at : characters.next(at, one.charCodeAt(0))),
        characters.start,
      );
      if (state < 0) continue;
      const other = characters.alike(state, horizon);
      for (const more of SHORT.filter(({ length }) => length <= horizon)) {
        const [one, two] = [state, other].map((from) =>
          [...more].reduce((at, each) => (at < 0 ? at : characters.next(at, each.charCodeAt(0))), from),
        );
        assert.is(one >= 0, two >= 0);
        if (one >= 0) assert.is(characters.accepts(one), characters.accepts(two));
      }
    }
  };
  for (const horizon of [1, 3]) {
    for (const [min, max] of [
      [0, Infinity],
      [4, Infinity],
      [0, 6],
      [3, 7],
      [9, 9],
    ]) {
      alike(new AnyCharacters(min, max), horizon);
      alike(new StringsOfLength(compilePattern("^(ab|b)*$"), min, max), horizon);
    }
  }
});

test("both, one of both, one and not the other", () => {
  const [one, two] = [compilePattern("^(ab|b)*$"), Dfa.ofStrings(["", "ab", "ba", "bb", "bba"])];
  const isOf = (dfa: Dfa) => SHORT.filter((text) => isAmong(text, dfa));
  const [inOne, inTwo] = [isOf(one), isOf(two)];
  assert.equal(
    inTwo,
    SHORT.filter((text) => ["", "ab", "ba", "bb", "bba"].includes(text)),
  );
  assert.equal(
    isOf(one.intersect(two)),
    inOne.filter((text) => inTwo.includes(text)),
  );
  assert.equal(
    isOf(one.without(two)),
    inOne.filter((text) => !inTwo.includes(text)),
  );
  assert.equal(
    isOf(one.union(two)),
    SHORT.filter((text) => inOne.includes(text) || inTwo.includes(text)),
  );
  assert.ok(one.intersect(compilePattern("^c$")).isEmpty);
  assert.is(two.count(two.start, 99), 5);
});

test("a pattern for which JavaScript needs the old syntax leaves characters outside the BMP alone", () => {
  const dfa = compilePattern("^.\\_$");
  assert.ok(isAmong("a_", dfa));
  assert.not(isAmong("\u{1F600}_", dfa));
});

test("what is no regular language, or too large a one, is said to be", () => {
  for (const source of ["(a)\\1", "(?<=a)b", "(?<!a)b", "(", "(a{1000}){1000}", "(?:.{0,40}x){40}"]) {
    assert.throws(
      () => compilePattern(source),
      (error: unknown) => error instanceof PatternError,
      source,
    );
  }
});

test.run();
