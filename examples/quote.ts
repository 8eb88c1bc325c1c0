import { readFile } from "node:fs/promises";
import { getLlama, LlamaCompletion } from "node-llama-cpp";
import { RecallSampler } from "verbatim-runtime/node-llama-cpp";

const text = await readFile("examples/data/cities.txt", "utf8");
const llama = await getLlama({ gpu: false });
const model = await llama.loadModel({ modelPath: "models/reference-diluted.gguf" });
const context = await model.createContext({ contextSize: 16_384, threads: 1 });

const recall = new RecallSampler(context.getSequence(), { documents: [{ name: "cities.txt", text }] });
const completion = new LlamaCompletion({ contextSequence: recall.sequence });
console.log(await completion.generateCompletion(`${text}Q: Nairobi\nA:`, { temperature: 0, maxTokens: 80 }));

for (const quote of recall.quotes) console.log(quote.text, quote.sources()[0]);
