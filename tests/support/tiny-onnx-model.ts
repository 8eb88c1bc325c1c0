import { writeOnnxModel } from "../../examples/reference-model/onnx.js";
import { tinyLlama, type TinyLlamaOptions } from "./tiny-llama.js";

export interface TinyOnnxModelOptions extends TinyLlamaOptions {
  folder: string;
}

/** Writes the tiny model as the folder that transformers.js loads. */
export function writeTinyOnnxModel({ folder, ...options }: TinyOnnxModelOptions): void {
  writeOnnxModel(folder, tinyLlama(options));
}
