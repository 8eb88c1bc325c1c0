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
import { referenceModel } from "./model.js";
import { writeOnnxModel } from "./onnx.js";

export type { Sharpness } from "./layer3.js";

export interface ReferenceModelOptions {
  /** A file, or for ONNX a folder. */
  readonly path: string;
  readonly sharpness: Sharpness;
  readonly format?: "gguf" | "onnx";
}

export interface ReferenceModelSummary {
  readonly parameters: number;
  readonly nonzero: number;
  readonly bytes: number;
}

/** The same options give the same bytes. A GGUF file appears at `path` only when it is complete. */
export function writeReferenceModel({
  path,
  sharpness,
  format = "gguf",
}: ReferenceModelOptions): ReferenceModelSummary {
  const model = referenceModel(sharpness);
  const bytes = format === "onnx" ? writeOnnxModel(path, model) : writeGgufFile(path, model);
  return {
    parameters: model.tensors.reduce((sum, tensor) => sum + tensor.values.length, 0),
    nonzero: model.tensors.reduce((sum, tensor) => sum + countNonzero(tensor.values), 0),
    bytes,
  };
}

function writeGgufFile(path: string, model: LlamaModel): number {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    const bytes = writeLlamaGguf(unfinished, model, DESCRIPTION);
    renameSync(unfinished, path);
    return bytes;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function countNonzero(values: Float32Array): number {
  return values.reduce((count, value) => count + (value === 0 ? 0 : 1), 0);
}

const MOSTLY_F16 = 1;

const DESCRIPTION: Readonly<Record<string, MetadataValue>> = {
  "general.description": {
    type: "string",
    value:
      "A circuit written by a script, not a trained language model: it looks up a key in a " +
      "dictionary. Prompt: the document, a line `Q: <key>`, and `A:`.",
  },
  "general.license": { type: "string", value: "mit" },
  "general.file_type": { type: "uint32", value: MOSTLY_F16 },
};

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
