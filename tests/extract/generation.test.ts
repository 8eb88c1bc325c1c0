/** Data for JSON schemas: right by the schema, and its quotes copies by the byte. */

import { join } from "node:path";
import type { LlamaContextSequence } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { extract, type Extraction, type ExtractOptions } from "../../lib/extract/extract.js";
import { ExtractionError } from "../../lib/extract/extraction-error.js";
import { loadModel, scratch } from "../support/llama.js";
import { writeTinyModel } from "../support/tiny-model.js";

const path = join(scratch, "tiny.gguf");
writeTinyModel({ path });
const model = await loadModel(path);
const sequence: LlamaContextSequence = (await model.createContext({ contextSize: 4096, threads: 1 })).getSequence();

/** All that has to be escaped in a JSON string, and what only looks like it. */
const ESCAPED = 'He said "no\\n" and "\\u0041".\r\n\tTab\u0000\u0001\u001f\u007f, C:\\dir\\"x"\\\\\b\f/ end.\n\n';
const UNICODE = "Zoë 👩‍👩‍👧‍👦 — naïve 日本語 \u2028\u2029 e\u0301 🇩🇪 “quoted”\ufeff \ud83d\ude00.";
const documents = [
  { name: "escaped.txt", text: ESCAPED },
  { name: "unicode.txt", text: UNICODE },
  { name: "prose.txt", text: "It was the best of times, it was the worst of times.\nIt was the age of wisdom." },
];
const bytesOf = new Map(documents.map(({ name, text }) => [name, Buffer.from(text)]));

const verbatim = { type: "string", "x-verbatim": true };

function run(schema: unknown, options: Partial<ExtractOptions> = {}): Promise<Extraction> {
  return extract(sequence, {
    schema,
    documents,
    maxTokens: 1500,
    maxQuoteBytes: 40,
    prompt: "Some prompt.",
    ...options,
  });
}

function at(data: unknown, pointer: string): unknown {
  const keys = pointer.split("/").slice(1);
  return keys.reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)[key.replaceAll("~1", "/").replaceAll("~0", "~")],
    data,
  );
}

/** Every quote is in the data where it says, and in its documents where it says, byte by byte. */
function checkQuotes({ data, quotes }: Extraction, minLength = 1): void {
  for (const { path: pointer, text, sources } of quotes) {
    assert.is(at(data, pointer), text);
    assert.ok(text.length >= minLength);
    assert.is(sources.length > 0, text !== "", JSON.stringify(text));
    for (const { segment, bytes } of sources) {
      assert.equal(bytesOf.get(segment!)!.subarray(...bytes!), Buffer.from(text));
    }
  }
}

test("hundreds of quotes are copies, byte by byte, whatever had to be escaped", async () => {
  const schema = { type: "array", items: verbatim, minItems: 60, maxItems: 60 };
  const seen: string[] = [];
  for (let seed = 1; seed <= 8; seed++) {
    const backend = seed % 2 === 0 ? "javascript" : "auto";
    const extraction = await run(schema, { temperature: 3, seed, backend, maxQuoteBytes: 24 });
    assert.is(extraction.quotes.length, 60);
    checkQuotes(extraction);
    assert.equal(
      extraction.data,
      extraction.quotes.map(({ text }) => text),
    );
    seen.push(...extraction.quotes.map(({ text }) => text));
  }
  assert.ok(new Set(seen).size > 100, `${new Set(seen).size} different quotes`);
  for (const character of ['"', "\\", "\n", "\t", "\u0000", "👩", "日", "\u2028"]) {
    assert.ok(
      seen.some((text) => text.includes(character)),
      JSON.stringify(character),
    );
  }
});

