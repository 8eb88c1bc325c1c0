/** What generate() samples inside spans: exact substrings, under the mask that the oracle has. */

import type { Tensor } from "@huggingface/transformers";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallLogitsProcessor } from "../../lib/entry/transformers.js";
import { tokenBytesOfTokenizerJson } from "../../lib/entry/index.js";
import { SessionOracle } from "../oracle/session.js";
import { TextSessionOracle } from "../oracle/text/session.js";
import { loadOnnxModel } from "../support/onnx.js";
import { quotesIn } from "../support/quotes.js";
import { scratch } from "../support/scratch.js";
import { BOS, END, ENGLISH, EOS, START } from "../support/tiny-model.js";
import { writeTinyOnnxModel } from "../support/tiny-onnx-model.js";
import { Boost, generate, gumbelNoise, idsTensor, listOf, Probe } from "../support/transformers.js";

const folder = join(scratch, "tiny");
writeTinyOnnxModel({ folder });
const { model, tokenizer } = await loadOnnxModel(folder);
const bytes = tokenBytesOfTokenizerJson(tokenizer._tokenizerJSON);
const [OPENS] = encode("<");
const NO_END = { eos_token_id: [] };
const TAGS = { startTag: "<<", endTag: ">>" };

function encode(text: string): number[] {
  return tokenizer.encode(text, { add_special_tokens: false });
}

function decode(ids: readonly number[]): string {
  return Buffer.concat(ids.map((id) => bytes[id] ?? Buffer.of(0xff))).toString();
}

/** A text of its own for each row, all of one length. */
function prompts(rows: number, length: number): number[][] {
  const text = encode(ENGLISH);
  return Array.from({ length: rows }, (_, row) => [BOS, ...text.slice(row * 40, row * 40 + length - 1)]);
}

async function generateFrom(rows: readonly (readonly number[])[], options: object): Promise<number[][]> {
  return generate(model, { input_ids: idsTensor(rows), ...NO_END, ...options });
}

test("an id that the rows have and the tokenizer lacks stands for nothing, in a prompt and where it is sampled", () => {
  const width = bytes.length + 70;
  for (const mode of ["token", "text"] as const) {
    const recall = new RecallLogitsProcessor(tokenizer, {
      mode,
      ...(mode === "text" && { documents: [] }),
      recallPrompt: true,
    });
    const ids = [BOS, ...encode("The"), width - 1, ...encode("red ball")].map(BigInt);
    const step = (...next: number[]) => {
      for (const id of [...next, null]) {
        const logits = new (idsTensor([[0]]).constructor as typeof Tensor)("float32", new Float32Array(width), [
          1,
          width,
        ]);
        recall._call([ids], logits);
        if (id === null) return logits.data as Float32Array;
        ids.push(BigInt(id));
      }
      return new Float32Array(0);
    };
    step(width - 2, ...encode("cat"));
    const [opening, closing] = mode === "token" ? [[START], [END]] : [encode("<recall>"), encode("</recall>")];
    const row = step(...opening, ...encode("red ball"));
    assert.ok(row.subarray(bytes.length).every((logit) => logit === -Infinity));
    step(...closing);
    assert.is(recall.session.quotes.length, 1);
    assert.is(recall.session.quotes[0].open, false);
    ids.push(BigInt(width));
    assert.throws(
      () => recall.session,
      (error: unknown) => error instanceof RangeError,
    );
    recall.close();
  }
});

test("token mode takes a tokenizer without a decoder, unless documents are to be found in its prompts", async () => {
  const json = { ...(tokenizer._tokenizerJSON as object), decoder: null };
  const bare = Object.assign(Object.create(tokenizer) as typeof tokenizer, { _tokenizerJSON: json });
  const recall = new RecallLogitsProcessor(bare, { mode: "token" });
  const rows = prompts(1, 200);
  await generateFrom(rows, { max_new_tokens: 60, logits_processor: listOf(gumbelNoise(1), new Boost(START), recall) });
  assert.ok(recall.session.quotes.some(({ tokens }) => tokens.length > 0));
  assert.type(recall.draftSource, "function");
  const documents = [{ name: "a", text: ENGLISH }];
  for (const options of [
    { mode: "text" },
    { mode: "token", documents },
    { mode: "token", documents: () => documents },
  ] as const) {
    assert.throws(() => new RecallLogitsProcessor(bare, options), /^Expected "decoder" to be an object$/);
  }
});

