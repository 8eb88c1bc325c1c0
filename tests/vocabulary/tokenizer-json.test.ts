/** The bytes that are read from `tokenizer.json` against what other programs encode and decode. */

import { default as cl100kRanks } from "gpt-tokenizer/bpeRanks/cl100k_base";
import { default as o200kRanks } from "gpt-tokenizer/bpeRanks/o200k_base";
import * as cl100k from "gpt-tokenizer/encoding/cl100k_base";
import * as o200k from "gpt-tokenizer/encoding/o200k_base";
import llamaTokenizer from "llama-tokenizer-js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tokenBytesOfTokenizerJson, TokenVocabulary } from "../../lib/entry/index.js";
import {
  byteLevelJson,
  llamaJson,
  MIXED_SCRIPTS,
  readTokenizer,
  unigramJson,
  wordPieceJson,
  type Json,
} from "../support/tokenizers.js";

type Tokens = readonly (Uint8Array | null)[];

function join(tokens: Tokens, ids: readonly number[]): string {
  const bytes = ids.map((id) => tokens[id]);
  for (const [i, token] of bytes.entries()) assert.ok(token instanceof Uint8Array, `token ${ids[i]} has no bytes`);
  return Buffer.concat(bytes as Uint8Array[]).toString();
}

for (const { name, ranks, encode, special } of [
  {
    name: "cl100k_base",
    ranks: cl100kRanks,
    encode: cl100k.encode,
    special: { "<|endoftext|>": 100_257, "<|endofprompt|>": 100_276 },
  },
  { name: "o200k_base", ranks: o200kRanks, encode: o200k.encode, special: { "<|endoftext|>": 199_999 } },
]) {
  test(`the tokens of ${name} join to the bytes of a text`, () => {
    const written = ranks.map((token) => (typeof token === "string" ? Buffer.from(token) : Uint8Array.from(token)));
    const tokens = tokenBytesOfTokenizerJson(byteLevelJson(written, special));
    for (const text of MIXED_SCRIPTS) assert.is(join(tokens, encode(text)), text);
    const last = Math.max(...Object.values(special));
    assert.is(tokens.length, last + 1);
    for (const id of Object.values(special)) assert.is(tokens[id], null);
    assert.is(tokens[last - 1], null, "an id that stands for nothing");
    const unequal = written.findIndex((bytes, id) => Buffer.compare(bytes, tokens[id]!) !== 0);
    assert.is(unequal, -1);
    const vocabulary = new TokenVocabulary({ vocabSize: tokens.length, tokenBytes: tokens });
    assert.equal([...vocabulary.bytes(last)], []);
    assert.equal([...vocabulary.bytes(encode("東")[0])], [...tokens[encode("東")[0]]!]);
  });
}

test("the tokens of Llama 2 join to the bytes of a text, whoever encoded it", () => {
  const json = llamaJson();
  const tokens = tokenBytesOfTokenizerJson(json);
  const tokenizer = readTokenizer(json);
  for (const text of MIXED_SCRIPTS) {
    // Llama's normalizer puts a space before a text.
    assert.is(join(tokens, tokenizer.encode(text).ids), ` ${text}`.replaceAll("\u2581", " "));
    assert.is(join(tokens, llamaTokenizer.encode(text, false)), ` ${text}`.replaceAll("\u2581", " "));
  }
  assert.equal([tokens[0], tokens[1], tokens[2]], [null, null, null]);
  for (let byte = 0; byte < 256; byte++) assert.equal([...tokens[3 + byte]!], [byte]);
});

/**
 * Compares each token that is text with what the tokenizer's decoder writes for it between two letters. `silent` tokens
 * have no bytes.
 */
function expectAsDecoded(json: Json, letter: string, silent: number): void {
  const tokens = tokenBytesOfTokenizerJson(json);
  const tokenizer = readTokenizer(json);
  const around = tokenizer.token_to_id(letter)!;
  const inside = join(tokens, [around]);
  assert.is(tokens.filter((bytes) => bytes === null).length, silent);
  for (const [id, bytes] of tokens.entries()) {
    if (bytes === null || /^<0x[89A-F]/.test(tokenizer.id_to_token(id)!)) continue;
    const decoded = tokenizer.decode([around, id, around], { skip_special_tokens: false });
    const expected = inside.trimStart() + Buffer.from(bytes).toString() + inside;
    assert.is(decoded, expected, `token ${id}, ${tokenizer.id_to_token(id)}`);
  }
}

test("each token of Llama 2 is what its decoder writes inside a text", () => {
  expectAsDecoded(llamaJson(), "x", 3);
});

