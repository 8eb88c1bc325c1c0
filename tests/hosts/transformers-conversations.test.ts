/** Batches, named documents, and several calls of generate() with one processor. */

import { DynamicCache } from "@huggingface/transformers";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallLogitsProcessor, type RecallError } from "../../lib/entry/transformers.js";
import { tokenBytesOfTokenizerJson } from "../../lib/entry/index.js";
import { loadOnnxModel } from "../support/onnx.js";
import { scratch } from "../support/scratch.js";
import { BOS, END, ENGLISH, EOS, START } from "../support/tiny-model.js";
import { writeTinyOnnxModel } from "../support/tiny-onnx-model.js";
import {
  Boost,
  generate,
  gumbelNoise,
  idsTensor,
  listOf,
  noiseOfText,
  padLeft,
  Probe,
} from "../support/transformers.js";

const folder = join(scratch, "tiny");
writeTinyOnnxModel({ folder });
const { model, tokenizer } = await loadOnnxModel(folder);
const bytes = tokenBytesOfTokenizerJson(tokenizer._tokenizerJSON);
const english = encode(ENGLISH);

function encode(text: string): number[] {
  return tokenizer.encode(text, { add_special_tokens: false });
}

function unpadded(ids: readonly number[]) {
  return padLeft([ids], EOS);
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (error as RecallError).code,
  );
}

for (const mode of ["token", "text"] as const) {
  const tags = mode === "text" ? { startTag: "<<", endTag: ">>" } : {};
  const opens = mode === "text" ? encode("<")[0] : START;

  test(`${mode}: rows of a batch quote as they do alone, whatever their padding, and end when they do`, async () => {
    const rows = [60, 31, 45, 80, 80, 12].map((length, i) => [BOS, ...english.slice(50 * i, 50 * i + length)]);
    // An end is likely here and there, so that rows end at different steps.
    const mayEnd = new Probe((_ids, logits, width) => {
      for (let i = EOS; i < logits.length; i += width) logits[i] += 997;
    });
    const processors = (recall: RecallLogitsProcessor<"token" | "text">) =>
      listOf(mayEnd, new Boost(opens), noiseOfText(EOS), recall);
    const batch = new RecallLogitsProcessor(tokenizer, { mode, ...tags, recallGenerated: false });
    const options = { max_new_tokens: 60, eos_token_id: EOS };
    const together = await generate(model, { ...padLeft(rows, EOS), ...options, logits_processor: processors(batch) });
    const lengths = new Set<number>();
    let quotes = 0;
    for (const [i, row] of rows.entries()) {
      const recall = new RecallLogitsProcessor(tokenizer, { mode, ...tags, recallGenerated: false });
      const [alone] = await generate(model, {
        input_ids: idsTensor([row]),
        ...options,
        logits_processor: processors(recall),
      });
      assert.equal(together[i].slice(0, alone.length), alone, `row ${i}`);
      lengths.add(alone.length);
      const session = batch.sessions[i];
      assert.is(session.contextLength, recall.session.contextLength);
      assert.equal(session.quotes.map(describe), recall.session.quotes.map(describe));
      quotes += session.quotes.length;
      recall.close();
    }
    assert.ok(quotes >= 10, `${quotes} quotes`);
    assert.ok(lengths.size >= 3, `rows end after ${[...lengths].join()} tokens`);
    assert.ok([...lengths].some((length) => length < 60));
    batch.close();
  });

  test(`${mode}: calls with one cache are one generation, and what is new between them is read`, async () => {
    const prompt = [BOS, ...english.slice(0, 80)];
    const noise = () => noiseOfText();
    const inOne = new RecallLogitsProcessor(tokenizer, { mode, ...tags, eosTokenIds: [] });
    const options = { eos_token_id: [] };
    const [once] = await generate(model, {
      ...{ input_ids: idsTensor([prompt]), max_new_tokens: 48, ...options },
      logits_processor: listOf(noise(), new Boost(opens), inOne),
    });
    const inSteps = new RecallLogitsProcessor(tokenizer, { mode, ...tags, eosTokenIds: [] });
    const cache = new DynamicCache();
    let ids = prompt;
    for (const count of [1, 2, 5, 16, 24]) {
      const [generated] = await generate(model, {
        ...{ ...unpadded(ids), past_key_values: cache, max_new_tokens: count, ...options },
        logits_processor: listOf(noise(), new Boost(opens), inSteps),
      });
      ids = [...ids, ...generated];
      assert.is(cache.get_seq_length(), ids.length - 1);
    }
    assert.equal(ids.slice(prompt.length), once);
    assert.equal(inSteps.session.quotes.map(describe), inOne.session.quotes.map(describe));
    assert.ok(inOne.session.quotes.length >= 3);
    const before = inSteps.session.quotes.filter((span) => !span.open).length;
    // The next turn can quote what it brings, and the quotes before it are still there.
    const news = encode(" Quite something else: zebras 12345.");
    const processors = listOf(noise(), new Boost(opens), inSteps);
    await generate(model, {
      ...{ ...unpadded([...ids, ...news]), past_key_values: cache, max_new_tokens: 40, ...options },
      logits_processor: processors,
    });
    assert.ok(inSteps.session.quotes.length > before + 1);
    inSteps.session.quotes.slice(0, before).forEach((span, i) => {
      assert.equal(describe(span), describe(inOne.session.quotes[i]));
    });
    // Another conversation has nothing of this one.
    const other = [BOS + 5, ...encode("Other words.")];
    const [answer] = await generate(model, {
      ...{ input_ids: idsTensor([other]), max_new_tokens: 12, ...options },
      logits_processor: processors,
    });
    const fresh = new RecallLogitsProcessor(tokenizer, { mode, ...tags, eosTokenIds: [] });
    const [expected] = await generate(model, {
      ...{ input_ids: idsTensor([other]), max_new_tokens: 12, ...options },
      logits_processor: listOf(noise(), new Boost(opens), fresh),
    });
    assert.equal(answer, expected);
    assert.is(inSteps.session.contextLength, fresh.session.contextLength);
    assert.equal(inSteps.session.quotes.map(describe), fresh.session.quotes.map(describe));
  });

  test(`${mode}: quotes name the documents of the prompt, and come from nowhere else`, async () => {
    const documents = [
      { name: "a.txt", text: ENGLISH.slice(0, 300) },
      { name: "b.txt", text: "Straße, 東京 and zebras.\nA second line, of zebras too.\n" },
    ];
    const texts = new Map(documents.map(({ name, text }) => [name, Buffer.from(text)]));
    const prompt = [BOS, ...encode(`Read:\n${documents[0].text}\n\n${documents[1].text}Question?`)];
    const recall = new RecallLogitsProcessor(tokenizer, { mode, ...tags, documents, recallGenerated: false });
    await generate(model, {
      ...{ input_ids: idsTensor([prompt]), max_new_tokens: 300, eos_token_id: [] },
      logits_processor: listOf(gumbelNoise(3), new Boost(opens), recall),
    });
    const named = new Set<string | null>();
    for (const span of recall.session.quotes.filter(({ open, start, end }) => !open && end > start)) {
      const sources = span.sources();
      assert.ok(sources.length > 0);
      const quote = span.bytes ?? Buffer.concat([...span.tokens!].map((id) => bytes[id]!));
      for (const source of sources) {
        const text = texts.get(source.segment!)!;
        assert.ok(text.subarray(...source.bytes!).equals(quote));
        const line = text.subarray(0, source.bytes![0]).toString().split("\n").length;
        assert.is(source.lines![0], line);
        named.add(source.segment);
      }
    }
    assert.is(named.size, 2);
  });
}

