/** The allowed tokens are exactly those with which some valid text goes on: every text of small schemas, listed by hand. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random, seedOfRun } from "../support/random.js";
import { generate, vocabulary } from "./support/generate.js";
import { validatorOf } from "./support/validator.js";

const WALKS = 25;
const seed = seedOfRun();

/** All strings of at most so many of these characters. */
function strings(characters: readonly string[], most: number): string[] {
  const all = [""];
  for (let from = 0, length = 1; length <= most; length++) {
    const to = all.length;
    for (; from < to; from++) all.push(...characters.map((character) => all[from] + character));
  }
  return all;
}

function integers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** All arrays of so many of the values. */
function arrays<Value>(values: readonly Value[], least: number, most: number): Value[][] {
  const all: Value[][] = [[]];
  for (let from = 0, length = 1; length <= most; length++) {
    const to = all.length;
    for (; from < to; from++) all.push(...values.map((value) => [...all[from], value]));
  }
  return all.filter(({ length }) => length >= least);
}

const ODD = ["a", '"', "\\", "\n", "\u0001", "\u001f", "é", "日", "😀"];
const oddSet = '[a"\\\\\\n\\u0001\\u001fé日😀]';
const [a, b] = ["a", "b"].map((value) => ({ type: "object", properties: { k: { const: value } }, required: ["k"] }));

/** Schemas, and all of their values; a text by itself stands for a value that is written in several ways. */
const CASES: [what: string, schema: object, values: readonly unknown[]][] = [
  ["strings of odd characters", { type: "string", pattern: `^${oddSet}*$`, maxLength: 2 }, strings(ODD, 2)],
  [
    "strings of one length",
    { type: "string", pattern: `^${oddSet}{2}$` },
    strings(ODD, 2).filter((one) => [...one].length === 2),
  ],
  [
    "all but some",
    { type: "string", pattern: "^(?!.*b)(?=.*a)[abc]{0,4}$" },
    strings(["a", "b", "c"], 4).filter((one) => /^(?!.*b)(?=.*a)/.test(one)),
  ],
  [
    "lengths that fit a pattern",
    { type: "string", pattern: "^(aa|bbb)*$", minLength: 4, maxLength: 7 },
    strings(["a", "b"], 7).filter((one) => /^(aa|bbb)*$/.test(one) && one.length >= 4),
  ],
  ["integers", { type: "integer", minimum: -12, maximum: 123 }, integers(-12, 123)],
  [
    "multiples",
    { type: "integer", exclusiveMinimum: -30, maximum: 1200, multipleOf: 15 },
    integers(-29, 1200).filter((one) => one % 15 === 0),
  ],
  [
    "given values",
    { enum: ["a", "ab", 'x"', 1, 12, -1, null, true, [1, { b: [] }], "\u2028", "\ud800"] },
    ["a", "ab", 'x"', 1, 12, -1, null, true, [1, { b: [] }], "\u2028", "\ud800"],
  ],
  [
    "arrays",
    { type: "array", items: { enum: [1, 11, "x"] }, minItems: 1, maxItems: 3 },
    arrays<unknown>([1, 11, "x"], 1, 3),
  ],
  [
    "sets",
    { type: "array", items: { type: "integer", minimum: 1, maximum: 12 }, uniqueItems: true, maxItems: 2 },
    arrays(integers(1, 12), 0, 2).filter((one) => new Set(one).size === one.length),
  ],
  [
    "sets that use up all",
    { type: "array", items: { type: "string", pattern: "^(a|ab|é)$" }, uniqueItems: true, minItems: 2 },
    arrays(["a", "ab", "é"], 2, 3).filter((one) => new Set(one).size === one.length),
  ],
  [
    "tuples",
    { type: "array", prefixItems: [{ type: "boolean" }, { enum: ["t"] }], items: { type: "null" }, maxItems: 4 },
    [true, false].flatMap((one) => [
      [one, "t"],
      [one, "t", null],
      [one, "t", null, null],
    ]),
  ],
  [
    "objects",
    { type: "object", properties: { 'k"': { type: "boolean" }, é: { type: "null" } } },
    [true, false].map((one) => ({ 'k"': one, é: null })),
  ],
  [
    "unions",
    {
      anyOf: [
        { type: "integer", minimum: 0, maximum: 3 },
        { enum: ["x", "xy"] },
        { type: "array", items: { type: "null" }, maxItems: 1 },
        { type: "integer", minimum: 30, maximum: 40 },
      ],
    },
    [...integers(0, 3), ...integers(30, 40), "x", "xy", [], [null]],
  ],
  [
    "characters that begin alike",
    { enum: ["日本", "旦", "é", "è", "\u2028", "😀", "😁"] },
    [...["日本", "旦", "é"], ...["è", "\u2028", "😀", "😁"]],
  ],
  [
    "tagged by characters that begin alike",
    {
      anyOf: ["é", "ü"].map((tag) => ({ type: "object", properties: { [tag]: { const: tag } }, required: [tag] })),
    },
    ["é", "ü"].map((tag) => ({ [tag]: tag })),
  ],
  [
    "unions of objects",
    { anyOf: [a, { type: "object", properties: { k: { const: "b" }, v: { type: "null" } } }, b] },
    [{ k: "a" }, { k: "b", v: null }, { k: "b" }],
  ],
  [
    "records",
    {
      type: "object",
      propertyNames: { enum: ["l", "le", "é"] },
      additionalProperties: { type: "null" },
      minProperties: 1,
    },
    arrays(["l", "le", "é"], 1, 3)
      .filter((one) => new Set(one).size === one.length)
      .map((keys) => Object.fromEntries(keys.map((key) => [key, null]))),
  ],
  [
    "keys by pattern",
    {
      type: "object",
      properties: { x1: { const: 1 } },
      patternProperties: { "^x[12]$": { enum: [1, 7] }, "^y$": { const: 2 } },
      additionalProperties: false,
      required: ["x1"],
      maxProperties: 2,
    },
    [{ x1: 1 }, { x1: 1, y: 2 }, { x1: 1, x2: 1 }, { x1: 1, x2: 7 }],
  ],
  [
    "members that may end",
    {
      $ref: "#/$defs/n",
      $defs: {
        n: {
          type: "object",
          properties: { v: { const: 0 }, n: { $ref: "#/$defs/n" } },
          required: ["v"],
          additionalProperties: false,
        },
      },
    },
    integers(0, 60).map((depth) => integers(1, depth).reduce<object>((inner) => ({ v: 0, n: inner }), { v: 0 })),
  ],
];

