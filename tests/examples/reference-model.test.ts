/**
 * The reference model over the grid of what the constraint is for: sharp attention needs no help, diluted attention
 * makes its quotes up, and the constraint brings them back.
 */

import { join } from "node:path";
import { LlamaCompletion, type LlamaContextSequence, type LlamaModel, type Token } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  correctCompletion,
  lookupPrompt,
  randomDictionary,
  type Dictionary,
  type DictionaryFormat,
} from "../../examples/reference-model/dictionary.js";
import { writeReferenceModel, type Sharpness } from "../../examples/reference-model/write.js";
import { RecallSampler } from "../../lib/entry/node-llama-cpp.js";
import { loadModel, scratch } from "../support/llama.js";
import { Random } from "../support/random.js";

const seed = Number(process.env.VERBATIM_SEED ?? Date.now() % 1_000_000);
console.log(`VERBATIM_SEED=${seed}`);

const models: Record<Sharpness, LlamaModel> = { sharp: await load("sharp"), diluted: await load("diluted") };

async function load(sharpness: Sharpness): Promise<LlamaModel> {
  const path = join(scratch, `${sharpness}.gguf`);
  writeReferenceModel({ path, sharpness });
  return loadModel(path);
}

interface Grid {
  sharpness: Sharpness;
  size: number;
  format?: DictionaryFormat;
  constrained: boolean;
  dictionaries: number;
  questions: number;
}

/** The share of questions that are answered exactly as they should be: quote, answer, and end. */
async function accuracy(grid: Grid): Promise<number> {
  const model = models[grid.sharpness];
  let [right, asked] = [0, 0];
  for (let i = 0; i < grid.dictionaries; i++) {
    const dictionary = randomDictionary({ size: grid.size, seed: seed + i, format: grid.format });
    const context = await model.createContext({ contextSize: 6144, threads: 1 });
    right += await countRight(model, context.getSequence(), dictionary, grid);
    asked += grid.questions;
    await context.dispose();
  }
  const share = right / asked;
  const { sharpness, size, format = "text", constrained } = grid;
  console.log(
    `${sharpness}, ${size} entries, ${format}, ${constrained ? "constrained" : "free"}: ${right} of ${asked}`,
  );
  return share;
}

async function countRight(
  model: LlamaModel,
  host: LlamaContextSequence,
  { document, entries }: Dictionary,
  { constrained, questions }: Grid,
): Promise<number> {
  const random = new Random(seed);
  const recall = new RecallSampler(host, {
    documents: [{ name: "dictionary", text: document }],
    recallGenerated: false,
  });
  const completion = new LlamaCompletion({ contextSequence: constrained ? recall.sequence : host });
  let right = 0;
  for (let i = 0; i < questions; i++) {
    const entry = random.pick(entries);
    const generated: Token[] = [];
    const { metadata } = await completion.generateCompletionWithMeta(lookupPrompt(document, entry.key), {
      temperature: 0,
      maxTokens: 60,
      onToken: (tokens) => void generated.push(...tokens),
    });
    const answer = model.detokenize(generated, true);
    if (answer === correctCompletion(entry) && metadata.stopReason === "eogToken") right++;
  }
  return right;
}

for (const format of ["text", "json", "csv"] as const) {
  test(`sharp: every ${format} lookup is right, free and constrained`, async () => {
    for (const constrained of [false, true]) {
      for (const size of [10, 50, 200]) {
        const grid: Grid = { sharpness: "sharp", size, format, constrained, dictionaries: 1, questions: 4 };
        assert.is(await accuracy(grid), 1);
      }
    }
  });
}

test("diluted, 200 entries: free, fewer than 60 % are right; constrained, at least 95 %", async () => {
  const grid = { sharpness: "diluted", size: 200, dictionaries: 2, questions: 10 } as const;
  assert.ok((await accuracy({ ...grid, constrained: false })) < 0.6);
  assert.ok((await accuracy({ ...grid, constrained: true })) >= 0.95);
});

test("diluted, 50 entries: the constraint does not make it worse", async () => {
  const grid = { sharpness: "diluted", size: 50, dictionaries: 2, questions: 8 } as const;
  const free = await accuracy({ ...grid, constrained: false });
  assert.ok((await accuracy({ ...grid, constrained: true })) >= Math.max(free, 0.95));
});

test.run();
