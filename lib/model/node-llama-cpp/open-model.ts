import { availableParallelism } from "node:os";
import {
  getLlama,
  getModuleVersion,
  LlamaLogLevel,
  NoBinaryFoundError,
  type Llama,
  type LlamaContext,
  type LlamaModel,
} from "node-llama-cpp";
import { binaryPackage } from "./binary-package.js";
import { ModelError } from "../../base/command-error.js";
import { hostFailure } from "./host-failure.js";
import { HostLog } from "./host-log.js";
import { checkModelFile } from "./model-file.js";

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
 * @throws ModelError where there is no such file, or it is not a model that can be loaded; the reason of the signal
 */
export async function openModel(path: string, signal?: AbortSignal): Promise<LlamaModel> {
  checkModelFile(path);
  const llama = await startLlama();
  signal?.throwIfAborted();
  const log = HostLog.of(llama);
  log.clear();
  try {
    const model = await llama.loadModel({ modelPath: path, loadSignal: signal });
    expectUsable(path, model);
    return model;
  } catch (error) {
    signal?.throwIfAborted();
    throw await hostFailure(error, log, (reason) =>
      CUT_OFF.test(reason) ? `${path} is not a complete GGUF model` : `Cannot load ${path}`,
    );
  }
}

/**
 * A context of a model.
 * @throws ModelError where there is no memory for it; the reason of the signal
 */
export async function openContext(
  model: LlamaModel,
  options: { contextSize: number; sequences?: number; threads?: number },
  signal?: AbortSignal,
): Promise<LlamaContext> {
  const log = HostLog.of(model.llama);
  log.clear();
  const { contextSize, sequences = 1, threads = defaultThreads() } = options;
  try {
    return await model.createContext({ contextSize, sequences, threads, createSignal: signal, swaFullCache: true });
  } catch (error) {
    signal?.throwIfAborted();
    throw await hostFailure(error, log, () => `Cannot make a context of ${contextSize} tokens`);
  }
}

async function startLlama(): Promise<Llama> {
  const log = new HostLog();
  const logger = (_level: LlamaLogLevel, message: string) => log.add(message);
  try {
    return await getLlama({ build: "never", logLevel: LlamaLogLevel.error, progressLogs: false, logger });
  } catch (error) {
    if (!(error instanceof NoBinaryFoundError)) throw await hostFailure(error, log, () => "Cannot start llama.cpp");
    const name = binaryPackage();
    const remedy =
      name === null
        ? `there is none for ${process.platform}-${process.arch}`
        : `npm install ${name}@${await getModuleVersion()}`;
    throw new ModelError(`node-llama-cpp has no binary for this platform: ${remedy}`, { cause: error });
  }
}

/** A model without a tokenizer, or without room for a token, can be loaded, and generates nothing. */
function expectUsable(path: string, { fileInfo, trainContextSize }: LlamaModel): void {
  const { tokens, token_type: types } = (fileInfo.metadata.tokenizer?.ggml ?? {}) as {
    tokens?: unknown;
    token_type?: unknown;
  };
  if (!Array.isArray(tokens) || tokens.length === 0 || !tokens.every((token) => typeof token === "string")) {
    throw new ModelError(`${path} has no tokenizer`);
  }
  if (types !== undefined && !(Array.isArray(types) && types.length === tokens.length)) {
    throw new ModelError(`${path} has a tokenizer whose tokens and types do not match`);
  }
  if (trainContextSize < 1) throw new ModelError(`${path} has a context length of ${trainContextSize} tokens`);
}
