/**
 * The models that scripts write as GGUF and as ONNX are one model: llama.cpp and ONNX Runtime, which share no code, find
 * the same probabilities and give the same answers.
 */

import type { PreTrainedModel, PreTrainedTokenizer } from "@huggingface/transformers";
import { Tensor } from "@huggingface/transformers";
import { join } from "node:path";
import type { LlamaModel, Token } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { correctCompletion, lookupPrompt, randomDictionary } from "../../examples/reference-model/dictionary.js";
import { writeReferenceModel, type Sharpness } from "../../examples/reference-model/write.js";
import { loadModel, scratch } from "../support/llama.js";
import { loadOnnxModel } from "../support/onnx.js";
import { Random, seedOfRun } from "../support/random.js";
import { BOS, ENGLISH, EOS, writeTinyModel } from "../support/tiny-model.js";
import { writeTinyOnnxModel } from "../support/tiny-onnx-model.js";

const seed = seedOfRun();

/**
 * How far two log probabilities may be apart: both runtimes compute in 32 bits, with sums in another order. A cache or
 * an attention kernel in 16 bits moves them by 4e-3.
 */
const TOLERANCE = 1e-4;
const IN_32_BITS = {
  flashAttention: false,
  experimentalKvCacheKeyType: "F32",
  experimentalKvCacheValueType: "F32",
} as const;

interface Twins {
  llama: LlamaModel;
  onnx: PreTrainedModel;
  tokenizer: PreTrainedTokenizer;
}

writeTinyModel({ path: join(scratch, "tiny.gguf") });
writeTinyOnnxModel({ folder: join(scratch, "tiny") });
const tiny = await load("tiny");

async function load(name: string): Promise<Twins> {
  const { model: onnx, tokenizer } = await loadOnnxModel(join(scratch, name));
  return { llama: await loadModel(join(scratch, `${name}.gguf`)), onnx, tokenizer };
}

/** The log probabilities of all tokens after each token of the prompt. */
async function llamaScores(model: LlamaModel, prompt: readonly number[]): Promise<Float64Array[]> {
  const context = await model.createContext({ contextSize: 1024, threads: 1, ...IN_32_BITS });
  const outputs = await context
    .getSequence()
    .controlledEvaluate(
      prompt.map((token) => [
        token as Token,
        { generateNext: { probabilities: true, options: { temperature: 1, topK: 0, topP: 1 } } },
      ]),
    );
  await context.dispose();
  return outputs.map((output) => {
    const scores = new Float64Array(512);
    for (const [token, probability] of output!.next.probabilities!) scores[token] = Math.log(probability);
    return scores;
  });
}

async function onnxScores(model: PreTrainedModel, prompt: readonly number[]): Promise<Float64Array[]> {
  return (await onnxBatchScores(model, [prompt]))[0];
}

/** The same of prompts of several lengths at once, padded on the left. */
async function onnxBatchScores(
  model: PreTrainedModel,
  prompts: readonly (readonly number[])[],
): Promise<Float64Array[][]> {
  const length = Math.max(...prompts.map((prompt) => prompt.length));
  const rows = (row: (prompt: readonly number[]) => number[]) =>
    new Tensor("int64", BigInt64Array.from(prompts.flatMap(row), BigInt), [prompts.length, length]);
  const padding = (prompt: readonly number[], value: number) => Array<number>(length - prompt.length).fill(value);
  const { logits } = (await model({
    input_ids: rows((prompt) => [...padding(prompt, EOS), ...prompt]),
    attention_mask: rows((prompt) => [...padding(prompt, 0), ...prompt.map(() => 1)]),
  })) as { logits: Tensor };
  const [, , vocabSize] = logits.dims;
  return prompts.map((prompt, row) =>
    prompt.map((_, i) => {
      const start = (row * length + length - prompt.length + i) * vocabSize;
      return logProbabilities(logits.data.slice(start, start + vocabSize) as Float32Array);
    }),
  );
}

function logProbabilities(logits: Float32Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
  return Float64Array.from(logits, (logit) => logit - largest - Math.log(total));
}

/** Random pieces of text, and random ids. */
function prompts(): number[][] {
  const random = new Random(seed);
  return Array.from({ length: 6 }, (_, i) => {
    if (i % 2 === 0) return [BOS, ...Array.from({ length: 100 }, () => random.between(2, 511))];
    const start = random.below(ENGLISH.length - 400);
    return [BOS, ...tiny.llama.tokenize(ENGLISH.slice(start, start + 400))];
  });
}

