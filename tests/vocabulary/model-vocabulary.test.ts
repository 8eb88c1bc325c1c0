/** The bytes that are read from a model's file against what llama.cpp tokenizes and writes. */

import { join } from "node:path";
import llamaTokenizer from "llama-tokenizer-js";
import type { LlamaModel, Token } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ModelVocabulary } from "../../lib/hosts/node-llama-cpp/model-vocabulary.js";
import { loadModel, loadVocabulary, scratch } from "../support/llama.js";
import { BOS, END, START, writeTinyModel } from "../support/tiny-model.js";
import { MIXED_SCRIPTS } from "../support/tokenizers.js";
import { writeVocabulary, type TypedToken } from "../support/vocabulary-model.js";

async function load(kind: "llama" | "bert", tokens: readonly TypedToken[], name: string = kind): Promise<LlamaModel> {
  const path = join(scratch, `${name}.gguf`);
  writeVocabulary(path, kind, tokens);
  return loadVocabulary(path);
}

function textOf(model: LlamaModel, tokens: readonly number[]): string {
  const { tokenVocabulary } = ModelVocabulary.of(model);
  return Buffer.concat(tokens.map((token) => tokenVocabulary.bytes(token))).toString();
}

function expectTexts(model: LlamaModel, texts: readonly string[]): void {
  for (const text of texts) assert.is(textOf(model, model.tokenize(text, false)), text);
}

test("byte-level BPE: the bytes of a text's tokens are the text", async () => {
  const path = join(scratch, "tiny.gguf");
  writeTinyModel({ path });
  const model = await loadModel(path);
  expectTexts(model, MIXED_SCRIPTS);
  const vocabulary = ModelVocabulary.of(model);
  assert.is(vocabulary.tokenVocabulary, vocabulary.tokenVocabulary);
  assert.is(vocabulary.tokenVocabulary.size, vocabulary.size);
  for (const control of [BOS, START, END]) assert.is(vocabulary.tokenVocabulary.bytes(control).length, 0);
});

test("SentencePiece: the bytes of a text's tokens are the text", async () => {
  const types = ["unknown", "control", "control"] as const;
  const pieces = llamaTokenizer.vocabById.map((text, id): TypedToken => {
    return [text, types[id] ?? (/^<0x..>$/.test(text) ? "byte" : "normal")];
  });
  const added: TypedToken[] = [
    ["<think>", "userDefined"],
    ["<recall>", "control"],
    ["[PAD1]", "unused"],
  ];
  const model = await load("llama", [...pieces, ...added]);
  // llama.cpp reads ▁ as a space too: no program can tell the two apart.
  expectTexts(
    model,
    MIXED_SCRIPTS.map((text) => text.replaceAll("\u2581", " ")),
  );
  const { tokenVocabulary, barriers } = ModelVocabulary.of(model);
  const [think, recall, padding] = added.map((_, i) => pieces.length + i);
  assert.is(Buffer.from(tokenVocabulary.bytes(think)).toString(), "<think>");
  for (const silent of [0, 1, 2, recall, padding]) assert.is(tokenVocabulary.bytes(silent).length, 0);
  assert.ok(barriers.includes(recall as Token));
  for (let byte = 0; byte < 256; byte++) assert.equal([...tokenVocabulary.bytes(3 + byte)], [byte]);
});

const WORDS = ["the", "cat", "sat", "東", ".", ",", "-"];
const ENDINGS = ["s", "ing"];
const CONTROL: TypedToken[] = [
  ["[UNK]", "unknown"],
  ["[CLS]", "control"],
  ["[SEP]", "control"],
];

test("WordPiece: a word is written after a space, and what ends a sentence is not", async () => {
  const words = WORDS.map((word): TypedToken => [`\u2581${word}`, "normal"]);
  const endings = ENDINGS.map((ending): TypedToken => [ending, "normal"]);
  const model = await load("bert", [...CONTROL, ...words, ...endings]);
  const tokens = model.tokenize("The cats sat, sating.", false);
  assert.is(textOf(model, tokens), " the cats sat, sating.");
  assert.is(textOf(model, model.tokenize("the-cat 東", false)), " the - cat 東");
  for (let id = 0; id < CONTROL.length; id++) assert.is(textOf(model, [id]), "");
  assert.is(model.detokenize(tokens).trimStart(), "the cats sat, sating.");
});

test("WordPiece as its own vocabulary has it, with ##", async () => {
  const pieces = [...WORDS, ...ENDINGS.map((ending) => `##${ending}`)];
  const model = await load("bert", [...CONTROL, ...pieces.map((text): TypedToken => [text, "normal"])], "bert-plain");
  const ids = ["the", "cat", "##s", "sat", "."].map((piece) => CONTROL.length + pieces.indexOf(piece));
  assert.is(textOf(model, ids), " the cats sat.");
});

test.run();
