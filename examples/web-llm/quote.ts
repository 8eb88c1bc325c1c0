/** In a browser: lets a model of web-llm quote a report, and says where each quote stands in it. */

import { CreateMLCEngine } from "@mlc-ai/web-llm";
import { RecallLogitProcessor } from "verbatim-runtime/web-llm";

const modelId = "Llama-3.2-1B-Instruct-q4f16_1-MLC";
const tokenizerUrl = `https://huggingface.co/mlc-ai/${modelId}/resolve/main/tokenizer.json`;
const tokenizerJson: unknown = await (await fetch(tokenizerUrl)).json();
const text = await (await fetch("report.md")).text();

const recall = new RecallLogitProcessor({ tokenizerJson, documents: [{ name: "report.md", text }], mode: "text" });
const engine = await CreateMLCEngine(modelId, { logitProcessorRegistry: new Map([[modelId, recall]]) });

const answer = await engine.chat.completions.create({
  messages: [
    { role: "system", content: `Quote this report between <recall> and </recall> in your answers.\n\n${text}` },
    { role: "user", content: "What did the audit find?" },
  ],
});
console.log(answer.choices[0].message.content);
for (const quote of recall.quotes) console.log(quote.text, quote.sources()[0]);
