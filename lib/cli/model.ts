import { open } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { getLlama, getModuleVersion, Llama, LlamaLogLevel, NoBinaryFoundError, type LlamaModel } from "node-llama-cpp";
import { binaryPackage } from "./binary-package.js";
import { InputError, unreadableFile } from "./input-error.js";
import { LoadingLog } from "./loading-log.js";

/** How GGUF files begin. */
const GGUF_MAGIC = "GGUF";
/** Bytes of the magic, the version, and the numbers of tensors and of metadata. */
const GGUF_HEADER_LENGTH = 24;
/** What llama.cpp and node-llama-cpp say of a file that ends too early. */
const CUT_OFF = /not within the file bounds|failed to read|exceeds remaining file size/;

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
  const log = new LoadingLog();
  const llama = await startLlama((_level, message) => log.add(message));
  try {
    const model = await llama.loadModel({ modelPath: path });
    llama.logger = Llama.defaultConsoleLogger;
    return model;
  } catch (error) {
    const reason = (await log.reason()) ?? (error instanceof Error ? error.message : String(error));
    const problem = CUT_OFF.test(reason) ? `${path} is not a complete GGUF model` : `Cannot load ${path}`;
    throw new InputError(`${problem}: ${reason}`, { cause: error });
  }
}

async function startLlama(logger: Llama["logger"]): Promise<Llama> {
  try {
    return await getLlama({ build: "never", logLevel: LlamaLogLevel.error, progressLogs: false, logger });
  } catch (error) {
    if (!(error instanceof NoBinaryFoundError)) throw error;
    const name = binaryPackage();
    const remedy =
      name === null
        ? `there is none for ${process.platform}-${process.arch}`
        : `npm install ${name}@${await getModuleVersion()}`;
    throw new InputError(`node-llama-cpp has no binary for this platform: ${remedy}`, { cause: error });
  }
}

async function expectGguf(path: string): Promise<void> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(GGUF_HEADER_LENGTH), 0, GGUF_HEADER_LENGTH, 0);
      if (buffer.toString("latin1", 0, GGUF_MAGIC.length) !== GGUF_MAGIC) {
        throw new InputError(`${path} is not a GGUF file`);
      }
      if (bytesRead < GGUF_HEADER_LENGTH) {
        throw new InputError(`${path} is not a complete GGUF model: it ends in its header`);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof InputError ? error : unreadableFile(path, error);
  }
}