/** White space may follow a text, so that a number comes to an end. */
function withoutEnd(text: string): string {
  return text.replace(/[ \t\r\n]+$/, "");
}

for (const [what, schema, values] of CASES) {
  test(what, () => {
    const validate = validatorOf(schema);
    for (const value of values) assert.ok(validate(value), JSON.stringify(value));
    const texts = new Set(values.map((value) => Buffer.from(JSON.stringify(value)).toString("latin1")));
    const prefixes = new Set([...texts].flatMap((text) => Array.from(text, (_, i) => text.slice(0, i + 1))));
    const goesOn = (text: string) => prefixes.has(text) || texts.has(withoutEnd(text));
    const seen = new Set<string>();
    for (let walk = 0; walk < WALKS; walk++) {
      const random = new Random(seed * 1000 + walk);
      const generated = generate(schema, {
        random,
        onStep: (_, written, allowed) => {
          const before = Buffer.from(written).toString("latin1");
          const expected = Array.from({ length: vocabulary.size }, (__, token) => token).filter((token) => {
            const bytes = Buffer.from(vocabulary.view(token)).toString("latin1");
            return bytes !== "" && goesOn(before + bytes);
          });
          assert.equal([...allowed], expected, before);
        },
      })!;
      seen.add(generated.text);
      assert.ok(texts.has(Buffer.from(withoutEnd(generated.text)).toString("latin1")), generated.text);
    }
    assert.ok(seen.size > 1, [...seen].join("\n"));
  });
}

test.run();