for (const mode of ["token", "text"] as const) {
  test(`${mode}: rows can have documents of their own`, async () => {
    const opens = mode === "text" ? encode("<")[0] : START;
    const texts = ["The first text.", "And quite another one, longer.", "Zebras: 12345"];
    const rows = texts.map((text) => [BOS, ...encode(`Read: ${text} Quote.`)]);
    const recall = new RecallLogitsProcessor(tokenizer, {
      ...{ mode, recallGenerated: false, eosTokenIds: [] },
      ...(mode === "text" ? { startTag: "<<", endTag: ">>" } : {}),
      documents: (row) => [{ name: `text ${row}`, text: texts[row] }],
    });
    await generate(model, {
      ...{ ...padLeft(rows, EOS), max_new_tokens: 60, eos_token_id: [] },
      logits_processor: listOf(gumbelNoise(4), new Boost(opens), recall),
    });
    for (const [row, session] of recall.sessions.entries()) {
      const sources = session.quotes.flatMap((span) => span.sources());
      assert.ok(sources.length >= 5, `${sources.length} sources`);
      assert.ok(sources.every(({ segment }) => segment === `text ${row}`));
    }
    const work = generate(model, {
      ...{ ...padLeft([...rows, rows[0]], EOS), max_new_tokens: 2 },
      logits_processor: listOf(recall),
    });
    // There is no fourth text.
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    assert.is((error as Error).message, 'Expected "documents[0].text" to be a string');
    recall.close();
    assert.throws(
      () => recall.session,
      (thrown: RecallError) => thrown.code === "CLOSED",
    );
  });
}

