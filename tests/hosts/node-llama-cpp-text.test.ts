/** Text mode in node-llama-cpp: quotes between tags, on a model without delimiter tokens. */

import { join } from "node:path";
import { TokenBias, type LlamaContextSequence, type SequenceEvaluateOptions, type Token } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallSampler, type RecallError, type TextQuote } from "../../lib/entry/node-llama-cpp.js";
import { loadModel, scratch } from "../support/llama.js";
import { BOS, ENGLISH, EOS, writeTinyModel } from "../support/tiny-model.js";

writeTinyModel({ path: join(scratch, "plain.gguf"), controlTokens: ["<|bos|>", "<|eos|>"] });
writeTinyModel({ path: join(scratch, "recall.gguf") });
const model = await loadModel(join(scratch, "plain.gguf"));
const GERMAN = "Zwölf Straßen, grün und weit – 東京 🌲.\r\nEine Lärche.\r\n".repeat(5);
const documents = [
  { name: "english.txt", text: ENGLISH },
  { name: "german.txt", text: GERMAN },
];
const contents = new Map(documents.map(({ name, text }) => [name, Buffer.from(text)]));
const sampling = { temperature: 1, topK: 0, topP: 1, seed: 1, yieldEogToken: true };
const SHORT = { startTag: "«", endTag: "»" };

async function newSequence(contextSize = 1024): Promise<LlamaContextSequence> {
  return (await model.createContext({ contextSize, threads: 1 })).getSequence();
}

function tokenize(text: string): Token[] {
  return [BOS as Token, ...model.tokenize(text, false)];
}

/** Generates tokens; outside a quote the opening tag is forced, token by token, unless `free`. */
async function generate(
  recall: RecallSampler<"text">,
  prompt: Token[],
  count: number,
  { tag = "«", free = false, ...options }: SequenceEvaluateOptions & { tag?: string; free?: boolean } = {},
): Promise<Token[]> {
  const biases = model.tokenize(tag, false).map((token) => TokenBias.for(model).set([token], { logit: 1000 }));
  let at = 0;
  let wasInSpan = recall.session.inSpan;
  const generated: Token[] = [];
  const tokenBias = free ? undefined : () => biases[at];
  for await (const token of recall.sequence.evaluate(prompt, { ...sampling, tokenBias, ...options })) {
    generated.push(token);
    const { inSpan } = recall.session;
    at = inSpan || wasInSpan ? 0 : (at + 1) % biases.length;
    wasInSpan = inSpan;
    if (generated.length === count) break;
  }
  return generated;
}

/** Expects quotes to be bytes of the documents that they name, and at least so many of them to be more than nothing. */
function expectExact(spans: readonly TextQuote[], least = 1): void {
  let found = 0;
  for (const span of spans) {
    if (span.bytes.length === 0) continue;
    const sources = span.sources();
    if (span.open && [...contents.values()].some((content) => content.includes(Buffer.from(span.bytes)))) continue;
    assert.ok(sources.length > 0, JSON.stringify(span.text));
    for (const { segment, bytes } of sources) {
      const quoted = contents.get(segment!)!.subarray(...bytes!);
      assert.ok(quoted.equals(span.bytes), JSON.stringify(span.text));
      assert.is(quoted.toString(), span.text);
    }
    found++;
  }
  assert.ok(found >= least, `${found} quotes that are not empty`);
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: RecallError) => error.code,
  );
}

test("thousands of quotes are exact bytes of the documents that they name", async () => {
  const host = await newSequence(1024);
  let count = 0;
  const named = new Set<string | null>();
  for (let seed = 0; count < 2000 && seed < 60; seed++) {
    const limits = { maxSpanBytes: 8 + seed, minSpanBytes: seed % 4 };
    const recall = new RecallSampler(host, { mode: "text", documents, ...SHORT, ...limits, recallGenerated: false });
    await host.clearHistory();
    await generate(recall, tokenize("Quote:"), 900, { seed });
    const { quotes } = recall.session;
    expectExact(quotes);
    for (const span of quotes.filter(({ open }) => !open)) {
      assert.ok(span.bytes.length <= limits.maxSpanBytes, `${span.bytes.length} bytes`);
      assert.ok(span.bytes.length >= limits.minSpanBytes || ENGLISH.endsWith(span.text) || GERMAN.endsWith(span.text));
      for (const { segment } of span.sources()) named.add(segment);
      count++;
    }
    recall.close();
  }
  assert.ok(count >= 2000, `${count} quotes`);
  assert.is(named.size, 2);
  await host.context.dispose();
});

test("the default tags, in several tokens; and quotes that snap to words", async () => {
  const host = await newSequence(1024);
  for (const snap of [undefined, "word", "line"] as const) {
    const recall = new RecallSampler(host, { mode: "text", documents, snap, recallGenerated: false });
    await host.clearHistory();
    await generate(recall, tokenize("Quote:"), 600, { tag: "<recall>" });
    const { quotes } = recall.session;
    assert.ok(quotes.length > 3, `${quotes.length} quotes with ${snap}`);
    expectExact(quotes, 3);
    const closed = quotes.filter(({ open }) => !open);
    if (snap === "word") {
      const words = new Set(documents.flatMap(({ text }) => text.match(/[\p{L}\p{M}]+/gu)!));
      const quoted = closed.flatMap(({ text }) => text.match(/[\p{L}\p{M}]+/gu) ?? []);
      assert.ok(quoted.length > 3, `${quoted.length} words`);
      for (const word of quoted) assert.ok(words.has(word), word);
    }
    if (snap === "line") {
      const lines = new Set(documents.flatMap(({ text }) => text.split(/(?<=\n)|(?=\r?\n)/)));
      for (const { text } of closed) {
        for (const line of text === "" ? [] : text.split(/(?<=\n)|(?=\r?\n)/)) assert.ok(lines.has(line), line);
      }
    }
    recall.close();
  }
  await host.context.dispose();
});