const PIECES = ["▁", "▁the", "▁cat", "▁s", "at", "▁on", "s", "a", "t", ".", "▁東", "京"];

test("Unigram with bytes to fall back to: a text is the bytes of its tokens", () => {
  const json = unigramJson(PIECES);
  expectAsDecoded(json, "a", 1);
  const tokens = tokenBytesOfTokenizerJson(json);
  const ids = (pieces: readonly string[]) =>
    pieces.map((piece) => (json.model as { vocab: string[][] }).vocab.findIndex(([text]) => text === piece));
  assert.is(
    join(tokens, ids(["▁the", "▁cat", "s", "▁s", "at", ".", "<0x0A>", "▁東", "<0xE4>", "<0xBA>", "<0xAC>"])),
    " the cats sat.\n 東京",
  );
  assert.is(tokens[0], null);
  assert.is(tokens.length, 1 + 256 + PIECES.length);
});

const WORDS = ["the", "cat", "sat", "don", "'", "t", "##s", "##ing", ".", ",", "?", "-", "(", "東", "n't", "'s"];

test("WordPiece: a text is the bytes of its tokens", () => {
  const json = wordPieceJson(WORDS);
  expectAsDecoded(json, "the", 4);
  expectAsDecoded(wordPieceJson(WORDS, false), "the", 4);
  const tokens = tokenBytesOfTokenizerJson(json);
  const encode = (text: string) => readTokenizer(json).encode(text, { add_special_tokens: false }).ids;
  assert.is(join(tokens, encode("The cats sat, sating.")), " the cats sat, sating.");
  assert.is(join(tokens, encode("the-cat (sat)".slice(0, -1))), " the - cat ( sat");
  assert.is(tokens[1], null);
  assert.is(tokens.length, 4 + WORDS.length);
});

const bytes = (tokens: Tokens) => tokens.map((token) => (token === null ? null : Buffer.from(token).toString()));
const small = (decoder: unknown, vocab: Json, more: Json = {}): Json => ({
  model: { type: "BPE", vocab },
  decoder,
  ...more,
});

test("added tokens are their text, special ones and the unknown token are nothing", () => {
  const json = {
    model: { type: "BPE", vocab: { Ġa: 0, "<unk>": 1, é: 2 }, unk_token: "<unk>" },
    decoder: { type: "ByteLevel" },
    added_tokens: [
      { id: 4, content: "<think>", special: false },
      { id: 5, content: "<|eot|>", special: true },
      { id: 6, content: "é ", special: false },
      { id: 0, content: "<|over|>", special: true },
    ],
  };
  assert.equal(bytes(tokenBytesOfTokenizerJson(json)), [null, null, "\ufffd", null, "<think>", null, "é "]);
});

test("an added token is written as the decoder writes it", () => {
  const decoder = {
    type: "Sequence",
    decoders: [{ type: "Replace", pattern: { String: "▁" }, content: " " }, { type: "ByteFallback" }, { type: "Fuse" }],
  };
  const json = small(decoder, { a: 0 }, { added_tokens: [{ id: 1, content: "▁▁", special: false }] });
  assert.equal(bytes(tokenBytesOfTokenizerJson(json)), ["a", "  "]);
});

test("a byte-level token outside the alphabet is its text", () => {
  assert.equal(bytes(tokenBytesOfTokenizerJson(small({ type: "ByteLevel" }, { "a b": 0, 東: 1 }))), ["a b", "東"]);
});

test("GPT-2's file names no type of model", () => {
  const json = { model: { vocab: { Ġa: 0 }, merges: [] }, decoder: { type: "ByteLevel" }, added_tokens: null };
  assert.equal(bytes(tokenBytesOfTokenizerJson(json)), [" a"]);
});

test("the other decoders", () => {
  const strip = { type: "Strip", content: "_", start: 1, stop: 2 };
  assert.equal(bytes(tokenBytesOfTokenizerJson(small(strip, { __a___: 0, _: 1, a: 2 }))), ["_a_", "", "a"]);
  assert.equal(bytes(tokenBytesOfTokenizerJson(small({ type: "BPEDecoder", suffix: "</w>" }, { "a</w>": 0, b: 1 }))), [
    "a ",
    "b",
  ]);
  const nested = {
    type: "Sequence",
    decoders: [{ type: "Sequence", decoders: [{ type: "ByteLevel" }] }, strip, { type: "Fuse" }],
  };
  assert.equal(bytes(tokenBytesOfTokenizerJson(small(nested, { _Ġ: 0 }))), ["_ "]);
  assert.equal(bytes(tokenBytesOfTokenizerJson(small({ type: "Metaspace", replacement: "_" }, { _a_: 0 }))), [" a "]);
});

