/** What is sampled inside spans: exact substrings, and distributed as under an exact mask. */

import { join } from "node:path";
import { TokenBias, type LlamaContextSequence, type SequenceEvaluateOptions, type Token } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallSampler } from "../../lib/entry/node-llama-cpp.js";
import { loadModel, scratch } from "../support/llama.js";
import { quotesIn } from "../support/quotes.js";
import { BOS, ENGLISH, EOS, START, writeTinyModel } from "../support/tiny-model.js";

const path = join(scratch, "tiny.gguf");
writeTinyModel({ path });
const model = await loadModel(path);
const open = TokenBias.for(model).set([START as Token], { logit: 1000 });
const prompt = [BOS as Token, ...model.tokenize(ENGLISH, false)];

async function newSequence(contextSize = 4096): Promise<LlamaContextSequence> {
  return (await model.createContext({ contextSize, threads: 1 })).getSequence();
}

test("thousands of spans are substrings of what was read, by tokens and by text", async () => {
  const host = await newSequence();
  let spans = 0;
  let longest = 0;
  for (let seed = 0; seed < 8; seed++) {
    const maxDraftTokens = seed < 4 ? 0 : undefined;
    const limits = { maxSpanTokens: 12, minSpanTokens: seed % 3, maxDraftTokens };
    const recall = new RecallSampler(host, { recallGenerated: false, ...limits });
    await host.clearHistory();
    const generated: Token[] = [];
    const sampling = { temperature: 2, topK: 0, topP: 1, seed, tokenBias: open, yieldEogToken: true };
    for await (const token of recall.sequence.evaluate(prompt, sampling)) {
      generated.push(token);
      if (generated.length >= 1500) break;
    }
    const source = `,${prompt.join()},`;
    for (const quote of quotesIn(generated)) {
      assert.ok(quote.length <= 12 && quote.length >= seed % 3, `a quote of ${quote.length} tokens`);
      assert.ok(quote.length === 0 || source.includes(`,${quote.join()},`), `tokens ${quote.join()}`);
      // A quote may begin or end inside a character.
      const text = model.detokenize(quote).replaceAll("\ufffd", "");
      assert.ok(ENGLISH.includes(text), `text ${JSON.stringify(text)}`);
      longest = Math.max(longest, quote.length);
    }
    const found = recall.session.quotes.filter((span) => !span.open);
    assert.equal(
      found.map((span) => [...span.tokens!]),
      quotesIn(generated),
    );
    for (const span of found.filter(({ tokens }) => tokens!.length > 0)) {
      const [{ start, end }] = span.sources({ limit: 1 });
      assert.equal([...span.tokens!], prompt.slice(start, end));
    }
    spans += found.length;
    recall.close();
  }
  assert.ok(spans >= 2000, `${spans} spans`);
  assert.is(longest, 12);
  await host.context.dispose();
});

test("generated text can be quoted where that is wanted", async () => {
  const host = await newSequence();
  const recall = new RecallSampler(host, { recallPrompt: false, minSpanTokens: 1, maxSpanTokens: 4 });
  const words = model.tokenize("the tokens of the session", false);
  const generated: Token[] = [];
  const script = [...words, START as Token];
  const outputs = recall.sequence.evaluate(prompt, { temperature: 1, topK: 0, topP: 1, seed: 5 });
  let forced: Token | undefined;
  for (let i = 0; i < script.length + 5; i++) {
    const { value, done } = await outputs.next(forced);
    if (done === true) break;
    forced = script[i];
    generated.push(forced ?? value);
  }
  await outputs.return();
  const [quote] = recall.session.quotes;
  assert.ok(quote.tokens!.length > 0);
  assert.ok(`,${words.join()},`.includes(`,${[...quote.tokens!].join()},`), [...quote.tokens!].join());
  await host.context.dispose();
});