test("the mode is what the tokenizer has, unless given", async () => {
  const host = await newSequence(256);
  const other = await loadModel(join(scratch, "recall.gguf"));
  const context = await other.createContext({ contextSize: 256, threads: 1 });
  const recallHost = context.getSequence();
  const modes = [
    new RecallSampler(host),
    new RecallSampler(host, { mode: "text" }),
    new RecallSampler(recallHost, { mode: "auto" }),
    new RecallSampler(recallHost, { mode: "text" }),
    new RecallSampler(host, { startToken: 5, endToken: 6 }),
  ].map(({ mode }) => mode);
  assert.equal(modes, ["text", "text", "token", "text", "token"]);
  for (const options of [{ mode: "token" }, { startToken: "<quote>" }] as const) {
    assert.throws(
      () => new RecallSampler(host, options),
      (error: RecallError) => error.code === "NO_RECALL_TOKENS",
    );
  }
  assert.throws(() => new RecallSampler(host, { mode: "tags" as "text" }), /Expected "mode" to be/);
  assert.throws(() => new RecallSampler(host, { startTag: "" }), /Expected "startTag"/);
  assert.throws(() => new RecallSampler(host, { snap: "page" as "word" }), /Expected "snap"/);
  await Promise.all([context.dispose(), host.context.dispose()]);
});

test("what can be quoted: the prompt without documents, with them only where asked for, and what was generated", async () => {
  const host = await newSequence(256);
  const prompt = tokenize("zebra");
  for (const [options, quotable] of [
    [{}, true],
    [{ documents }, false],
    [{ documents, recallPrompt: true }, true],
    [{ documents: [] }, false],
    [{ recallPrompt: false, recallGenerated: false }, false],
  ] as const) {
    const recall = new RecallSampler(host, { mode: "text", ...SHORT, ...options });
    await host.clearHistory();
    await generate(recall, prompt, 1, { free: true });
    if (!recall.session.inSpan) recall.session.beginSpan();
    const letters = [..."zebra"].map((letter) => model.tokenize(letter, false)[0]);
    assert.is(recall.session.validate(letters) === 5, quotable, JSON.stringify(options));
    recall.close();
  }
  await host.context.dispose();
});

test("tokens sent back in place of others, and going back", async () => {
  const host = await newSequence(512);
  const recall = new RecallSampler(host, { mode: "text", documents, recallGenerated: false });
  const script = model.tokenize("He said <recall>", false);
  const outputs = recall.sequence.evaluate(tokenize("Quote:"), sampling);
  await outputs.next();
  for (const token of script) await outputs.next(token);
  assert.is(recall.session.quotes.length, 1);
  await outputs.return();
  const before = host.nextTokenIndex;
  await generate(recall, tokenize(" go on").slice(1), 20, { tag: "<recall>" });
  expectExact(recall.session.quotes);
  await host.eraseContextTokenRanges([{ start: before - script.length, end: host.nextTokenIndex }]);
  await generate(recall, tokenize(" again").slice(1), 1, { free: true });
  assert.is(recall.session.quotes.length, 0);
  recall.reset();
  assert.is(recall.session.contextLength, contents.get("english.txt")!.length + contents.get("german.txt")!.length);
  await host.context.dispose();
});

test("a token that opens a quote and goes on with other bytes is not sampled", async () => {
  const host = await newSequence(1024);
  const document = { name: "a", text: "he he hand" };
  for (let seed = 0; seed < 3; seed++) {
    const tags = { startTag: " t", endTag: "|" };
    const recall = new RecallSampler(host, { mode: "text", documents: [document], ...tags, recallGenerated: false });
    await host.clearHistory();
    await generate(recall, tokenize("Quote"), 300, { free: true, seed, temperature: 1.5 });
    assert.ok(recall.session.quotes.length > 0);
    for (const { text } of recall.session.quotes) assert.ok(document.text.includes(text), text);
    assert.ok(recall.session.quotes.some(({ text }) => text !== ""));
    recall.close();
  }
  await host.context.dispose();
});

test("a host that drops tokens: CONTEXT_SHIFTED, or quotes go on", async () => {
  for (const onContextShift of ["error", "keep"] as const) {
    const host = await newSequence(256);
    const recall = new RecallSampler(host, { mode: "text", documents, ...SHORT, onContextShift });
    const work = generate(recall, tokenize("Quote:"), 600, {});
    assert.is(await codeOf(work), onContextShift === "error" ? "CONTEXT_SHIFTED" : undefined);
    if (onContextShift === "keep") {
      await generate(recall, tokenize(" And more:").slice(1), 30);
      assert.ok(recall.session.quotes.length > 20, `${recall.session.quotes.length} quotes`);
    }
    await host.context.dispose();
  }
});

test("end-of-generation tokens end an answer outside quotes, and are not drawn inside", async () => {
  const host = await newSequence(512);
  const recall = new RecallSampler(host, { mode: "text", documents, ...SHORT, recallGenerated: false });
  const end = TokenBias.for(model).set([EOS as Token], { logit: 50 });
  recall.session.beginSpan();
  const inside = recall.session.allowed()!;
  assert.not(inside.includes(EOS));
  recall.session.endSpan();
  const generated = await generate(recall, tokenize("Quote:"), 50, { tokenBias: end, yieldEogToken: false });
  assert.ok(generated.length < 50);
  await host.context.dispose();
});

test.run();
