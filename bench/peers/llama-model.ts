import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LlamaContextSequence } from "node-llama-cpp";
import { loadModel, newSequence } from "../../tests/support/llama.js";

const folder = join("build", "bench");

/** A sequence of the wide reference model, on one thread; the model is written where it is not there yet. */
export async function openWideModel(vocabulary: number): Promise<LlamaContextSequence> {
  const path = join(folder, `reference-wide-${vocabulary}.gguf`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path)) {
    const { writeLlamaGguf } = await import("../../examples/reference-model/llama-gguf.js");
    const { wideReferenceModel } = await import("./wide-model.js");
    writeLlamaGguf(path, wideReferenceModel(vocabulary));
  }
  return newSequence(await loadModel(path), 2048);
}
