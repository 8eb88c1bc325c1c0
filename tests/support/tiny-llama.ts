/**
 * A language model of a few hundred kilobytes whose weights are random: enough to sample from, with a real tokenizer.
 * Its byte-level BPE is learned from a text, so that tokens are of several lengths and words have several spellings.
 */

import { readFileSync } from "node:fs";
import type { LlamaModel } from "../../examples/reference-model/llama-model.js";
import type { StoredTensor } from "../../examples/reference-model/stored-tensor.js";
import { gpt2ByteNames } from "../../examples/reference-model/vocabulary.js";
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
const HEAD_SIZE = EMBEDDING / HEADS;
const KEY_VALUE_HEADS = 2;
const KEY_VALUE_SIZE = HEAD_SIZE * KEY_VALUE_HEADS;

export interface TinyLlamaOptions {
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

/** The same options give the same model, whatever file it is then written to. */
export function tinyLlama(options: TinyLlamaOptions = {}): LlamaModel {
  const { vocabSize = 512, corpus = ENGLISH, controlTokens = CONTROL_TOKENS } = options;
  return {
    name: "tiny, random weights",
    contextLength: options.contextLength ?? 8192,
    embeddingLength: EMBEDDING,
    blockCount: LAYERS,
    feedForwardLength: HIDDEN,
    headCount: HEADS,
    keyValueHeadCount: KEY_VALUE_HEADS,
    headSize: HEAD_SIZE,
    normEpsilon: 1e-5,
    ropeBase: 10_000,
    tokenizer: {
      controlTokens,
      ...learnTokens(corpus, vocabSize - controlTokens.length),
      beginOfText: BOS,
      endOfText: EOS,
      chatTemplate: options.chatTemplate,
    },
    tensors: randomTensors(vocabSize),
  };
}

/** The 256 bytes, then one token per merge: of the pair that stands most often in the corpus, its words kept apart. */
function learnTokens(corpus: string, size: number): { tokens: string[]; merges: string[] } {
  const names = gpt2ByteNames();
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

function randomTensors(vocabSize: number): StoredTensor[] {
  const random = new Random(1);
  const scale = 3.4 / Math.sqrt(EMBEDDING);
  const matrix = (name: string, columns: number, rows: number): StoredTensor => ({
    name,
    dimensions: [columns, rows],
    type: "float32",
    values: Float32Array.from({ length: columns * rows }, () => (random.unit() - 0.5) * scale),
  });
  const norm = (name: string): StoredTensor => ({
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
