/**
 * Writes the reference model: as a GGUF file, or as the folder with an ONNX file that transformers.js loads.
 *
 *     node dist/examples/reference-model/write.js <file.gguf> [--diluted]
 *     node dist/examples/reference-model/write.js <folder> --onnx [--diluted]
 */

import { renameSync, rmSync } from "node:fs";
import { pathToFileURL } from "node:url";

import type { MetadataValue } from "./gguf.js";
import type { Sharpness } from "./layer3.js";
import { writeLlamaGguf } from "./llama-gguf.js";
import type { LlamaModel } from "./llama-model.js";
import { type MatrixType, referenceModel } from "./model.js";
import { writeOnnxModel } from "./onnx.js";

export type { Sharpness } from "./layer3.js";

export interface ReferenceModelOptions {
  /** A file, or for ONNX a folder. */
  readonly path: string;
  readonly sharpness: Sharpness;
  readonly format?: "gguf" | "onnx";
  /** Feed-forward units of a layer, at least what the circuit has; more of them only make the model larger. */
  readonly hiddenSize?: number;
  /** Of the matrices' weights; 16 bits unless given. */
  readonly type?: MatrixType;
}

export interface ReferenceModelSummary {
  readonly parameters: number;
  readonly nonzero: number;
  readonly bytes: number;
}

/** The same options give the same bytes. A GGUF file appears at `path` only when it is complete. */
export function writeReferenceModel(options: ReferenceModelOptions): ReferenceModelSummary {
  const { path, sharpness, format = "gguf", hiddenSize, type } = options;
  const model = referenceModel(sharpness, { hiddenSize, type });
  const bytes = format === "onnx" ? writeOnnxModel(path, model) : writeGgufFile(path, model, type);
  return {
    parameters: model.tensors.reduce((sum, tensor) => sum + tensor.values.length, 0),
    nonzero: model.tensors.reduce((sum, tensor) => sum + countNonzero(tensor.values), 0),
    bytes,
  };
}

function writeGgufFile(path: string, model: LlamaModel, type: MatrixType = "float16"): number {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    const bytes = writeLlamaGguf(unfinished, model, describe(type));
    renameSync(unfinished, path);
    return bytes;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function countNonzero(values: Float32Array): number {
  return values.reduce((count, value) => count + (value === 0 ? 0 : 1), 0);
}

/** llama.cpp's names for what most of the weights are. */
const FILE_TYPES = { float32: 0, float16: 1 } as const;

function describe(type: MatrixType): Record<string, MetadataValue> {
  return {
    "general.description": {
      type: "string",
      value:
        "A circuit written by a script, not a trained language model: it looks up a key in a " +
        "dictionary. Prompt: the document, a line `Q: <key>`, and `A:`.",
    },
    "general.license": { type: "string", value: "mit" },
    "general.file_type": { type: "uint32", value: FILE_TYPES[type] },
  };
}

function main(): void {
  const paths = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
  if (paths.length !== 1 || flags.some((flag) => flag !== "--diluted" && flag !== "--onnx")) {
    console.error("Usage: write.js <file.gguf> [--diluted]\n       write.js <folder> --onnx [--diluted]");
    process.exitCode = 2;
    return;
  }
  const sharpness = flags.includes("--diluted") ? "diluted" : "sharp";
  const format = flags.includes("--onnx") ? "onnx" : "gguf";
  const { parameters, nonzero, bytes } = writeReferenceModel({ path: paths[0], sharpness, format });
  console.log(`${paths[0]}: ${sharpness}, ${parameters} parameters (${nonzero} not zero), ${bytes} bytes`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main();
