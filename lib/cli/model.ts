import { open } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { getLlama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { InputError, unreadableFile } from "./input-error.js";

/** How GGUF files begin. */
const GGUF_MAGIC = "GGUF";

/** Beyond so many threads generation is bound by memory. */
const MOST_THREADS = 8;

/**
 * Threads unless a user says otherwise: one per two logical processors. Threads that share a core, or that run beside
 * another program on a small machine, wait for each other token by token.
 */
export function defaultThreads(processors = availableParallelism()): number {
  return Math.max(1, Math.min(MOST_THREADS, Math.floor(processors / 2)));
}

/**
 * Loads a GGUF file.
 * @throws InputError where there is no such file, or it is not a model
 */
export async function openModel(path: string): Promise<LlamaModel> {
  await expectGguf(path);
  const llama = await getLlama({ build: "never", logLevel: LlamaLogLevel.error, progressLogs: false });
  try {
    return await llama.loadModel({ modelPath: path });
  } catch (error) {
    throw new InputError(`Cannot load ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function expectGguf(path: string): Promise<void> {
  try {
    const file = await open(path);
    try {
      const { buffer } = await file.read(Buffer.alloc(GGUF_MAGIC.length), 0, GGUF_MAGIC.length, 0);
      if (buffer.toString("latin1") !== GGUF_MAGIC) throw new InputError(`${path} is not a GGUF file`);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof InputError ? error : unreadableFile(path, error);
  }
}
