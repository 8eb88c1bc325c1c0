/** What cannot be honoured in a schema is refused by its place, and the message says why. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { planExtraction } from "../../lib/schema/extract-plan.js";
import { SchemaError } from "../../lib/schema/schema-error.js";

const verbatim = { type: "string", "x-verbatim": true };
const inObject = (schema: object) => ({ type: "object", properties: { a: schema } });

/** Where, and why. */
const REFUSED: [what: string, schema: unknown, pointer: string, problem: RegExp][] = [
  ["no schema", undefined, "", /expected JSON/],
  ["no object", "string", "", /expected an object/],
  ["an array", [verbatim], "", /expected an object/],
  ["unknown type", { type: "text" }, "/type", /expected one of null, boolean/],
  ["types that exclude each other", { allOf: [{ type: "string" }, { type: "null" }] }, "/allOf/1/type", /no value/],
  ["x-verbatim that is no boolean", { type: "string", "x-verbatim": 1 }, "/x-verbatim", /true or false/],
  ["x-verbatim on a number", { type: "number", "x-verbatim": true }, "/x-verbatim", /is for strings/],
  ["x-verbatim on an object", { type: "object", "x-verbatim": true }, "/x-verbatim", /is for strings/],
  ["x-verbatim with a pattern", { ...verbatim, pattern: "^a" }, "/pattern", /in a verbatim string/],
  [
    "x-verbatim with a format",
    inObject({ ...verbatim, format: "date" }),
    "/properties/a/format",
    /in a verbatim string/,
  ],
  ["x-verbatim with an enum", { ...verbatim, enum: ["a"] }, "/enum", /one of given values/],
  ["x-verbatim with a const", { ...verbatim, const: "a" }, "/const", /one of given values/],
  ["x-verbatim of keys", { type: "object", propertyNames: verbatim }, "/propertyNames/x-verbatim", /cannot be copied/],
  ["length that is no count", { ...verbatim, minLength: -1 }, "/minLength", /an integer of at least 0/],
  ["lengths out of order", { ...verbatim, minLength: 9, maxLength: 4 }, "/maxLength", /at least "minLength", 9/],
  ["quotes of no length", { ...verbatim, minLength: 0, maxLength: 0 }, "/maxLength", /at least 1/],
  ["unique quotes", { type: "array", items: verbatim, uniqueItems: true }, "/uniqueItems", /not copied/],
  ["contains", { type: "array", items: verbatim, contains: verbatim }, "/contains", /cannot be honoured/],
  [
    "counts out of order",
    { type: "array", items: verbatim, minItems: 2, maxItems: 1 },
    "/maxItems",
    /at least "minItems"/,
  ],
  ["more items than described", { prefixItems: [verbatim], items: false, minItems: 2 }, "/minItems", /at most 1 items/],
  ["one choice of two", { oneOf: [verbatim, { type: "string" }] }, "/oneOf", /may fit alternatives 0 and 1 both/],
  ["reference to another file", { $ref: "other.json" }, "/$ref", /no such definition .*: "other.json"/],
  ["reference to nothing", { $ref: "#/$defs/a", $defs: {} }, "/$ref", /no such definition/],
  ["reference that is no string", { $ref: 1 }, "/$ref", /expected a string/],
  ["reference to itself", { $ref: "#" }, "", /no more than itself/],
  ["what never ends", { ...inObject({ $ref: "#" }), required: ["a"] }, "/properties/a", /comes to an end/],
  ["unknown required", { ...inObject(verbatim), required: ["r"] }, "/required/0", /the name of one of "properties"/],
  [
    "required and refused",
    { type: "object", properties: { a: false }, required: ["a"] },
    "/required/0",
    /the name of one/,
  ],
  ["required that are no names", { ...inObject(verbatim), required: [1] }, "/required", /an array of strings/],
  [
    "too few properties",
    { ...inObject(verbatim), minProperties: 2 },
    "/minProperties",
    /no more than the 1 properties/,
  ],
  ["too many properties", { ...inObject(verbatim), maxProperties: 0 }, "/maxProperties", /all of the 1 properties/],
  ["properties that are no object", { type: "object", properties: [] }, "/properties", /expected an object/],
  ["a property that is no schema", inObject("x" as never), "/properties/a", /expected an object/],
  ["names of nothing", { propertyNames: false, additionalProperties: true }, "/propertyNames", /no value that fits/],
  ["names that are no strings", { propertyNames: { type: "null" } }, "/propertyNames", /names are strings/],
  [
    "dependents that are not there",
    { ...inObject(verbatim), dependentRequired: { a: ["b"] } },
    "/dependentRequired/a/0",
    /one of/,
  ],
  ["dependent schemas", { ...inObject(verbatim), dependentSchemas: {} }, "/dependentSchemas", /cannot be honoured/],
  ["pattern that is none", { type: "string", pattern: "(" }, "/pattern", /no regular expression of JavaScript/],
  ["pattern that refers back", { type: "string", pattern: "(a)\\1" }, "/pattern", /"\\1" refers back/],
  ["pattern that looks behind", { type: "string", pattern: "(?<!a)b" }, "/pattern", /"\(\?<!a\)" looks behind/],
  ["pattern that sets flags", { type: "string", pattern: "(?i:a)" }, "/pattern", /cannot be honoured/],
  ["pattern that nothing matches", { type: "string", pattern: "a^b" }, "/pattern", /no string matches/],
  ["pattern that is too complex", { type: "string", pattern: "(.{200}){500}" }, "/pattern", /too complex/],
  [
    "patterns that exclude each other",
    { allOf: [{ type: "string", pattern: "^a" }, { pattern: "^b" }] },
    "/allOf/1",
    /no string fits/,
  ],
  [
    "pattern and lengths",
    { type: "string", pattern: "^(ab)*$", minLength: 3, maxLength: 3 },
    "/maxLength",
    /of such a length/,
  ],
  ["pattern and format", { type: "string", pattern: "^x$", format: "date" }, "/format", /no string fits/],
  ["unknown format", { type: "string", format: "wibble" }, "/format", /expected one of base64, .*, uuid/],
  ["minimum above maximum", { type: "integer", minimum: 2, maximum: 1 }, "/maximum", /no number is left/],
  ["minimum that is no number", { type: "integer", minimum: "1" }, "/minimum", /expected a number/],
  ["numbers that nobody keeps", { type: "integer", minimum: 1e17 }, "/minimum", /every reader of JSON keeps exactly/],
  ["multiples of nothing", { type: "integer", multipleOf: 0 }, "/multipleOf", /above 0/],
  ["no values", { enum: [] }, "/enum", /not empty/],
  ["values of another type", { type: "string", enum: [1] }, "/enum", /no value of the "type", string/],
  ["values that do not fit", { enum: ["abc"], maxLength: 2 }, "/enum", /no value that fits what else/],
  ["values that are looked into", { enum: [{}], required: ["a"] }, "/enum", /nothing else can be said/],
  [
    "members that another schema closes off",
    { type: "object", allOf: [{ unevaluatedProperties: false }, { properties: { a: verbatim } }] },
    "/allOf/0/unevaluatedProperties",
    /cannot be told from the rest/,
  ],
  [
    "items that another schema closes off",
    { type: "array", items: verbatim, allOf: [{ unevaluatedItems: { type: "null" } }] },
    "/allOf/0/unevaluatedItems",
    /cannot be told from the rest/,
  ],
  ["counts of members of given values", { enum: [{ a: 1 }], minProperties: 2 }, "/enum", /nothing else/],
  [
    "unevaluated items of given values",
    { allOf: [{ const: [1] }], unevaluatedItems: false },
    "/allOf/0/const",
    /nothing/,
  ],
  ["unevaluated members of given values", { enum: [{ a: 1 }], unevaluatedProperties: false }, "/enum", /nothing else/],
  [
    "a pointer into what has an $id",
    { $id: "http://a.test/b", $ref: "c#/$defs/a", $defs: { a: {} } },
    "/$ref",
    /no such/,
  ],
  ["empty anyOf", { anyOf: [] }, "/anyOf", /not empty/],
  ["not", { type: "string", not: { const: "a" } }, "/not", /cannot be honoured/],
  ["if", { if: { type: "string" }, then: {} }, "/if", /cannot be honoured/],
  [
    "a keyword that nobody knows",
    inObject({ type: "string", maxlength: 3 }),
    "/properties/a/maxlength",
    /cannot be honoured/,
  ],
  ["too many ways", tooManyWays(), "", /more than 1000 alternatives/],
];

