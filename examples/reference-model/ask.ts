/**
 * Asks the model for keys of a document, without any constraint.
 *
 *     node dist/examples/reference-model/ask.js <model.gguf> <document> <key>...
 */

import { readFileSync } from "node:fs";

import { LlamaLogLevel, getLlama, type LlamaContextSequence, type LlamaModel, type Token } from "node-llama-cpp";

import { lookupPrompt } from "./dictionary.js";
import { BEGIN_OF_TEXT } from "./vocabulary.js";

const MAX_TOKENS = 160;

async function main(): Promise<void> {
  const [modelPath, documentPath, ...keys] = process.argv.slice(2);
  if (!modelPath || !documentPath || keys.length === 0) {
    console.error("Usage: ask.js <model.gguf> <document> <key>...");
    process.exitCode = 2;
    return;
  }
  const document = readFileSync(documentPath, "utf8");
  const llama = await getLlama({ build: "never", gpu: false, logLevel: LlamaLogLevel.error });
  try {
    const model = await llama.loadModel({ modelPath });
    const context = await model.createContext({ threads: 1, contextSize: model.trainContextSize });
    const sequence = context.getSequence();
    for (const key of keys) console.log(`${key}:${await complete(sequence, model, document, key)}`);
  } finally {
    await llama.dispose();
  }
}

async function complete(
  sequence: LlamaContextSequence,
  model: LlamaModel,
  document: string,
  key: string,
): Promise<string> {
  const prompt = [BEGIN_OF_TEXT as Token, ...model.tokenize(lookupPrompt(document, key))];
  // The document is evaluated once: only what differs from the last prompt is evaluated again.
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  const completion: Token[] = [];
  for await (const token of sequence.evaluate(prompt.slice(sequence.nextTokenIndex), {
    temperature: 0,
  })) {
    completion.push(token);
    if (completion.length === MAX_TOKENS) break;
  }
  return model.detokenize(completion, true);
}

await main();
