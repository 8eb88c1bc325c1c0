/** Writes a llama-architecture model as GGUF. */

import { writeGguf, type MetadataValue } from "./gguf.js";
import type { ByteLevelTokenizer, LlamaModel } from "./llama-model.js";

const TOKEN_TYPE = { normal: 1, control: 3 } as const;

/** Writes the file and returns its size in bytes. */
export function writeLlamaGguf(
  path: string,
  model: LlamaModel,
  description: Readonly<Record<string, MetadataValue>> = {},
): number {
  const metadata: Record<string, MetadataValue> = {
    "general.architecture": text("llama"),
    "general.name": text(model.name),
    ...description,
    "llama.vocab_size": count(model.tokenizer.controlTokens.length + model.tokenizer.tokens.length),
    "llama.context_length": count(model.contextLength),
    "llama.embedding_length": count(model.embeddingLength),
    "llama.block_count": count(model.blockCount),
    "llama.feed_forward_length": count(model.feedForwardLength),
    "llama.attention.head_count": count(model.headCount),
    "llama.attention.head_count_kv": count(model.keyValueHeadCount),
    "llama.attention.key_length": count(model.headSize),
    "llama.attention.value_length": count(model.headSize),
    "llama.attention.layer_norm_rms_epsilon": { type: "float32", value: model.normEpsilon },
    "llama.rope.dimension_count": count(model.headSize),
    "llama.rope.freq_base": { type: "float32", value: model.ropeBase },
    ...tokenizerMetadata(model.tokenizer),
  };
  return writeGguf(path, metadata, model.tensors);
}

function tokenizerMetadata(tokenizer: ByteLevelTokenizer): Record<string, MetadataValue> {
  const { controlTokens, tokens, merges, beginOfText, endOfText, chatTemplate } = tokenizer;
  const types = [...controlTokens.map(() => TOKEN_TYPE.control), ...tokens.map(() => TOKEN_TYPE.normal)];
  return {
    "tokenizer.ggml.model": text("gpt2"),
    "tokenizer.ggml.pre": text("gpt-2"),
    "tokenizer.ggml.tokens": { type: "strings", value: [...controlTokens, ...tokens] },
    "tokenizer.ggml.token_type": { type: "integers", value: types },
    "tokenizer.ggml.merges": { type: "strings", value: merges },
    "tokenizer.ggml.bos_token_id": count(beginOfText),
    "tokenizer.ggml.eos_token_id": count(endOfText),
    "tokenizer.ggml.add_bos_token": { type: "boolean", value: true },
    "tokenizer.ggml.add_eos_token": { type: "boolean", value: false },
    ...(chatTemplate === undefined ? {} : { "tokenizer.chat_template": text(chatTemplate) }),
  };
}

function text(value: string): MetadataValue {
  return { type: "string", value };
}

function count(value: number): MetadataValue {
  return { type: "uint32", value };
}
