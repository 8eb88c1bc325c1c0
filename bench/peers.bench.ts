/**
 * What a user would do without Verbatim, beside Verbatim: in node-llama-cpp grammars and token biases, in
 * transformers.js a logits processor that rescans. All on one thread, on the wide reference model: see
 * peers/wide-model.ts. Ways take turns, each quote is looked up in the document, byte by byte, and a way that cannot do
 * its work at some size is reported with the reason.
 */
import { strict as assert } from "node:assert";
import { describeMachine } from "./harness/machine.js";
import { isFullRun, saveResults, type Measurement } from "./harness/results.js";
import { openWideModel } from "./peers/llama-model.js";
import { firstSampler, measureLlama } from "./peers/llama-peers.js";
import { LLAMA_WAYS } from "./peers/llama-ways.js";
import { PeerTable } from "./peers/peer-table.js";
import { ROW } from "./peers/processor-walk.js";
import { QUOTE_TOKENS, searchedDictionary } from "./peers/searched-dictionary.js";
import { measureGenerate, measureProcessors } from "./peers/transformers-peers.js";

const [SMALL, LARGE] = [32_000, ROW];
const ENTRIES = isFullRun() ? [32, 256, 1024, 4096] : [32, 512];
const TEXT_TOKENS = isFullRun() ? [1024, 8192, 32_768, 131_072] : [1024, 32_768];

/** Memory takes a process for each way: unless all is measured, at the largest size only. */
function isProbed<Size>(size: Size, sizes: readonly Size[]): boolean {
  return isFullRun() || size === sizes.at(-1);
}

async function nodeLlamaCpp(vocabulary: number, sizes: readonly number[]): Promise<Measurement[]> {
  console.log(`\n## node-llama-cpp, a vocabulary of ${vocabulary.toLocaleString("en-US")} tokens\n`);
  const host = await openWideModel(vocabulary);
  const first = firstSampler(host);
  const table = new PeerTable("node-llama-cpp", {
    "set-up": "ms",
    "opening a quote": "ms",
    "time per token": "ms",
    "time per token, astray": "ms",
    "exact quotes": "ratio",
  });
  for (const size of sizes) {
    const dictionary = searchedDictionary(size);
    const about = { text: "dictionary", tokens: dictionary.document.length, vocabulary };
    table.add(await measureLlama(host, dictionary, isProbed(size, sizes)), about);
  }
  table.print({ about: "can quote", of: new Map(LLAMA_WAYS.map(({ name, quotes }) => [name, quotes])) });
  console.log(`The first sampler of a model reads its vocabulary, once: ${first.toFixed(0)} ms.`);
  await host.context.dispose();
  await host.model.dispose();
  const way = "node-llama-cpp: Verbatim";
  return [...table.measurements, { subject: "set-up, once per model", way, vocabulary, value: first, unit: "ms" }];
}

async function transformersGenerate(vocabulary: number): Promise<Measurement[]> {
  console.log("\n## transformers.js\n");
  const dictionary = searchedDictionary(ENTRIES[0]);
  const units = { "opening a quote": "ms", "time per token": "ms", "exact quotes": "ratio" };
  const table = new PeerTable("transformers.js", units);
  const about = { text: "dictionary", tokens: dictionary.document.length, vocabulary };
  table.add(await measureGenerate(dictionary, vocabulary), about);
  table.print();
  return table.measurements;
}

async function transformersProcessors(): Promise<Measurement[]> {
  console.log(`The processor alone, rows of ${ROW.toLocaleString("en-US")} logits, natural text:\n`);
  const units = { "set-up": "ms", "opening a quote": "ms", "time per token": "ms" };
  const table = new PeerTable("transformers.js, the processor alone", units);
  for (const tokens of TEXT_TOKENS) {
    const about = { text: "natural text", tokens, vocabulary: ROW };
    table.add(await measureProcessors(tokens, isProbed(tokens, TEXT_TOKENS)), about);
  }
  table.print();
  return table.measurements;
}

const { processor, node } = describeMachine();
console.log(`${processor}, Node ${node}, one thread, quotes of ${QUOTE_TOKENS} tokens`);
const measurements = await nodeLlamaCpp(SMALL, ENTRIES);
if (isFullRun()) measurements.push(...(await nodeLlamaCpp(LARGE, [32, 1024])));
measurements.push(...(await transformersGenerate(SMALL)), ...(await transformersProcessors()));
saveResults("peers", measurements);
const ofVerbatim = measurements.filter(({ subject, way }) => subject === "exact quotes" && way.includes("Verbatim"));
assert.ok(ofVerbatim.length > 0 && ofVerbatim.every(({ value }) => value === 1), "Verbatim's quotes are exact");
process.exit(0);
