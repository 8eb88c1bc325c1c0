/** Writes a llama-architecture model as the folder that transformers.js loads. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { LlamaModel } from "./llama-model.js";
import { decoderGraph } from "./onnx-decoder.js";
import { encodeOnnx } from "./onnx-format.js";
import { tokenizerConfig, tokenizerJson } from "./tokenizer-files.js";

/** Writes the files and returns their size in bytes. The weights are stored as they are given, in 16 or 32 bits. */
export function writeOnnxModel(folder: string, model: LlamaModel): number {
  const { beginOfText, endOfText } = model.tokenizer;
  const special = { bos_token_id: beginOfText, eos_token_id: endOfText, pad_token_id: endOfText };
  const files: Record<string, string | Uint8Array> = {
    "config.json": asJson({ ...modelConfig(model), ...special }),
    "generation_config.json": asJson(special),
    "tokenizer.json": asJson(tokenizerJson(model.tokenizer)),
    "tokenizer_config.json": asJson(tokenizerConfig(model)),
    "onnx/model.onnx": encodeOnnx(decoderGraph(model)),
  };
  mkdirSync(join(folder, "onnx"), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
}

function modelConfig(model: LlamaModel): object {
  return {
    model_type: "llama",
    architectures: ["LlamaForCausalLM"],
    vocab_size: model.tokenizer.controlTokens.length + model.tokenizer.tokens.length,
    max_position_embeddings: model.contextLength,
    hidden_size: model.embeddingLength,
    num_hidden_layers: model.blockCount,
    intermediate_size: model.feedForwardLength,
    num_attention_heads: model.headCount,
    num_key_value_heads: model.keyValueHeadCount,
    head_dim: model.headSize,
    hidden_act: "silu",
    rms_norm_eps: model.normEpsilon,
    rope_theta: model.ropeBase,
    tie_word_embeddings: !model.tensors.some(({ name }) => name === "output.weight"),
  };
}

function asJson(content: object): string {
  return `${JSON.stringify(content, null, 1)}\n`;
}
