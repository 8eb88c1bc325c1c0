/** Which part of a prompt can be quoted, and under which name. */

import { join } from "node:path";
import { LlamaCompletion, TokenBias, type LlamaContextSequence, type Token } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallSampler, type RecallDocument, type RecallError } from "../../lib/entry/node-llama-cpp.js";
import { locateDocuments } from "../../lib/hosts/shared/document-locator.js";
import { ModelVocabulary } from "../../lib/hosts/node-llama-cpp/model-vocabulary.js";
import { loadModel, scratch } from "../support/llama.js";
import { BOS, END, ENGLISH, START, writeTinyModel } from "../support/tiny-model.js";

const path = join(scratch, "tiny.gguf");
writeTinyModel({ path });
const model = await loadModel(path);
const vocabulary = ModelVocabulary.of(model);
const open = TokenBias.for(model).set([START as Token], { logit: 1000 });
const sampling = { temperature: 2, topK: 0, topP: 1, seed: 1, tokenBias: open };

async function newSequence(contextSize = 1024): Promise<LlamaContextSequence> {
  return (await model.createContext({ contextSize, threads: 1 })).getSequence();
}

async function generate(sequence: LlamaContextSequence, tokens: Token[], n: number) {
  let count = 0;
  for await (const token of sequence.evaluate(tokens, sampling)) {
    assert.type(token, "number");
    if (++count === n) break;
  }
}

function tokenize(text: string): Token[] {
  return [BOS as Token, ...model.tokenize(text, false)];
}

function bytesOf(tokens: readonly Token[]): string {
  return Buffer.concat(tokens.map((token) => Buffer.from(vocabulary.bytes(token)))).toString();
}

test("tokens have exact bytes", () => {
  for (const text of [ENGLISH, "naïve café, 東京 and 🙂 – \u0000\t\r\n", "<|start_recall|> is text here"]) {
    assert.is(bytesOf(model.tokenize(text, false)), text);
  }
  assert.equal([...vocabulary.bytes(START as Token)], [0xff]);
  assert.equal([...vocabulary.barriers], [0, 1, 2, 3, 4, 5]);
});

test("documents are located by their bytes, whatever the tokens at their edges", () => {
  const documents = [
    { name: "a", text: "The first document.\nIt has two lines.\n" },
    { name: "b", text: "Straße und 東京: non-ASCII text." },
  ];
  const text = `Read this:${documents[0].text}\nand${documents[1].text}?`;
  const tokens = tokenize(text);
  const located = locateDocuments(tokens, documents, vocabulary);
  assert.equal(
    located.map(({ document }) => document.name),
    ["a", "b"],
  );
  for (const { document, start, end, offsets } of located) {
    const bytes = Buffer.from(document.text);
    assert.is(offsets.length, end - start + 1);
    for (let i = start; i < end; i++) {
      const own = bytes.subarray(offsets[i - start], offsets[i - start + 1]);
      assert.equal([...own], [...vocabulary.bytes(tokens[i])], `token ${i} of ${document.name}`);
    }
    const before = vocabulary.bytes(tokens[start - 1]).length;
    assert.ok(offsets[0] < before, "a token that lies wholly in the document was left out at its start");
    assert.ok(bytes.length - offsets[end - start] < vocabulary.bytes(tokens[end]).length, "left out at its end");
  }
});

test("white space that a template trimmed is not missed", () => {
  const document = { name: "a", text: "\n\n  Some text here.  \n\n" };
  const [located] = locateDocuments(tokenize("Some text here.\nWhat?"), [document], vocabulary);
  assert.is(document.text.slice(located.offsets[0], located.offsets.at(-1)), "Some text here.");
});

test("documents that contain one another, are equal, or are empty have a place each", () => {
  const documents = [
    { name: "inner", text: "one two" },
    { name: "outer", text: "zero one two three" },
    { name: "again", text: "one two" },
    { name: "empty", text: "" },
  ];
  const located = locateDocuments(tokenize("zero one two three, one two, one two."), documents, vocabulary);
  assert.equal(located.map(({ document }) => document.name).sort(), ["again", "empty", "inner", "outer"]);
  const placed = located.filter(({ document }) => document.name !== "empty");
  for (let i = 1; i < placed.length; i++) assert.ok(placed[i].start >= placed[i - 1].end);
  assert.is(placed[0].document.name, "outer");
});

test("only documents are quoted: not the question, not the rest, not what was generated", async () => {
  const documents = [
    { name: "first.txt", text: "Nothing is constrained outside a span.\nThe mask assigns values.\n" },
    { name: "second.txt", text: "A refused token changes nothing.\n" },
  ];
  const question = "Which sampling options are zqx?";
  const tokens = tokenize(`${documents[0].text}--\n${documents[1].text}--\n${question}`);
  const host = await newSequence();
  const recall = new RecallSampler(host, { documents, recallGenerated: false, minSpanTokens: 1, maxSpanTokens: 5 });
  await generate(recall.sequence, tokens, 800);
  const names = new Set<string | null>();
  for (const span of recall.session.quotes.filter(({ tokens: quote }) => quote!.length > 0)) {
    for (const { segment, bytes, lines } of span.sources()) {
      names.add(segment);
      const { text } = documents.find(({ name }) => name === segment)!;
      const quoted = Buffer.from(text)
        .subarray(...bytes!)
        .toString();
      assert.is(quoted, bytesOf([...span.tokens!] as Token[]));
      assert.is(lines![0], Buffer.from(text).subarray(0, bytes![0]).toString().split("\n").length);
    }
  }
  assert.equal([...names].sort(), ["first.txt", "second.txt"]);
  await host.context.dispose();
});