test("thousands of spans are substrings of what their rows have read, by tokens and by text", async () => {
  let [spans, longest] = [0, 0];
  for (let seed = 0; seed < 3; seed++) {
    const rows = prompts(8, 200);
    const recall = new RecallLogitsProcessor(tokenizer, {
      ...{ recallGenerated: false, maxSpanTokens: 6, minSpanTokens: seed },
      eosTokenIds: [],
    });
    const generated = await generateFrom(rows, {
      max_new_tokens: 400,
      logits_processor: listOf(gumbelNoise(seed), new Boost(START), recall),
    });
    assert.is(recall.sessions.length, rows.length);
    for (const [i, session] of recall.sessions.entries()) {
      const quotes = quotesIn(generated[i]);
      const read = decode(rows[i]);
      for (const quote of quotes) {
        assert.ok(quote.length <= 6, `a quote of ${quote.length} tokens`);
        const isAtEnd = rows[i].slice(-quote.length).join() === quote.join();
        assert.ok(quote.length >= seed || isAtEnd, `a quote of ${quote.length} tokens`);
        assert.ok(quote.length === 0 || `,${rows[i].join()},`.includes(`,${quote.join()},`), quote.join());
        const text = decode(quote).replaceAll("\ufffd", "");
        assert.ok(read.includes(text), JSON.stringify(text));
        longest = Math.max(longest, quote.length);
      }
      const closed = session.quotes.filter((span) => !span.open);
      assert.equal(
        closed.map(({ tokens }) => [...tokens!]),
        quotes,
      );
      for (const span of closed.filter(({ tokens }) => tokens!.length > 0)) {
        const [{ segment, start, end }] = span.sources({ limit: 1 });
        assert.is(segment, null);
        assert.equal([...span.tokens!], rows[i].slice(start, end));
      }
      spans += closed.length;
    }
    recall.close();
  }
  assert.ok(spans >= 2000, `${spans} spans`);
  assert.is(longest, 6);
});

test("thousands of spans between tags are bytes of the documents that they name", async () => {
  const documents = [
    { name: "english.txt", text: ENGLISH.slice(0, 1500) },
    { name: "german.txt", text: "Zwölf Straßen, grün und weit – 東京 🌲.\r\nEine Lärche.\r\n" },
  ];
  const contents = new Map(documents.map(({ name, text }) => [name, Buffer.from(text)]));
  const named = new Set<string | null>();
  let spans = 0;
  for (let seed = 0; seed < 3; seed++) {
    const limits = { maxSpanBytes: 5 + seed, minSpanBytes: seed };
    const recall = new RecallLogitsProcessor(tokenizer, {
      ...{ mode: "text", documents, recallGenerated: false, eosTokenIds: [] },
      ...TAGS,
      ...limits,
    });
    const generated = await generateFrom(prompts(10, 8), {
      max_new_tokens: 500,
      logits_processor: listOf(gumbelNoise(seed), new Boost(OPENS), recall),
    });
    for (const [i, session] of recall.sessions.entries()) {
      const found = session.quotes.filter((span) => !span.open);
      // Neither tag is in the documents, so the text alone tells where quotes are.
      const written = [...decode(generated[i]).matchAll(/<<(.*?)>>/gs)].map(([, quote]) => quote);
      assert.equal(
        found.map(({ text }) => text),
        written,
      );
      for (const span of found) {
        assert.ok(span.bytes.length <= limits.maxSpanBytes, span.text);
        for (const { segment, bytes: range } of span.sources()) {
          assert.ok(
            contents
              .get(segment!)!
              .subarray(...range!)
              .equals(span.bytes),
            span.text,
          );
          named.add(segment);
        }
        assert.ok(span.bytes.length === 0 || span.sources({ limit: 1 }).length === 1, span.text);
      }
      spans += found.length;
    }
    recall.close();
  }
  assert.ok(spans >= 2000, `${spans} spans`);
  assert.is(named.size, 2);
});

test("inside a span the logits are those of an exact mask, bit for bit", async () => {
  const [prompt] = prompts(1, 150);
  const oracle = new SessionOracle({
    ...{ vocabSize: bytes.length, startTokenId: START, endTokenId: END, maxSpanTokens: 6, minSpanTokens: 1 },
    ...{ barrierTokenIds: [0, 1, 2, 3, 4, 5], recallGenerated: true },
  });
  oracle.append(prompt);
  const recall = new RecallLogitsProcessor(tokenizer, { maxSpanTokens: 6, minSpanTokens: 1 });
  const compared = await compareMasks(recall, oracle, prompt, START);
  assert.ok(compared.inside >= 200 && compared.outside >= 30, JSON.stringify(compared));
});

test("the same in text mode", async () => {
  const tokens = bytes.map((each) => [...(each ?? [])]);
  const oracle = new TextSessionOracle({
    ...{ tokens, startTag: [...Buffer.from("<<")], endTag: [...Buffer.from(">>")] },
    ...{ maxSpanBytes: 12, minSpanBytes: 2, recallGenerated: true, json: false, snapEdges: null },
  });
  const text = ENGLISH.slice(0, 150);
  oracle.append([...Buffer.from(text)], { segment: "a" });
  const limits = { maxSpanBytes: 12, minSpanBytes: 2 };
  const documents = [{ name: "a", text }];
  const recall = new RecallLogitsProcessor(tokenizer, { mode: "text", ...TAGS, ...limits, documents });
  const compared = await compareMasks(recall, oracle, [BOS], OPENS);
  assert.ok(compared.inside >= 200 && compared.outside >= 30, JSON.stringify(compared));
});

