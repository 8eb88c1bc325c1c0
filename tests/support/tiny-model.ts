import { writeLlamaGguf } from "../../examples/reference-model/llama-gguf.js";
import { tinyLlama, type TinyLlamaOptions } from "./tiny-llama.js";

export { BOS, END, ENGLISH, EOS, START } from "./tiny-llama.js";

export interface TinyModelOptions extends TinyLlamaOptions {
  path: string;
}

/** Writes the tiny model as a GGUF file. */
export function writeTinyModel({ path, ...options }: TinyModelOptions): void {
  writeLlamaGguf(path, tinyLlama(options));
}
