/**
 * A token of a free string in node-llama-cpp, by how its mask is given to the host: nearly every id of a real vocabulary
 * is allowed there. The model is the reference model, whose passes are short beside that. Ways take turns token by token.
 */
import { strict as assert } from "node:assert";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Token, TokenBias } from "node-llama-cpp";
import { writeLlamaGguf } from "../examples/reference-model/llama-gguf.js";
import { MaskBiases } from "../lib/extract/mask-biases.js";
import { DEFAULT_BOOST, raise } from "../lib/hosts/node-llama-cpp/allowed-bias.js";
import { ModelVocabulary } from "../lib/hosts/node-llama-cpp/model-vocabulary.js";
import { loadModel, newSequence } from "../tests/support/llama.js";
import { describeMachine } from "./harness/machine.js";
import { median } from "./harness/median.js";
import { saveResults } from "./harness/results.js";
import { printTable } from "./harness/table.js";
import { wideReferenceModel } from "./peers/wide-model.js";

const VOCABULARY = 151_936;
const TOKENS = process.argv.includes("--full") ? 200 : 60;

mkdirSync(join("build", "bench"), { recursive: true });
const path = join("build", "bench", "reference-wide.gguf");
writeLlamaGguf(path, wideReferenceModel(VOCABULARY));
const model = await loadModel(path);
const vocabulary = ModelVocabulary.of(model).tokenVocabulary;

/** Tokens without marks, escapes and control characters: those with which a string goes on, near enough. */
const allowed = Int32Array.from({ length: VOCABULARY }, (_, id) => id).filter((id) => {
  const bytes = vocabulary.view(id);
  return bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c);
});

const biases = new MaskBiases(model, VOCABULARY);
const repeatPenalty = {
  punishTokens: [...biases.ending],
  maxPunishTokens: biases.ending.length,
  penalty: 1,
  presencePenalty: DEFAULT_BOOST,
};
const raised = raise(model, allowed, DEFAULT_BOOST);
const WAYS: { way: string; options: { tokenBias?: () => TokenBias; repeatPenalty?: typeof repeatPenalty } }[] = [
  { way: "no mask", options: {} },
  { way: "allowed ids raised", options: { tokenBias: () => raised } },
  { way: "by the smaller side", options: { tokenBias: () => biases.of(allowed).bias, repeatPenalty } },
];

const runs = [];
for (const { way, options } of WAYS) {
  const sequence = await newSequence(model, 2048);
  const outputs = sequence.evaluate(model.tokenize("A prompt."), { ...options, temperature: 1, yieldEogToken: true });
  runs.push({ way, outputs, isFree: way === "no mask", times: [] as number[] });
}
const isAllowed = new Set(allowed);
for (let token = 0; token <= TOKENS; token++) {
  for (const { outputs, isFree, times } of runs) {
    const start = performance.now();
    const { value } = (await outputs.next()) as { value: Token };
    // The first token takes the prompt.
    if (token > 0) times.push(performance.now() - start);
    assert.ok(isFree || isAllowed.has(value));
  }
}

console.log(`${describeMachine().processor}, Node ${process.version}, one thread, ${TOKENS} tokens`);
const [none] = runs.map(({ times }) => median(times)) as [number];
const condition = `${VOCABULARY} tokens, ${allowed.length} of them allowed`;
printTable(
  ["a token of a free string", "ms", "against no mask"],
  runs.map(({ way, times }) => [way, median(times).toFixed(1), `${(median(times) / none).toFixed(2)}×`]),
);
saveResults(
  "free-string",
  runs.map(({ way, times }) => ({
    subject: "token of a free string",
    way,
    condition,
    value: median(times),
    unit: "ms",
  })),
);
process.exit(0);