/** Whether the data is as the schema says, in the keywords that this file uses. */
function fits(data: unknown, schema: Record<string, unknown>): boolean {
  const { anyOf, items, properties, $ref } = schema as {
    anyOf?: Record<string, unknown>[];
    items: Record<string, unknown>;
    properties: Record<string, Record<string, unknown>>;
    $ref?: string;
  };
  if ($ref !== undefined) return fits(data, definitions[$ref.slice("#/$defs/".length)]);
  if (anyOf !== undefined) return anyOf.some((one) => fits(data, one));
  if ("const" in schema) return data === schema.const;
  if (Array.isArray(schema.enum)) return schema.enum.includes(data);
  if (Array.isArray(schema.type)) return schema.type.some((type) => fits(data, { ...schema, type: type as string }));
  switch (schema.type) {
    case "null":
      return data === null;
    case "integer":
      return Number.isInteger(data);
    case "number":
      return Number.isFinite(data);
    case "array": {
      const { minItems = 0, maxItems = 100 } = schema as { minItems?: number; maxItems?: number };
      return Array.isArray(data) && within(data.length, minItems, maxItems) && data.every((item) => fits(item, items));
    }
    case "object": {
      const keys = Object.keys(properties);
      if (typeof data !== "object" || data === null || Object.keys(data).join() !== keys.join()) return false;
      return keys.every((key) => fits((data as Record<string, unknown>)[key], properties[key]));
    }
    case "string": {
      const { minLength = 0, maxLength = Infinity } = schema as { minLength?: number; maxLength?: number };
      return typeof data === "string" && within([...data].length, minLength, maxLength);
    }
    default:
      return typeof data === schema.type;
  }
}

function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

const definitions: Record<string, Record<string, unknown>> = {
  clause: { type: "object", properties: { quote: verbatim, kind: { type: "string", enum: ["x", "y"] } } },
  tree: {
    type: "object",
    properties: { n: { type: "boolean" }, more: { type: "array", maxItems: 1, items: { $ref: "#/$defs/tree" } } },
  },
};

const MIXED = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["a/b~c"],
  additionalProperties: false,
  properties: {
    "a/b~c": verbatim,
    'key "quoted"\n': { type: "string", maxLength: 6, description: "free" },
    integer: { type: "integer" },
    number: { type: "number" },
    flag: { type: "boolean" },
    constant: { const: "always" },
    choice: { enum: ["red", 'gr"een', 3, null] },
    maybe: { type: ["string", "null"], "x-verbatim": true },
    either: { anyOf: [{ type: "null" }, { ...verbatim, maxLength: 5 }] },
    list: { type: "array", maxItems: 3, items: { $ref: "#/$defs/clause" } },
    nested: { type: "array", minItems: 1, maxItems: 2, items: { type: "array", maxItems: 2, items: verbatim } },
    free: {
      type: "object",
      properties: {
        k: { type: "array", items: { type: "integer" }, maxItems: 3 },
        u: { anyOf: [{ type: "integer" }, { type: ["boolean", "null"] }] },
        t: { $ref: "#/$defs/tree" },
      },
    },
    ["__proto__"]: { type: "null" },
  },
  $defs: definitions,
};

test("data of all kinds fits its schema, keys in the schema's order", async () => {
  const seen = { nulls: 0, strings: 0, lengths: new Set<number>() };
  for (let seed = 1; seed <= 12; seed++) {
    const extraction = await run(MIXED, { temperature: 2, seed });
    const data = extraction.data as { maybe: string | null; list: unknown[] };
    assert.ok(fits(data, MIXED), JSON.stringify(data));
    checkQuotes(extraction);
    seen[data.maybe === null ? "nulls" : "strings"]++;
    seen.lengths.add(data.list.length);
  }
  assert.ok(seen.nulls > 0 && seen.strings > 0 && seen.lengths.size > 1, JSON.stringify(seen));
});

test("numbers stay finite, and integers whole", async () => {
  const schema = {
    type: "array",
    minItems: 40,
    maxItems: 40,
    items: { type: "object", properties: { i: { type: "integer" }, n: { type: "number" } } },
  };
  for (let seed = 1; seed <= 3; seed++) {
    const { data } = await run(schema, { temperature: 5, seed, maxTokens: 3500 });
    assert.ok(fits(data, schema), JSON.stringify(data));
  }
});

test("a value alone: a quote, a number, a string, a null", async () => {
  for (const schema of [verbatim, { type: "integer" }, { type: "string", maxLength: 4 }, { type: "null" }]) {
    const extraction = await run(schema, { temperature: 1, seed: 7 });
    assert.ok(fits(extraction.data, schema), JSON.stringify(extraction.data));
    assert.is(extraction.quotes.length, schema === verbatim ? 1 : 0);
    for (const { path: pointer } of extraction.quotes) assert.is(pointer, "");
  }
});

