import { getLlama, LlamaLogLevel, type LlamaContextSequence, type LlamaModel } from "node-llama-cpp";

export { scratch } from "./scratch.js";

/** On the CPU, whatever the machine has: the same answers everywhere. */
const llama = await getLlama({ build: "never", gpu: false, logLevel: LlamaLogLevel.error, progressLogs: false });

export function loadModel(path: string): Promise<LlamaModel> {
  return llama.loadModel({ modelPath: path });
}

/** A sequence of a context of its own, on one thread: more are slower on small machines. */
export async function newSequence(model: LlamaModel, contextSize: number): Promise<LlamaContextSequence> {
  return (await model.createContext({ contextSize, threads: 1 })).getSequence();
}

/** Loads a model that may be no more than a vocabulary. The host measures it first as a whole, and that fails. */
export async function loadVocabulary(path: string): Promise<LlamaModel> {
  llama.logLevel = LlamaLogLevel.disabled;
  try {
    return await llama.loadModel({ modelPath: path, vocabOnly: true });
  } finally {
    llama.logLevel = LlamaLogLevel.error;
  }
}