function describe(span: { start: number; end: number; open: boolean; sources(): unknown[] }) {
  return [span.start, span.end, span.open, span.sources()];
}

test("a document that a prompt lacks is an error, also at its second turn", async () => {
  const documents = [{ name: "a.txt", text: "of words and zebras" }];
  const recall = new RecallLogitsProcessor(tokenizer, { documents });
  const ask = (text: string) =>
    generate(model, {
      ...{ input_ids: idsTensor([[BOS, ...encode(text)]]), max_new_tokens: 3 },
      logits_processor: listOf(recall),
    });
  assert.is(await codeOf(ask("Nothing here.")), "SEGMENT_UNKNOWN");
  assert.is(await codeOf(ask("Tell of words and zebras now")), undefined);
  assert.is(await codeOf(ask("Tell of words now")), "SEGMENT_UNKNOWN");
});

test("with more prompts than before there are more rows, with fewer fewer", async () => {
  const recall = new RecallLogitsProcessor(tokenizer);
  for (const count of [1, 3, 2]) {
    const rows = Array.from({ length: count }, (_, i) => [BOS, ...english.slice(i, i + 10)]);
    await generate(model, {
      input_ids: idsTensor(rows),
      max_new_tokens: 4,
      eos_token_id: [],
      logits_processor: listOf(recall),
    });
    assert.equal(
      recall.sessions.map((session) => session.contextLength),
      rows.map(() => 15),
    );
  }
});

test("a host that copies its ids for each step is followed too, and one that swaps rows is refused", () => {
  const recall = new RecallLogitsProcessor(tokenizer);
  const step = (rows: number[][]) => {
    const logits = { type: "float32", dims: [rows.length, 512], data: new Float32Array(512 * rows.length) };
    return recall(
      rows.map((row) => row.map(BigInt)),
      logits as never,
    );
  };
  const [a, b] = [english.slice(0, 8), english.slice(8, 16)];
  step([a, b]);
  step([
    [...a, START],
    [...b, START],
  ]);
  assert.ok(recall.sessions.every((session) => session.inSpan));
  let code: string | undefined;
  try {
    step([
      [...b, START, b[0]],
      [...b, START, b[1]],
    ]);
  } catch (error) {
    code = (error as RecallError).code;
  }
  assert.is(code, "NOT_ENFORCED");
  step([
    [...a, START, a[3]],
    [...b, START, b[2]],
  ]);
  assert.equal(
    recall.sessions.map((session) => [...session.quotes[0].tokens!]),
    [[a[3]], [b[2]]],
  );
});

test("the adapter loads nothing of the library", () => {
  const folder = new URL("../../lib/hosts/transformers/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".js"));
  assert.ok(files.length >= 6);
  for (const file of files) assert.not.match(readFileSync(new URL(file, folder), "utf8"), /["']@huggingface/);
});

test("what the constructor is given is checked", () => {
  const make = (options: object) => () => new RecallLogitsProcessor(tokenizer, options);
  assert.throws(() => new RecallLogitsProcessor({} as never), /Expected "tokenizer" to be a tokenizer of @huggingface/);
  assert.throws(() => new RecallLogitsProcessor(null as never), /Expected "tokenizer"/);
  assert.throws(make({ eosTokenIds: [512] }), 'Expected "eosTokenIds[0]" to be an integer in [0, 512)');
  assert.throws(make({ eosTokenIds: "x" }), /Expected "eosTokenIds"/);
  assert.throws(make({ mode: "both" }), /Expected "mode" to be one of/);
  assert.throws(make({ documents: [{ name: 1, text: "" }] }), 'Expected "documents[0].name" to be a string');
  assert.throws(make({ endToken: EOS }), 'Expected "endToken" not to be an end-of-generation token');
  assert.throws(make({ startToken: "<|none|>" }), (error: RecallError) => error.code === "NO_RECALL_TOKENS");
  assert.throws(make({ maxSpanTokens: 0 }), /Expected "maxSpanTokens"/);
  const recall = new RecallLogitsProcessor(tokenizer, { mode: "auto" });
  assert.is(recall.mode, "token");
  assert.is(recall.session.contextLength, 0);
  recall.close();
  assert.throws(
    () => recall.session,
    (error: RecallError) => error.code === "CLOSED",
  );
  assert.is(END, 3);
});

test.run();
