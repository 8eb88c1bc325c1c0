/** All there is to know about a transformer of the llama architecture, whatever file it is written to. */

import type { StoredTensor } from "./stored-tensor.js";

export interface LlamaModel {
  readonly name: string;
  readonly contextLength: number;
  readonly embeddingLength: number;
  readonly blockCount: number;
  readonly feedForwardLength: number;
  readonly headCount: number;
  /** Each is shared by `headCount / keyValueHeadCount` consecutive heads. */
  readonly keyValueHeadCount: number;
  readonly headSize: number;
  readonly normEpsilon: number;
  readonly ropeBase: number;
  readonly tokenizer: ByteLevelTokenizer;
  /**
   * By GGUF's names. Row r of a matrix are the weights of output r; rotary encoding turns dimensions 2i and 2i + 1 of a
   * head together. Without `output.weight`, the embedding is the readout too; `rope_freqs.weight` divides the angles.
   */
  readonly tensors: readonly StoredTensor[];
}

/** A byte-level BPE, with the words of GPT-2. */
export interface ByteLevelTokenizer {
  /** The texts of the first ids, which no text is split into unless it is asked for. */
  readonly controlTokens: readonly string[];
  /** The texts of the ids after them. */
  readonly tokens: readonly string[];
  readonly merges: readonly string[];
  /** Stands before every prompt. */
  readonly beginOfText: number;
  readonly endOfText: number;
  /** In Jinja. */
  readonly chatTemplate?: string;
}
