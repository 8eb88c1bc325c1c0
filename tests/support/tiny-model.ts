/**
 * A language model of a few hundred kilobytes whose weights are random: enough to sample from, with a real tokenizer.
 * Its byte-level BPE is learned from a text, so that tokens are of several lengths and words have several spellings.
 */

import { readFileSync } from "node:fs";
import { writeGguf, type GgufTensor, type MetadataValue } from "../../examples/reference-model/gguf.js";
import { Random } from "./random.js";

export const BOS = 0;
export const EOS = 1;
export const START = 2;
export const END = 3;
const CONTROL_TOKENS = ["<|bos|>", "<|eos|>", "<|start_recall|>", "<|end_recall|>", "<|user|>", "<|assistant|>"];

const EMBEDDING = 64;
const HIDDEN = 128;
const LAYERS = 2;
const HEADS = 4;
const KEY_VALUE_HEADS = 2;
const KEY_VALUE_SIZE = (EMBEDDING / HEADS) * KEY_VALUE_HEADS;

const TOKEN_TYPE = { normal: 1, control: 3 } as const;

export interface TinyModelOptions {
  path: string;
  /** Ids of the tokenizer, at most as many as `corpus` gives merges for. */
  vocabSize?: number;
  corpus?: string;
  /** A Jinja chat template. */
  chatTemplate?: string;
  contextLength?: number;
  /** The control tokens' texts, in the order of the ids above. */
  controlTokens?: readonly string[];
}

/** English prose of some five thousand bytes. The models of the tests are learned from it, so it never changes. */
export const ENGLISH = readFileSync(new URL("../../../tests/support/prose.txt", import.meta.url), "utf8");

export function writeTinyModel(options: TinyModelOptions): void {
  const { vocabSize = 512, corpus = ENGLISH, controlTokens = CONTROL_TOKENS } = options;
  const { tokens, merges } = learnTokens(corpus, vocabSize - controlTokens.length);
  const metadata: Record<string, MetadataValue> = {
    "general.architecture": { type: "string", value: "llama" },
    "general.name": { type: "string", value: "tiny, random weights" },
    "llama.vocab_size": count(vocabSize),
    "llama.context_length": count(options.contextLength ?? 8192),
    "llama.embedding_length": count(EMBEDDING),
    "llama.block_count": count(LAYERS),
    "llama.feed_forward_length": count(HIDDEN),
    "llama.attention.head_count": count(HEADS),
    "llama.attention.head_count_kv": count(KEY_VALUE_HEADS),
    "llama.attention.layer_norm_rms_epsilon": { type: "float32", value: 1e-5 },
    "llama.rope.dimension_count": count(EMBEDDING / HEADS),
    "tokenizer.ggml.model": { type: "string", value: "gpt2" },
    "tokenizer.ggml.pre": { type: "string", value: "gpt-2" },
    "tokenizer.ggml.tokens": { type: "strings", value: [...controlTokens, ...tokens] },
    "tokenizer.ggml.token_type": {
      type: "integers",
      value: [...controlTokens.map(() => TOKEN_TYPE.control), ...tokens.map(() => TOKEN_TYPE.normal)],
    },
    "tokenizer.ggml.merges": { type: "strings", value: merges },
    "tokenizer.ggml.bos_token_id": count(BOS),
    "tokenizer.ggml.eos_token_id": count(EOS),
    "tokenizer.ggml.add_bos_token": { type: "boolean", value: true },
  };
  if (options.chatTemplate !== undefined) {
    metadata["tokenizer.chat_template"] = { type: "string", value: options.chatTemplate };
  }
  writeGguf(options.path, metadata, randomTensors(vocabSize));
}

function count(value: number): MetadataValue {
  return { type: "uint32", value };
}

/** The 256 bytes, then one token per merge: of the pair that stands most often in the corpus, its words kept apart. */
function learnTokens(corpus: string, size: number): { tokens: string[]; merges: string[] } {
  const names = byteNames();
  const words = corpus.match(/ ?\S+|\s+/g)!.map((word) => Array.from(Buffer.from(word), (byte) => names[byte]));
  const tokens = [...names];
  const merges: string[] = [];
  while (tokens.length < size) {
    const pair = mostFrequentPair(words);
    if (pair === null) throw new RangeError(`The corpus gives ${tokens.length} tokens, and ${size} are wanted`);
    const merged = pair[0] + pair[1];
    if (!tokens.includes(merged)) tokens.push(merged);
    merges.push(pair.join(" "));
    for (const word of words) mergeIn(word, pair);
  }
  return { tokens, merges };
}

function mostFrequentPair(words: readonly string[][]): [string, string] | null {
  const counts = new Map<string, number>();
  for (const word of words) {
    for (let i = 1; i < word.length; i++) {
      const pair = `${word[i - 1]} ${word[i]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
  }
  const best = [...counts].reduce<[string, number] | null>((a, b) => (a !== null && a[1] >= b[1] ? a : b), null);
  return best === null ? null : (best[0].split(" ") as [string, string]);
}

function mergeIn(word: string[], [first, second]: readonly [string, string]): void {
  for (let i = 1; i < word.length; i++) {
    if (word[i - 1] === first && word[i] === second) word.splice(i - 1, 2, first + second);
  }
}

/** How a byte-level tokenizer writes the 256 bytes: what can be seen as itself, the rest as characters from U+0100. */
function byteNames(): string[] {
  let unseen = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const seen = /^[!-~¡-¬®-ÿ]$/.test(String.fromCodePoint(byte));
    return String.fromCodePoint(seen ? byte : unseen++);
  });
}

function randomTensors(vocabSize: number): GgufTensor[] {
  const random = new Random(1);
  const scale = 3.4 / Math.sqrt(EMBEDDING);
  const matrix = (name: string, columns: number, rows: number): GgufTensor => ({
    name,
    dimensions: [columns, rows],
    type: "float32",
    values: Float32Array.from({ length: columns * rows }, () => (random.unit() - 0.5) * scale),
  });
  const norm = (name: string): GgufTensor => ({
    name,
    dimensions: [EMBEDDING],
    type: "float32",
    values: new Float32Array(EMBEDDING).fill(1),
  });
  const layers = Array.from({ length: LAYERS }, (_, layer) => [
    norm(`blk.${layer}.attn_norm.weight`),
    matrix(`blk.${layer}.attn_q.weight`, EMBEDDING, EMBEDDING),
    matrix(`blk.${layer}.attn_k.weight`, EMBEDDING, KEY_VALUE_SIZE),
    matrix(`blk.${layer}.attn_v.weight`, EMBEDDING, KEY_VALUE_SIZE),
    matrix(`blk.${layer}.attn_output.weight`, EMBEDDING, EMBEDDING),
    norm(`blk.${layer}.ffn_norm.weight`),
    matrix(`blk.${layer}.ffn_gate.weight`, EMBEDDING, HIDDEN),
    matrix(`blk.${layer}.ffn_up.weight`, EMBEDDING, HIDDEN),
    matrix(`blk.${layer}.ffn_down.weight`, HIDDEN, EMBEDDING),
  ]);
  return [matrix("token_embd.weight", EMBEDDING, vocabSize), ...layers.flat(), norm("output_norm.weight")];
}