test("recallPrompt lets the rest be quoted as well, and no quote crosses a document's edge", async () => {
  const parts = ["The first part. ", "The second part. ", "The third part. "];
  const pieces = parts.map((part) => model.tokenize(part, false));
  const host = await newSequence();
  const documents = [{ name: "second", text: parts[1] }];
  const recall = new RecallSampler(host, { documents, recallPrompt: true, recallGenerated: false });
  await generate(recall.sequence, [BOS as Token, ...pieces.flat()], 800);
  const runs = pieces.map((piece) => `,${piece.join()},`);
  const quotes = recall.session.quotes.filter(({ tokens }) => tokens!.length > 1);
  for (const { tokens } of quotes)
    assert.ok(
      runs.some((run) => run.includes(`,${tokens!.join()},`)),
      tokens!.join(),
    );
  const sources = quotes.map((span) => span.sources()[0].segment);
  assert.ok(sources.includes("second") && sources.includes(null));
  await host.context.dispose();
});

test("a delimiter in a document's text stays text", async () => {
  const document = { name: "a", text: "say <|start_recall|>x<|end_recall|> now" };
  const tokens = tokenize(document.text);
  assert.not(tokens.includes(START as Token) || tokens.includes(END as Token));
  const host = await newSequence();
  const recall = new RecallSampler(host, { documents: [document] });
  await generate(recall.sequence, tokens, 2);
  assert.ok(recall.session.quotes.length === 1);
  await host.context.dispose();
});

test("a document that is not in the prompt is an error, and then nothing has changed", async () => {
  const host = await newSequence();
  const recall = new RecallSampler(host, { documents: [{ name: "a.txt", text: "not there" }] });
  const error = await generate(recall.sequence, tokenize("Something else."), 1).then(
    () => null,
    (thrown: RecallError) => thrown,
  );
  assert.is(error?.code, "SEGMENT_UNKNOWN");
  assert.match(error!.message, "a.txt");
  assert.is(recall.session.contextLength, 0);
  await generate(recall.sequence, tokenize("But it is not there, or is it?"), 1);
  assert.ok(recall.session.contextLength > 5);
  await host.context.dispose();
});

test("another question about the same documents: they are kept, and the first question is not", async () => {
  const document = { name: "a.txt", text: "The end token is never drafted. The mask assigns values." };
  const host = await newSequence();
  const recall = new RecallSampler(host, { documents: [document], recallGenerated: false, minSpanTokens: 1 });
  const completion = new LlamaCompletion({ contextSequence: recall.sequence });
  for (const question of ["What is drafted?", "Which values?"]) {
    await completion.generateCompletion(`${document.text}\n${question}`, { ...sampling, maxTokens: 30 });
    for (const span of recall.session.quotes.filter(({ tokens }) => tokens!.length > 0)) {
      const [{ segment, bytes }] = span.sources();
      assert.is(segment, "a.txt");
      assert.is(document.text.slice(...bytes!), bytesOf([...span.tokens!] as Token[]));
    }
  }
  await host.context.dispose();
});

test("documents that went away with a new prompt are a shift", async () => {
  const document = { name: "a.txt", text: "The end token is never drafted." };
  const host = await newSequence();
  const recall = new RecallSampler(host, { documents: [document] });
  await generate(recall.sequence, tokenize(document.text), 2);
  await host.clearHistory();
  const error = await generate(recall.sequence, tokenize("Something else."), 1).then(
    () => null,
    (thrown: RecallError) => thrown,
  );
  assert.is(error?.code, "CONTEXT_SHIFTED");
  await host.context.dispose();
});

test("a prompt past maxContextTokens is refused, and a shorter one goes on", async () => {
  const document = { name: "a.txt", text: "The end token is never drafted." };
  const host = await newSequence();
  const recall = new RecallSampler(host, { documents: [document], maxContextTokens: 60 });
  await generate(recall.sequence, tokenize(document.text), 2);
  const more = tokenize(`${document.text} ${"And so on. ".repeat(30)}`).slice(host.nextTokenIndex);
  const error = await generate(recall.sequence, more, 1).then(
    () => null,
    (thrown: RecallError) => thrown,
  );
  assert.is(error?.code, "CONTEXT_FULL");
  await generate(recall.sequence, tokenize(" Why?").slice(1), 2);
  assert.is(recall.session.contextLength, host.nextTokenIndex + 1);
  assert.is(recall.session.quotes[0].open, false);
  await host.context.dispose();
});

test("arguments are checked", async () => {
  const host = await newSequence(256);
  const make = (documents: unknown) => () => new RecallSampler(host, { documents: documents as RecallDocument[] });
  assert.throws(make("a"), (error: Error) => error instanceof TypeError && error.message.includes('"documents"'));
  assert.throws(
    make([{ name: "a" }]),
    (error: Error) => error.message === 'Expected "documents[0].text" to be a string',
  );
  const twice = { name: "a", text: "x" };
  assert.throws(make([twice, twice]), (error: Error) => error instanceof RangeError);
  await host.context.dispose();
});

test.run();