test("a decoder that lets texts grow without end, or has no end itself, is refused before it takes memory", () => {
  const doubling = { type: "Replace", pattern: { String: "a" }, content: "aa" };
  const sequence = (decoders: unknown[]) => ({ type: "Sequence", decoders });
  const refused = (decoder: unknown, problem: RegExp) =>
    assert.throws(() => tokenBytesOfTokenizerJson(small(decoder, { aaa: 0 })), problem);
  refused(
    sequence(Array.from({ length: 30 }, () => doubling)),
    /^Expected "decoder\.decoders\[4\]" to leave texts at most 16 times as long as their tokens$/,
  );
  refused(
    { type: "Replace", pattern: { String: "a" }, content: "b".repeat(2 ** 28) },
    /^Expected "decoder" to leave texts/,
  );
  refused(
    sequence(Array.from({ length: 65 }, () => ({ type: "Fuse" }))),
    /^Expected "decoder" to have at most 64 steps$/,
  );
  let deep: unknown = { type: "Fuse" };
  for (let depth = 0; depth < 50_000; depth++) deep = sequence([deep]);
  refused(deep, /^Expected "decoder(\.decoders\[0\]){8}" to be at most 8 sequences deep$/);
  assert.equal(bytes(tokenBytesOfTokenizerJson(small(sequence([doubling, doubling]), { aa: 0 }))), ["aaaaaaaa"]);
});

test("what cannot be read is named", () => {
  const vocab = { a: 0 };
  const byteLevel = { type: "ByteLevel" };
  const cases: [unknown, string][] = [
    [null, "json"],
    ["{}", "json"],
    [{ decoder: byteLevel }, "model"],
    [{ model: { type: "BPE", vocab } }, "decoder"],
    [small(null, vocab), "decoder"],
    [small({ type: "CTC" }, vocab), "decoder.type"],
    [small({ type: "Sequence" }, vocab), "decoder.decoders"],
    [small({ type: "Sequence", decoders: [byteLevel, { type: "CTC" }] }, vocab), "decoder.decoders[1].type"],
    [
      small({ type: "Sequence", decoders: [{ type: "Fuse" }, { type: "Metaspace" }] }, vocab),
      "decoder.decoders[1].type",
    ],
    [small({ type: "Sequence", decoders: [null] }, vocab), "decoder.decoders[0]"],
    [small({ type: "Replace", pattern: { Regex: "a+" }, content: "" }, vocab), "decoder.pattern.String"],
    [small({ type: "Replace", pattern: { String: "a" } }, vocab), "decoder.content"],
    [small({ type: "Metaspace", replacement: 1 }, vocab), "decoder.replacement"],
    [small({ type: "Strip", content: " ", start: -1 }, vocab), "decoder.start"],
    [{ model: { type: "WordLevel", vocab }, decoder: byteLevel }, "model.type"],
    [{ model: { vocab }, decoder: byteLevel }, "model.type"],
    [{ model: { type: "BPE", vocab: [] }, decoder: byteLevel }, "model.vocab"],
    [{ model: { type: "BPE", vocab: { "a\n": -1 } }, decoder: byteLevel }, 'model.vocab["a\\n"]'],
    [{ model: { type: "BPE", vocab: { a: 2 ** 24 } }, decoder: byteLevel }, 'model.vocab["a"]'],
    [{ model: { type: "Unigram", vocab }, decoder: byteLevel }, "model.vocab"],
    [{ model: { type: "Unigram", vocab: [[1, 2]] }, decoder: byteLevel }, "model.vocab[0][0]"],
    [{ model: { type: "Unigram", vocab: [["a", 0]], unk_id: "0" }, decoder: byteLevel }, "model.unk_id"],
    [small(byteLevel, vocab, { added_tokens: {} }), "added_tokens"],
    [small(byteLevel, vocab, { added_tokens: [null] }), "added_tokens[0]"],
    [small(byteLevel, vocab, { added_tokens: [{ id: 1.5, content: "" }] }), "added_tokens[0].id"],
    [small(byteLevel, vocab, { added_tokens: [{ id: 1 }] }), "added_tokens[0].content"],
  ];
  for (const [json, field] of cases) {
    assert.throws(
      () => tokenBytesOfTokenizerJson(json),
      (error: unknown) => error instanceof TypeError && error.message.startsWith(`Expected "${field}" to be `),
      field,
    );
  }
});

test.run();
