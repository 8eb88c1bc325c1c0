/**
 * Writes the reference model as a GGUF file.
 *
 *     node dist/examples/reference-model/write.js <file.gguf> [--diluted]
 */

import { renameSync, rmSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { buildCircuit } from "./circuit.js";
import { writeGguf, type GgufTensor, type MetadataValue } from "./gguf.js";
import type { Sharpness } from "./layer3.js";
import { CONTEXT_LENGTH, HEAD_COUNT, HEAD_SIZE, HIDDEN_SIZE, LAYER_COUNT, RESIDUAL_SIZE } from "./layout.js";
import type { Tensor } from "./parameters.js";
import { BEGIN_OF_TEXT, END_OF_TEXT, MERGES, TOKENS, TOKEN_TYPES } from "./vocabulary.js";

export type { Sharpness } from "./layer3.js";

export interface ReferenceModelOptions {
  readonly path: string;
  readonly sharpness: Sharpness;
}

export interface ReferenceModelSummary {
  readonly parameters: number;
  readonly nonzero: number;
  readonly bytes: number;
}

/** The same options give the same bytes. The file appears at `path` only when it is complete. */
export function writeReferenceModel({ path, sharpness }: ReferenceModelOptions): ReferenceModelSummary {
  const { tensors } = buildCircuit(sharpness);
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    const bytes = writeGguf(unfinished, metadata(sharpness), tensors.map(ggufTensor));
    renameSync(unfinished, path);
    return {
      parameters: tensors.reduce((sum, tensor) => sum + tensor.values.length, 0),
      nonzero: tensors.reduce((sum, tensor) => sum + countNonzero(tensor.values), 0),
      bytes,
    };
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function countNonzero(values: Float32Array): number {
  return values.reduce((count, value) => count + (value === 0 ? 0 : 1), 0);
}

/** llama.cpp wants vectors (norms and rotary factors) in 32 bits; matrices are exact enough in 16. */
function ggufTensor({ name, columns, rows, isVector, values }: Tensor): GgufTensor {
  return {
    name,
    dimensions: isVector ? [columns] : [columns, rows],
    type: isVector ? "float32" : "float16",
    values,
  };
}

function metadata(sharpness: Sharpness): Record<string, MetadataValue> {
  const MOSTLY_F16 = 1;
  return {
    "general.architecture": text("llama"),
    "general.name": text(`Verbatim reference model (${sharpness})`),
    "general.description": text(
      "A circuit written by a script, not a trained language model: it looks up a key in a " +
        "dictionary. Prompt: the document, a line `Q: <key>`, and `A:`.",
    ),
    "general.license": text("mit"),
    "general.file_type": count(MOSTLY_F16),
    "llama.vocab_size": count(TOKENS.length),
    "llama.context_length": count(CONTEXT_LENGTH),
    "llama.embedding_length": count(RESIDUAL_SIZE),
    "llama.block_count": count(LAYER_COUNT),
    "llama.feed_forward_length": count(HIDDEN_SIZE),
    "llama.attention.head_count": count(HEAD_COUNT),
    "llama.attention.head_count_kv": count(1),
    "llama.attention.key_length": count(HEAD_SIZE),
    "llama.attention.value_length": count(HEAD_SIZE),
    "llama.attention.layer_norm_rms_epsilon": { type: "float32", value: 1e-6 },
    "llama.rope.dimension_count": count(HEAD_SIZE),
    "llama.rope.freq_base": { type: "float32", value: 1 },
    "tokenizer.ggml.model": text("gpt2"),
    "tokenizer.ggml.pre": text("gpt-2"),
    "tokenizer.ggml.tokens": { type: "strings", value: TOKENS },
    "tokenizer.ggml.token_type": { type: "integers", value: TOKEN_TYPES },
    "tokenizer.ggml.merges": { type: "strings", value: MERGES },
    "tokenizer.ggml.bos_token_id": count(BEGIN_OF_TEXT),
    "tokenizer.ggml.eos_token_id": count(END_OF_TEXT),
    "tokenizer.ggml.add_bos_token": { type: "boolean", value: true },
    "tokenizer.ggml.add_eos_token": { type: "boolean", value: false },
  };
}

function text(value: string): MetadataValue {
  return { type: "string", value };
}

function count(value: number): MetadataValue {
  return { type: "uint32", value };
}

function main(): void {
  const paths = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
  if (paths.length !== 1 || flags.some((flag) => flag !== "--diluted")) {
    console.error("Usage: write.js <file.gguf> [--diluted]");
    process.exitCode = 2;
    return;
  }
  const sharpness = flags.length > 0 ? "diluted" : "sharp";
  const { parameters, nonzero, bytes } = writeReferenceModel({ path: paths[0], sharpness });
  console.log(`${paths[0]}: ${sharpness}, ${parameters} parameters (${nonzero} not zero), ${bytes} bytes`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main();