/** That all are within the tolerance. Returns how many, and the largest difference. */
function compare(a: readonly Float64Array[], b: readonly Float64Array[]): { compared: number; furthest: number } {
  assert.is(a.length, b.length);
  let [compared, furthest] = [0, 0];
  a.forEach((scores, i) => {
    assert.is(scores.length, b[i].length);
    scores.forEach((score, token) => {
      const distance = Math.abs(score - b[i][token]);
      if (!(distance < TOLERANCE)) throw new RangeError(`After token ${i}, ${token}: ${score}, and ${b[i][token]}`);
      furthest = Math.max(furthest, distance);
      compared++;
    });
  });
  return { compared, furthest };
}

test("the tiny model gives every token the same probability after every token", async () => {
  let total = 0;
  for (const prompt of prompts()) {
    const { compared, furthest } = compare(await llamaScores(tiny.llama, prompt), await onnxScores(tiny.onnx, prompt));
    console.log(`${compared} log probabilities, at most ${furthest.toExponential(1)} apart`);
    total += compared;
  }
  assert.ok(total > 200_000);
});

test("padding on the left changes nothing", async () => {
  const [long, short] = prompts();
  const scores = await onnxBatchScores(tiny.onnx, [short.slice(0, 20), long]);
  for (const [i, prompt] of [short.slice(0, 20), long].entries()) {
    const { compared } = compare(scores[i], await onnxScores(tiny.onnx, prompt));
    assert.is(compared, prompt.length * 512);
  }
});

test("the tokenizers split text alike, and the control tokens", () => {
  const { llama, tokenizer } = tiny;
  const texts = [
    ENGLISH,
    " a  b\n\n c\t",
    "naïve — “quoted” 北京 🙂 1234567",
    "I'll've <|start_recall|>x<|end_recall|>",
  ];
  for (const text of texts) {
    const encoded = tokenizer.encode(text);
    assert.equal(encoded, [BOS, ...llama.tokenize(text, true)]);
    assert.is(tokenizer.decode(encoded.slice(1), { skip_special_tokens: false }), text);
  }
});

test("the tiny models write the same text", async () => {
  const { llama, onnx } = tiny;
  let written = 0;
  for (const prompt of prompts()) {
    const theirs = await greedyLlama(llama, prompt, 40);
    assert.equal(await greedyOnnx(onnx, prompt, 40), theirs);
    written += theirs.length;
  }
  assert.ok(written > 100);
});

for (const sharpness of ["sharp", "diluted"] as const satisfies Sharpness[]) {
  test(`the ${sharpness} reference model answers the same questions in both runtimes`, async () => {
    writeReferenceModel({ path: join(scratch, `${sharpness}.gguf`), sharpness });
    writeReferenceModel({ path: join(scratch, sharpness), sharpness, format: "onnx" });
    const { llama, onnx, tokenizer } = await load(sharpness);
    let right = 0;
    let asked = 0;
    for (const format of ["text", "json", "csv"] as const) {
      const { document, entries } = randomDictionary({ size: 15, seed: seed + asked, format });
      for (const entry of entries.slice(0, 2)) {
        const prompt = tokenizer.encode(lookupPrompt(document, entry.key));
        const answer = await greedyOnnx(onnx, prompt, 60);
        assert.equal(answer, await greedyLlama(llama, prompt, 60));
        asked++;
        if (tokenizer.decode(answer, { skip_special_tokens: false }) === correctCompletion(entry)) right++;
      }
    }
    console.log(`${sharpness}: ${right} of ${asked} right in both`);
    assert.is(asked, 6);
    if (sharpness === "sharp") assert.is(right, asked);
    await onnx.dispose();
  });
}

async function greedyLlama(model: LlamaModel, prompt: readonly number[], maxTokens: number): Promise<number[]> {
  const context = await model.createContext({ contextSize: 1024, threads: 1, ...IN_32_BITS });
  const written: number[] = [];
  for await (const token of context.getSequence().evaluate(prompt as Token[], { temperature: 0 })) {
    written.push(token);
    if (written.length === maxTokens) break;
  }
  await context.dispose();
  return written;
}

async function greedyOnnx(model: PreTrainedModel, prompt: readonly number[], maxTokens: number): Promise<number[]> {
  const shape = [1, prompt.length];
  const output = (await model.generate({
    inputs: new Tensor("int64", BigInt64Array.from(prompt, BigInt), shape),
    do_sample: false,
    max_new_tokens: maxTokens,
  } as Parameters<PreTrainedModel["generate"]>[0])) as Tensor;
  const written = (output.tolist()[0] as bigint[]).slice(prompt.length).map(Number);
  return written.filter((token) => token !== EOS);
}

test.run();
