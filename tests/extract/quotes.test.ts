/** Quotes in data: which there are, by brute force, and which tokens lead to them. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Snap } from "../../lib/session/snap-edges.js";
import { definedEdges } from "../oracle/snap-edges.js";
import { backends } from "../support/backends.js";
import { Random, seedOfRun } from "../support/random.js";
import { generate, vocabulary, type TestDocument } from "./support/generate.js";
import { expectQuotes } from "./support/expect-quotes.js";

const seed = seedOfRun();
const verbatim = { type: "string", "x-verbatim": true };

const DOCUMENTS: readonly TestDocument[] = [
  { name: "odd", text: '\n  a "é"\t\u0001 😀.\u00a0b \n\n' },
  { name: "blank", text: " \u2003\n" },
  { name: "prose", text: "It was so. Was it?\n  It was.  " },
];

interface Limits {
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** All quotes of the documents, as the JSON text of a string has them, a character per byte. */
function quotesOf(
  snap: Snap | undefined,
  { minLength = 1, maxLength = Infinity }: Limits,
  maxBytes: number,
): Set<string> {
  const quotes = new Set<string>(minLength === 0 ? ['""'] : []);
  for (const { text } of DOCUMENTS) {
    const edges = edgesOf(text, snap);
    for (const start of edges) {
      for (const end of edges.filter((one) => one > start)) {
        const quote = Buffer.from(text).subarray(start, end).toString();
        const json = Buffer.from(JSON.stringify(quote)).toString("latin1");
        const length = snap === undefined ? [...quote].length : json.length - 2;
        if (!/[^\s\u0085]/.test(quote) || [...quote].length < minLength) continue;
        if (length <= maxLength && json.length - 2 <= maxBytes) quotes.add(json);
      }
    }
  }
  return quotes;
}

/** Offsets in UTF-8. */
function edgesOf(text: string, snap: Snap | undefined): number[] {
  const bytes = Buffer.from(text);
  if (snap !== undefined) return definedEdges(text, snap).flatMap((edge, at) => (edge === 1 ? [at] : []));
  return [...bytes.keys(), bytes.length].filter((at) => (bytes[at] & 0xc0) !== 0x80);
}

for (const snap of [undefined, "word", "line", "sentence"] as const) {
  for (const limits of [{}, { minLength: 0 }, { minLength: 4 }, { maxLength: 5 }, { minLength: 3, maxLength: 12 }]) {
    for (const maxBytes of [7, 40]) {
      const what = `${snap ?? "characters"}, ${JSON.stringify(limits)}, ${maxBytes} bytes`;
      test(`exactly the quotes that there are: ${what}`, () => expectExactly(snap, limits, maxBytes));
    }
  }
}

function expectExactly(snap: Snap | undefined, limits: Limits, maxQuoteBytes: number): void {
  const quotes = quotesOf(snap, limits, maxQuoteBytes);
  const prefixes = new Set([...quotes].flatMap((quote) => Array.from(quote, (_, i) => quote.slice(0, i + 1))));
  const schema = { ...verbatim, ...limits };
  for (const backend of backends) {
    for (let walk = 0; walk < 6; walk++) {
      const random = new Random(seed * 1000 + walk);
      const onStep = (_: unknown, written: Uint8Array, allowed: Int32Array) => {
        const before = Buffer.from(written).toString("latin1");
        const expected = Array.from({ length: vocabulary.size }, (__, token) => token).filter((token) => {
          const bytes = Buffer.from(vocabulary.view(token)).toString("latin1");
          return bytes !== "" && prefixes.has(before + bytes);
        });
        assert.equal([...allowed], expected, before);
      };
      const generated = generate(schema, { random, backend, snap, documents: DOCUMENTS, maxQuoteBytes, onStep });
      assert.is(generated === null, quotes.size === 0);
      if (generated === null) continue;
      assert.ok(quotes.has(Buffer.from(generated.text).toString("latin1")), generated.text);
      expectQuotes(generated, DOCUMENTS);
    }
  }
}

const blank = [{ name: "blank", text: " \n\t " }];

test("where nothing can be quoted, what needs no quote is written", () => {
  const texts = (schema: object) => generate(schema, { random: new Random(seed), documents: blank })?.text;
  assert.is(texts(verbatim), undefined);
  assert.is(texts({ ...verbatim, minLength: 0 }), '""');
  assert.is(texts({ type: ["string", "null"], "x-verbatim": true }), "null");
  assert.is(texts({ type: "array", items: verbatim }), "[]");
  assert.is(texts({ type: "array", items: verbatim, minItems: 1 }), undefined);
  assert.is(texts({ anyOf: [{ type: "object", properties: { q: verbatim } }, { const: 1 }] })?.trim(), "1");
  assert.is(texts({ type: "object", additionalProperties: verbatim }), "{}");
});

test("a string that may be a quote or something else is a quote as long as it goes on as one", () => {
  const schema = { anyOf: [verbatim, { enum: ["It was not", "n/a"] }, { type: "integer", minimum: 0, maximum: 9 }] };
  const seen = new Set<string>();
  for (let walk = 0; walk < 60; walk++) {
    const generated = generate(schema, { random: new Random(seed * 1000 + walk), documents: DOCUMENTS })!;
    expectQuotes(generated, DOCUMENTS);
    const kind = typeof generated.data === "number" ? "number" : generated.quotes.length === 1 ? "quote" : "value";
    if (kind === "value") assert.ok(["It was not", "n/a"].includes(generated.data as string));
    seen.add(kind);
  }
  assert.equal([...seen].sort(), ["number", "quote", "value"]);
});

test("quotes are told by where they stand, whatever the keys and whatever is in the strings before them", () => {
  const schema = {
    type: "object",
    properties: {
      'a/b~c","': { const: '{"x":["' },
      "": {
        type: "array",
        prefixItems: [{ const: [1, { k: "\\" }] }, verbatim, { type: "array", items: verbatim, minItems: 2 }],
      },
      z: {
        anyOf: [
          { type: "object", properties: { k: { const: 1 }, q: verbatim } },
          { type: "object", properties: { k: { const: 2 }, q: { type: "string", maxLength: 3 } } },
        ],
      },
    },
  };
  for (let walk = 0; walk < 10; walk++) {
    const generated = generate(schema, { random: new Random(seed * 1000 + walk), documents: DOCUMENTS })!;
    expectQuotes(generated, DOCUMENTS);
    const paths = generated.quotes.map(({ path }) => path);
    assert.equal(paths.slice(0, 3), ["//1", "//2/0", "//2/1"]);
    const { z } = generated.data as { z: { k: number } };
    assert.is(paths.includes("/z/q"), z.k === 1);
  }
});

test.run();