interface Oracle {
  allowed(): readonly number[] | null;
  accept(token: number): void;
}

/** Steps whose masked logits were compared with the oracle's set. */
async function compareMasks(
  recall: RecallLogitsProcessor<"auto" | "text" | "token">,
  oracle: Oracle,
  prompt: number[],
  opens: number,
) {
  const compared = { inside: 0, outside: 0 };
  let before = new Float32Array(0);
  const keep = new Probe((_ids, logits) => (before = logits.slice()));
  const compare = new Probe(([ids], logits) => {
    if (ids.length > prompt.length) oracle.accept(Number(ids.at(-1)));
    const allowed = oracle.allowed();
    const expected = new Float32Array(logits.length).fill(allowed === null ? 0 : -Infinity);
    for (let id = 0; id < logits.length; id++) {
      if (allowed === null || allowed.includes(id)) expected[id] = before[id];
    }
    assert.ok(Buffer.from(expected.buffer).equals(Buffer.from(logits.slice().buffer)), `step ${ids.length}`);
    compared[allowed === null ? "outside" : "inside"]++;
  });
  await generateFrom([prompt], {
    max_new_tokens: 400,
    logits_processor: listOf(gumbelNoise(5), new Boost(opens), keep, recall, compare),
  });
  return compared;
}

test("a quote goes on while its row does, and what was generated last is in it", async () => {
  const [prompt] = prompts(1, 100);
  const recall = new RecallLogitsProcessor(tokenizer, { minSpanTokens: 50 });
  for (let count = 1; count <= 4; count++) {
    recall.reset();
    const processors = listOf(new Boost(START), recall);
    const [generated] = await generateFrom([prompt], { max_new_tokens: count, logits_processor: processors });
    const [span] = recall.session.quotes;
    assert.ok(span.open);
    assert.equal([START, ...span.tokens!], generated);
    assert.is(recall.session.contextLength, prompt.length + count);
  }
});

test("a token that is not allowed is refused at the next step, and after the last one", async () => {
  const [prompt] = prompts(1, 100);
  const other = Array.from({ length: bytes.length }, (_, id) => id).find((id) => id > END + 2 && !prompt.includes(id))!;
  const force = new Probe(([ids], logits) => {
    if (ids.length > prompt.length) logits[other] = Infinity;
  });
  for (const count of [2, 3]) {
    const recall = new RecallLogitsProcessor(tokenizer);
    const work = generateFrom([prompt], {
      max_new_tokens: count,
      logits_processor: listOf(new Boost(START), recall, force),
    });
    // With two tokens there is no next step, so reading the session finds it.
    const refused = await work.then(() => recall.session.quotes).catch((error: unknown) => error as { code?: string });
    assert.is((refused as { code?: string }).code, "NOT_ENFORCED");
    // What was allowed is still there.
    assert.is(recall.session.contextLength, prompt.length + 1);
  }
});

test("a model's end inside a quote cannot be sampled", async () => {
  const [prompt] = prompts(1, 100);
  const recall = new RecallLogitsProcessor(tokenizer, { maxSpanTokens: 5, minSpanTokens: 5 });
  const [generated] = await generateFrom([prompt], {
    ...{ eos_token_id: EOS, max_new_tokens: 8 },
    logits_processor: listOf(new Boost(EOS, START), new Boost(START), recall),
  });
  assert.is(generated.indexOf(EOS), -1);
  assert.is(generated.indexOf(END), 6);
});

test("logits are masked in place, and what is not a tensor of theirs is refused", () => {
  const recall = new RecallLogitsProcessor(tokenizer);
  const width = bytes.length;
  const ids = [[BigInt(BOS), 100n]];
  const TensorClass = idsTensor([[0]]).constructor as typeof Tensor;
  const tensor = new TensorClass("float32", new Float32Array(width + 3), [1, width + 3]);
  assert.is(recall(ids, tensor), tensor);
  ids[0].push(BigInt(START));
  recall(ids, tensor);
  assert.equal(
    [...(tensor.data as Float32Array).keys()].filter((id) => tensor.data[id] === 0),
    [END, 100],
  );
  const half = new TensorClass("float16", new Uint16Array(width), [1, width]);
  const threeDimensions = new TensorClass("float32", new Float32Array(width), [1, 1, width]);
  const twoRows = new TensorClass("float32", new Float32Array(2 * width), [2, width]);
  const narrow = new TensorClass("float32", new Float32Array(width - 1), [1, width - 1]);
  assert.throws(
    () => recall(ids, half),
    /^TypeError: Expected "logits" to be of type float32|Expected "logits" to be of/,
  );
  assert.throws(() => recall(ids, threeDimensions), 'Expected "logits" to be of shape [1, width]');
  assert.throws(() => recall(ids, twoRows), 'Expected "logits" to be of shape [1, width]');
  assert.throws(() => recall(ids, narrow), `Expected "logits" to have at least ${width} entries`);
});

test.run();
