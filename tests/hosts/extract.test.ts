/** Data for JSON schemas: right by the schema, and its quotes copies by the byte. */

import { join } from "node:path";
import type { LlamaContextSequence } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { extract, type Extraction, type ExtractOptions } from "../../lib/hosts/node-llama-cpp/extract.js";
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

test("smoke: mixed", async () => {
  const schema = {
    type: "object",
    properties: {
      "a/b~c": verbatim,
      n: { type: "integer" },
      x: { type: "number" },
      s: { type: "string", maxLength: 8 },
      b: { type: "boolean" },
      e: { enum: ["red", "green", 3, null] },
      maybe: { type: ["string", "null"], "x-verbatim": true },
      list: {
        type: "array",
        maxItems: 4,
        items: { type: "object", properties: { quote: verbatim, kind: { type: "string", enum: ["x", "y"] } } },
      },
      free: { type: "object", properties: { k: { type: "array", items: { type: "integer" }, maxItems: 3 } } },
    },
  };
  for (let seed = 1; seed < 6; seed++) {
    const e = await run(schema, { temperature: 2, seed });
    console.log(JSON.stringify(e.data), e.dataTokens);
    checkQuotes(e);
  }
});

test.after(() => sequence.context.dispose());
test.run();