function tooManyWays(): object {
  const bit = { anyOf: [{ minLength: 1 }, { maxLength: 9 }] };
  return { type: "string", allOf: Array.from({ length: 12 }, () => bit) };
}

for (const [what, schema, pointer, problem] of REFUSED) {
  test(what, () => {
    try {
      planExtraction(schema);
    } catch (error) {
      assert.instance(error, SchemaError);
      assert.is((error as SchemaError).pointer, pointer);
      assert.match((error as SchemaError).message, problem);
      return;
    }
    assert.unreachable("it was taken");
  });
}

test("what says nothing about values is passed over", () => {
  const annotations = { title: "t", description: "d", default: "", examples: [verbatim], $comment: "c", "x-other": 1 };
  const [plan] = planExtraction({ ...verbatim, ...annotations }).root.alternatives;
  assert.equal(plan, { type: "quote", minLength: 1, maxLength: Infinity, choices: [] });
  const [free] = planExtraction({ type: "string", "x-verbatim": false, ...annotations }).root.alternatives;
  assert.is(free.type, "string");
});

test("arrays and records have an end, as README says", () => {
  const most = (schema: object) => (planExtraction(schema).root.alternatives[0] as { max: number }).max;
  assert.is(most({ type: "array", items: verbatim }), 100);
  assert.is(most({ type: "array", items: verbatim, minItems: 150 }), 150);
  assert.is(most({ type: "array", items: verbatim, maxItems: 1000 }), 1000);
  assert.is(most({ type: "object", additionalProperties: verbatim }), 100);
});

test("a definition that many refer to is planned once, whatever leads to it", () => {
  for (const make of [
    (one: object) => ({ type: "object", properties: { a: one, b: one } }),
    (one: object) => ({ type: "array", prefixItems: [one, one] }),
    (one: object) => ({ anyOf: [one, one] }),
    (one: object) => ({ allOf: [one, one] }),
  ]) {
    const $defs: Record<string, object> = { d0: verbatim };
    for (let i = 1; i <= 40; i++) $defs[`d${i}`] = make({ $ref: `#/$defs/d${i - 1}` });
    assert.ok(planExtraction({ $ref: "#/$defs/d40", $defs }).nodes.length <= 81);
  }
});

test("nesting is no matter up to thousands of levels, and refused past what JSON can be read to", () => {
  const nested = (levels: number) => {
    let schema: object = verbatim;
    for (let i = 0; i < levels; i++) schema = { type: "array", items: schema, minItems: 1, maxItems: 1 };
    return schema;
  };
  assert.is(planExtraction(nested(2000)).nodes.length, 2001);
  assert.throws(() => planExtraction(nested(100_000)), /nested too deeply/);
});

test.run();