test("probabilities inside spans are those of an exact mask", async () => {
  const host = await newSequence();
  const free = await newSequence();
  const recall = new RecallSampler(host, { maxSpanTokens: 20 });
  const sampling = { temperature: 1, topK: 0, topP: 1, seed: 3, tokenBias: open };
  const steps = recall.sequence.evaluateWithMetadata(prompt, { probabilities: true }, sampling);
  const unmasked = free.evaluateWithMetadata(prompt, { probabilities: true }, { ...sampling, tokenBias: undefined });
  let forced: Token | undefined;
  let compared = 0;
  let worst = 0;
  while (compared < 200) {
    const allowed = recall.session.allowed()?.slice() ?? null;
    const [masked, exact] = [await steps.next(), await unmasked.next(forced)];
    assert.not(masked.done || exact.done);
    if (allowed !== null) {
      const probabilities = masked.value!.probabilities!;
      const mass = allowed.reduce((sum, id) => sum + exact.value!.probabilities!.get(id as Token)!, 0);
      let inside = 0;
      for (const id of allowed) {
        const expected = exact.value!.probabilities!.get(id as Token)! / mass;
        const actual = probabilities.get(id as Token)!;
        inside += actual;
        worst = Math.max(worst, Math.abs(actual / expected - 1));
        compared++;
      }
      assert.ok(Math.abs(inside - 1) < 1e-5, `mass ${inside} inside the allowed set`);
      assert.is(probabilities.get(EOS as Token) ?? 0, 0, "an end-of-generation token can be drawn");
    }
    forced = masked.value!.token;
  }
  assert.ok(worst < 1e-4, `relative error ${worst}`);
  await Promise.all([steps.return(), unmasked.return()]);
  await Promise.all([host.context.dispose(), free.context.dispose()]);
});

test("draws inside spans follow these probabilities", async () => {
  const host = await newSequence(256);
  const document = "to be or not to be, that is";
  const recall = new RecallSampler(host, { documents: [{ name: "hamlet", text: document }], minSpanTokens: 1 });
  const text = [BOS as Token, ...model.tokenize("Which words? ", false), ...model.tokenize(document, false)];
  const expected = await exactDistribution(text, [...new Set(model.tokenize(document, false))]);
  const draws = 3000;
  const counts = new Map<Token, number>();
  for (let seed = 0; seed < draws; seed++) {
    const first = (
      await take(recall.sequence, text, 2, { temperature: 1, topK: 0, topP: 1, seed, tokenBias: open })
    )[1];
    counts.set(first, (counts.get(first) ?? 0) + 1);
    await host.eraseContextTokenRanges([{ start: 0, end: host.nextTokenIndex }]);
  }
  let chiSquare = 0;
  for (const [token, probability] of expected) {
    const difference = (counts.get(token) ?? 0) - draws * probability;
    chiSquare += difference ** 2 / (draws * probability);
  }
  assert.is([...counts.keys()].filter((token) => !expected.has(token)).length, 0);
  const freedom = expected.size - 1;
  assert.ok(chiSquare < freedom + 5 * Math.sqrt(2 * freedom), `chi-square ${chiSquare} at ${freedom}`);
  await host.context.dispose();

  /** The distribution of the token after the start token, over the document's tokens. */
  async function exactDistribution(tokens: Token[], ids: Token[]): Promise<Map<Token, number>> {
    const free = await newSequence(256);
    const outputs = free.evaluateWithMetadata([...tokens, START as Token], { probabilities: true }, FREE_SAMPLING);
    const { value } = await outputs.next();
    const weights = ids.map((id) => value!.probabilities!.get(id)!);
    const sum = weights.reduce((a, b) => a + b);
    await outputs.return();
    await free.context.dispose();
    return new Map(ids.map((id, i) => [id, weights[i] / sum]));
  }
});

const FREE_SAMPLING: SequenceEvaluateOptions = { temperature: 1, topK: 0, topP: 1 };

async function take(sequence: LlamaContextSequence, tokens: Token[], n: number, options: SequenceEvaluateOptions) {
  const taken: Token[] = [];
  for await (const token of sequence.evaluate(tokens, options)) {
    taken.push(token);
    if (taken.length === n) break;
  }
  return taken;
}

test.run();
