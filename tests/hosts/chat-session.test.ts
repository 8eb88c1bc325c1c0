/** LlamaChatSession on a constrained sequence. */

import { join } from "node:path";
import { ChatMLChatWrapper, defineChatSessionFunction, LlamaChatSession, TokenBias, type Token } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallSampler, type RecallSamplerOptions } from "../../lib/entry/node-llama-cpp.js";
import { loadModel, scratch } from "../support/llama.js";
import { END, ENGLISH, START, writeTinyModel } from "../support/tiny-model.js";

const path = join(scratch, "tiny.gguf");
writeTinyModel({ path });
const model = await loadModel(path);
const open = TokenBias.for(model).set([START as Token], { logit: 1000 });
const sampling = { temperature: 2, topK: 0, topP: 1, seed: 1, tokenBias: open };
const document = { name: "harbour.txt", text: ENGLISH.slice(0, 1500) };

async function newChat(options: RecallSamplerOptions, contextSize = 2048) {
  const context = await model.createContext({ contextSize, threads: 1 });
  const recall = new RecallSampler(context.getSequence(), options);
  const chat = new LlamaChatSession({ contextSequence: recall.sequence, chatWrapper: new ChatMLChatWrapper() });
  return { context, recall, chat };
}

/** A span's text; a quote may begin or end inside a character. */
function textOf(tokens: Int32Array): string {
  return model.detokenize([...tokens] as Token[]);
}

function expectQuotesOf(recall: RecallSampler, text: string): number {
  const quotes = recall.session.quotes.filter((span) => !span.open && span.tokens!.length > 0);
  for (const span of quotes) {
    assert.ok(text.includes(textOf(span.tokens!).replaceAll("\ufffd", "")), JSON.stringify(textOf(span.tokens!)));
    for (const { segment } of span.sources()) assert.is(segment, document.name);
  }
  return quotes.length;
}

test("prompt() answers with quotes from the document, wherever the template puts it", async () => {
  const { context, recall, chat } = await newChat({ documents: [document], recallGenerated: false, minSpanTokens: 2 });
  await chat.prompt(`Here is a document:\n${document.text}\nWhat does it say?`, { ...sampling, maxTokens: 200 });
  assert.ok(expectQuotesOf(recall, document.text) > 10);
  await context.dispose();
});

test("delimiters are not in prompt()'s text; onToken and the session's spans have them", async () => {
  const { context, recall, chat } = await newChat({ documents: [document], minSpanTokens: 2, maxSpanTokens: 6 });
  const tokens: Token[] = [];
  const onToken = (more: Token[]) => void tokens.push(...more);
  const answer = await chat.prompt(document.text, { ...sampling, maxTokens: 60, onToken });
  assert.not.match(answer, "recall|>");
  assert.ok(tokens.includes(START as Token) && tokens.includes(END as Token));
  const quoted = recall.session.quotes.map((span) => textOf(span.tokens!)).join("");
  assert.is(answer.trim(), quoted.trim());
  await context.dispose();
});

test("a second turn, over a history without delimiters, still quotes the document", async () => {
  const { context, recall, chat } = await newChat({ documents: [document], recallGenerated: false, minSpanTokens: 2 });
  await chat.prompt(document.text, { ...sampling, maxTokens: 40 });
  await chat.prompt("And what else does it say?", { ...sampling, seed: 2, maxTokens: 40 });
  assert.ok(expectQuotesOf(recall, document.text) > 2);
  await chat.prompt("Go on.", { ...sampling, seed: 3, maxTokens: 40 });
  assert.ok(expectQuotesOf(recall, document.text) > 2);
  await context.dispose();
});

test("a history that no longer fits: CONTEXT_SHIFTED, or the session keeps the document", async () => {
  for (const onContextShift of ["error", "keep"] as const) {
    const short = { ...document, text: document.text.slice(0, 500) };
    const options = { documents: [short], recallGenerated: false, minSpanTokens: 2, onContextShift };
    const { context, recall, chat } = await newChat(options, 768);
    let error: { code?: string } | undefined;
    let turns = 0;
    try {
      await chat.prompt(short.text, { ...sampling, maxTokens: 40 });
      for (; turns < 12; turns++)
        await chat.prompt(`Turn ${turns}: ${"more and ".repeat(20)}`, { ...sampling, seed: turns, maxTokens: 60 });
    } catch (thrown) {
      error = thrown as { code?: string };
    }
    if (onContextShift === "error") {
      assert.is(error?.code, "CONTEXT_SHIFTED", String(error));
    } else {
      assert.is(error, undefined, String(error));
      assert.ok(expectQuotesOf(recall, short.text) > 2);
      assert.ok(recall.session.contextLength > 768);
    }
    await context.dispose();
  }
});

test("an answer longer than the context: CONTEXT_SHIFTED, or its words can be quoted although the host cut them", async () => {
  for (const onContextShift of ["error", "keep"] as const) {
    const { context, recall, chat } = await newChat({ onContextShift, minSpanTokens: 2, maxSpanTokens: 8 }, 512);
    const work = chat.prompt("Let the mask assign values.", { ...sampling, maxTokens: 900 });
    const error = await work.then(
      () => undefined,
      (thrown: { code?: string }) => thrown.code,
    );
    assert.is(error, onContextShift === "error" ? "CONTEXT_SHIFTED" : undefined);
    if (onContextShift === "keep") {
      assert.ok(recall.session.contextLength > 900);
      assert.ok(recall.session.quotes.length > 60, `${recall.session.quotes.length} spans`);
    }
    await context.dispose();
  }
});

test("grammar and functions are refused, DRY penalties too", async () => {
  const { context, recall, chat } = await newChat({});
  const refused = async (options: Parameters<LlamaChatSession["prompt"]>[1], expected: RegExp) => {
    const error = await chat.prompt("Hello", { maxTokens: 20, ...options }).then(
      () => null,
      (thrown: Error) => thrown,
    );
    assert.match(error?.message ?? "it went through", expected);
  };
  const grammar = await model.llama.createGrammarForJsonSchema({ type: "string" });
  await refused({ grammar }, /Expected "grammar"/);
  await refused({ dryRepeatPenalty: { strength: 1 } }, /Expected "dryRepeatPenalty.strength"/);
  const functions = { time: defineChatSessionFunction({ description: "the time", handler: () => "noon" }) };
  const call = model.tokenize("||call: time", false);
  let at = 0;
  const tokenBias = () => TokenBias.for(model).set([call[Math.min(at++, call.length - 1)]], { logit: 1000 });
  await refused({ functions, tokenBias }, /Expected "grammar"/);
  recall.close();
  await context.dispose();
});

test.run();
