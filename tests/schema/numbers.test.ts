/** How numbers of a range are written: what begins one can be completed, and what is complete is in the range. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { readNumbers } from "../../lib/schema/number-range.js";
import { NumberTexts } from "../../lib/schema/number-texts.js";
import { Random, seedOfRun } from "../support/random.js";
import { validatorOf } from "../extract/support/validator.js";

const SIGNS = [..."-0123456789.eE+"];
const random = new Random(seedOfRun());

function textsOf(schema: object, isInteger: boolean): NumberTexts {
  return new NumberTexts(readNumbers([{ schema: schema as Record<string, unknown>, pointer: "" }], isInteger));
}

const SCHEMAS: [object, type: "integer" | "number"][] = [
  [{}, "integer"],
  [{}, "number"],
  [{ minimum: 0 }, "integer"],
  [{ minimum: -9007199254740991, maximum: 9007199254740991 }, "integer"],
  [{ minimum: -(2 ** 63), maximum: 2 ** 63 }, "integer"],
  [{ exclusiveMinimum: -3.5, exclusiveMaximum: 1234 }, "integer"],
  [{ minimum: 1e15 }, "integer"],
  [{ multipleOf: 2.5, minimum: -20 }, "integer"],
  [{ multipleOf: 7, exclusiveMinimum: 0, maximum: 1e9 }, "integer"],
  [{ minimum: -3.4028234663852886e38, maximum: 3.4028234663852886e38 }, "number"],
  [{ minimum: -1.7976931348623157e308, maximum: 1.7976931348623157e308 }, "number"],
  [{ exclusiveMinimum: 0, exclusiveMaximum: 1 }, "number"],
  [{ exclusiveMinimum: 99.99999, exclusiveMaximum: 100 }, "number"],
  [{ minimum: -0.001, maximum: 0.0000001 }, "number"],
  [{ minimum: 0.1, maximum: 0.1 }, "number"],
  [{ multipleOf: 0.25, minimum: -2, maximum: 2 }, "number"],
  [{ multipleOf: 0.01, minimum: 0, maximum: 100 }, "number"],
  [{ multipleOf: 3, exclusiveMinimum: -1e6 }, "number"],
];

for (const [schema, type] of SCHEMAS) {
  test(`${type}: ${JSON.stringify(schema)}`, () => {
    const texts = textsOf(schema, type === "integer");
    const validate = validatorOf({ type, ...schema });
    const seen = new Set<string>();
    for (let round = 0; round < 300; round++) {
      let text = "";
      for (;;) {
        const next = SIGNS.filter((sign) => texts.begins(text + sign));
        if (texts.accepts(text) && (next.length === 0 || random.chance(0.2))) break;
        assert.ok(next.length > 0, `nothing may follow ${JSON.stringify(text)}`);
        text += random.pick(next);
      }
      const value = JSON.parse(text) as number;
      assert.ok(validate(value) && Number.isFinite(value) && !Object.is(value, -0), text);
      if (type === "integer") assert.is(String(value), text);
      seen.add(text);
    }
    assert.ok(seen.size > (JSON.stringify(schema).includes("0.1,") ? 1 : 5));
  });
}

test("every integer of a range is written, and their number is known", () => {
  for (const [schema, expected] of [
    [{ minimum: -12, maximum: 120 }, (value: number) => value >= -12 && value <= 120],
    [
      { exclusiveMinimum: 5, maximum: 1010, multipleOf: 3 },
      (value: number) => value > 5 && value <= 1010 && value % 3 === 0,
    ],
    [{ minimum: -1000, exclusiveMaximum: -98.5 }, (value: number) => value >= -1000 && value <= -99],
  ] as const) {
    const texts = textsOf(schema, true);
    const values = Array.from({ length: 4001 }, (_, i) => i - 2000);
    for (const value of values) assert.is(isWritten(texts, String(value)), expected(value), String(value));
    assert.is(texts.count("", 10_000), values.filter(expected).length);
    const ones = values.filter((value) => expected(value) && String(value).startsWith("1"));
    assert.is(texts.begins("1") ? texts.count("1", 10_000) : 0, ones.length);
  }
});

test("how a number may not be written", () => {
  const texts = textsOf({}, false);
  for (const text of ["0", "-1", "0.5", "12.50", "1e5", "1E-05", "-0.1", "999999999999999", "0.000000000000001"]) {
    assert.ok(isWritten(texts, text), text);
  }
  for (const text of [
    "",
    "-",
    "01",
    ".5",
    "1.",
    "-0",
    "-0.0",
    "0e",
    "1e+",
    "1e100",
    "-0e1",
    "1234567890123456",
    "1.2.3",
    "+1",
    "0x1",
  ]) {
    assert.not(isWritten(texts, text), text);
  }
});

function isWritten(texts: NumberTexts, text: string): boolean {
  return Array.from(text).every((_, i) => texts.begins(text.slice(0, i + 1))) && texts.accepts(text);
}

test.run();