test("snap: quotes of whole words", async () => {
  const schema = { type: "array", items: verbatim, minItems: 20, maxItems: 20 };
  const prose = [documents[2]];
  const extraction = await run(schema, { temperature: 2, seed: 3, snap: "word", documents: prose });
  assert.is(extraction.quotes.length, 20);
  checkQuotes(extraction);
  const insideWord = (offset: number) => /\w\w/.test(prose[0].text.slice(Math.max(0, offset - 1), offset + 1));
  for (const { bytes } of extraction.quotes.flatMap(({ sources }) => sources)) {
    assert.not(bytes!.some(insideWord), String(bytes));
  }
});

test("an empty quote only where the schema says so", async () => {
  // So little text that the closing mark is one of few ways on.
  const short = [{ name: "escaped.txt", text: ESCAPED.slice(0, 2) }];
  for (const [minLength, given] of [
    [0, documents],
    [0, short],
    [1, short],
  ] as const) {
    const schema = { type: "array", items: { ...verbatim, minLength }, minItems: 40, maxItems: 40 };
    const extraction = await run(schema, { temperature: 3, seed: 4, maxQuoteBytes: 3, documents: [...given] });
    assert.is(extraction.quotes.length, 40);
    checkQuotes(extraction, minLength);
    const empty = extraction.quotes.filter(({ text }) => text === "").length;
    if (minLength === 1) assert.is(empty, 0);
    else if (given === short) assert.ok(empty > 0 && empty < 40, `${empty} empty quotes`);
  }
});

test("the same seed, the same data", async () => {
  const [one, two] = [await run(MIXED, { temperature: 2, seed: 5 }), await run(MIXED, { temperature: 2, seed: 5 })];
  assert.equal(one, two);
  assert.not.equal((await run(MIXED, { temperature: 2, seed: 6 })).data, one.data);
});

async function rejects(work: Promise<unknown>, name: string, message: RegExp): Promise<void> {
  const error = await work.then(
    () => assert.unreachable("nothing was thrown"),
    (reason: Error) => reason,
  );
  assert.instance(error, Error);
  assert.is((error as Error).name, name);
  assert.match((error as Error).message, message);
}

test("errors in place of half the data", async () => {
  await rejects(run(MIXED, { maxTokens: 20 }), "ExtractionError", /^The data is not complete after 20 tokens$/);
  const blank = [{ name: "blank", text: "" }];
  await rejects(run(verbatim, { documents: blank }), "ExtractionError", /^The documents have nothing .* at ""$/);
  const aborted = AbortSignal.abort(new Error("enough"));
  await rejects(run(verbatim, { signal: aborted }), "Error", /^enough$/);
  await rejects(
    run({ type: "string", "x-verbatim": true, format: "date" }),
    "SchemaError",
    /^The schema at "\/format"/,
  );
  await rejects(run(verbatim, { temperature: -1 }), "RangeError", /"temperature"/);
  await rejects(run(verbatim, { maxTokens: 0 }), "RangeError", /"maxTokens"/);
  await rejects(run(verbatim, { prompt: "a b ".repeat(5000) }), "RecallError", /^The prompt takes \d+ tokens/);
  checkQuotes(await run(verbatim, { seed: 1 }));
});

test.after(() => sequence.context.dispose());
/** What an extraction that must fail fails with. */
async function failureOf(schema: unknown, options: Partial<ExtractOptions>): Promise<unknown> {
  try {
    await run(schema, options);
  } catch (error) {
    return error instanceof ExtractionError ? error.code : error;
  }
  return "no failure";
}

const endless = { type: "array", items: { type: "null" }, minItems: 1e9 };

test("text that leaves no choice is counted, however long it is", async () => {
  assert.is(await failureOf(endless, { maxTokens: 50 }), "MAX_TOKENS");
  assert.is(await failureOf({ const: "long ".repeat(100_000) }, { maxTokens: 50 }), "MAX_TOKENS");
  assert.is(await failureOf({ const: "too long for two" }, { maxTokens: 2 }), "MAX_TOKENS");
});

test("text that leaves no choice is written whole, in parts that end with characters", async () => {
  const text = "é日😀x".repeat(1500);
  assert.is((await run({ const: text }, { maxTokens: 100_000 })).data, text);
});

test("the signal ends the writing of text that leaves no choice", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 20);
  assert.is(await failureOf(endless, { maxTokens: 2 ** 30, signal: controller.signal }), reason);
});

test.run();
