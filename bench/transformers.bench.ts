/**
 * transformers.js on the CPU: what the logits processor costs per token, and what drafts save. The model is the
 * reference model, which copies as it is asked to; the processor by itself has 131,072 tokens of text to search. Each
 * case checks its result, and what is compared takes turns, each first as often as the others.
 */
import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  LogitsProcessorList,
  Tensor,
  type PreTrainedTokenizer,
} from "@huggingface/transformers";
import { lookupPrompt, randomDictionary } from "../examples/reference-model/dictionary.js";
import { writeReferenceModel } from "../examples/reference-model/write.js";
import { generateWithRecall, RecallLogitsProcessor } from "../lib/entry/transformers.js";
import { describeMachine } from "./harness/machine.js";
import { median } from "./harness/median.js";
import { saveResults, type Measurement } from "./harness/results.js";
import { printTable } from "./harness/table.js";
import { tokenText } from "./token-texts.js";
import { wideTokenizerJson } from "./wide-tokenizer.js";

const CONTEXT_TOKENS = 131_072;
const SPAN_TOKENS = 32;
const WIDTH = 151_936;
const ROUNDS = process.argv.includes("--full") ? 10 : 2;

/** Microseconds of the processor's median step, outside and inside spans. */
function measureProcessor(): { outside: number; inside: number } {
  const { json, start, end } = wideTokenizerJson();
  const tokenizer = { _tokenizerJSON: json } as unknown as PreTrainedTokenizer;
  const tokens = tokenText("natural text", WIDTH).tokens.subarray(0, CONTEXT_TOKENS);
  const recall = new RecallLogitsProcessor(tokenizer, { recallGenerated: false });
  const ids = Array.from(tokens, BigInt);
  const logits = new Tensor("float32", new Float32Array(WIDTH), [1, WIDTH]);
  const times = { outside: [] as number[], inside: [] as number[] };
  const step = (token: number, where: "outside" | "inside") => {
    ids.push(BigInt(token));
    const before = performance.now();
    recall([ids], logits);
    times[where].push((performance.now() - before) * 1000);
  };
  recall([ids], logits);
  for (let span = 0; span < 300; span++) {
    const at = (span * 7919) % (CONTEXT_TOKENS - SPAN_TOKENS);
    step(tokens[at], "outside");
    step(start, "inside");
    for (let k = 0; k < SPAN_TOKENS; k++) step(tokens[at + k], "inside");
    step(end, "outside");
  }
  assert.equal(recall.session.quotes.filter(({ open }) => !open).length, 300);
  assert.ok((logits.data as Float32Array).includes(-Infinity));
  return { outside: median(times.outside), inside: median(times.inside) };
}

interface Way {
  readonly name: string;
  /** Generates, and says how many forward passes a quote took, where it knows. */
  run(
    input: { input_ids: Tensor; attention_mask: Tensor },
    streamer: Stopwatch,
  ): Promise<{ text: string; passes?: number }>;
}

/** Milliseconds per token, from the first on: the prompt is not in it. */
class Stopwatch {
  #first = 0;
  #last = 0;
  #tokens = -1;

  put(): void {
    this.#last = performance.now();
    if (this.#tokens++ === 0) this.#first = this.#last;
  }

  end(): void {
    assert.ok(this.#tokens > SPAN_TOKENS);
  }

  get perToken(): number {
    return (this.#last - this.#first) / (this.#tokens - 1);
  }
}

interface WayFigures {
  readonly name: string;
  readonly millisecondsPerToken: number;
  /** The time of a token against generate's own, with nothing to constrain it. */
  readonly againstFirst: number;
  readonly passes: number;
}

async function measureModel(): Promise<{ documentBytes: number; ways: WayFigures[] }> {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-bench-"));
  try {
    writeReferenceModel({ path: folder, sharpness: "sharp", format: "onnx" });
    const tokenizer = await AutoTokenizer.from_pretrained(folder, { local_files_only: true });
    const model = await AutoModelForCausalLM.from_pretrained(folder, {
      ...{ local_files_only: true, dtype: "fp32", device: "cpu" },
      session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
    });
    // A key of 4 digits, ": ", and a value: with a token per byte, 32.
    const { document, entries } = randomDictionary({ size: 40, seed: 1, valueLength: SPAN_TOKENS - 6 });
    const documents = [{ name: "dictionary", text: document }];
    const withProcessor = async (isConstrained: boolean, input: object, streamer: Stopwatch) => {
      const processors = new LogitsProcessorList();
      if (isConstrained) processors.push(new RecallLogitsProcessor(tokenizer, { documents }));
      const options = { ...input, max_new_tokens: 100, logits_processor: processors, streamer: streamer as never };
      const output = (await model.generate(options)) as Tensor;
      return { text: tokenizer.batch_decode(output, { skip_special_tokens: true })[0] };
    };
    const withDrafts = async (draft_tokens: number, input: { input_ids: Tensor }, streamer: Stopwatch) => {
      const recall = new RecallLogitsProcessor(tokenizer, { documents });
      const result = await generateWithRecall(model, { ...input, recall, max_new_tokens: 100, draft_tokens, streamer });
      assert.equal(result.quotes[0].tokens!.length, SPAN_TOKENS);
      return { text: result.text, passes: SPAN_TOKENS + 1 - result.acceptedTokens };
    };
    const ways: Way[] = [
      { name: "generate, unconstrained", run: (input, streamer) => withProcessor(false, input, streamer) },
      { name: "generate, with the processor", run: (input, streamer) => withProcessor(true, input, streamer) },
      { name: "generateWithRecall, no drafts", run: (input, streamer) => withDrafts(0, input, streamer) },
      { name: "generateWithRecall", run: (input, streamer) => withDrafts(32, input, streamer) },
    ];
    const times = ways.map(() => [] as number[]);
    const passes = ways.map(() => [] as number[]);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [turn, { key, quote }] of entries.slice(4 * round, 4 * round + 4).entries()) {
        const input = tokenizer(lookupPrompt(document, key)) as { input_ids: Tensor; attention_mask: Tensor };
        for (let n = 0; n < ways.length; n++) {
          const i = (turn + n) % ways.length;
          const way = ways[i];
          const stopwatch = new Stopwatch();
          const result = await way.run(input, stopwatch);
          assert.ok(result.text.includes(quote), `${way.name}: ${result.text}`);
          times[i].push(stopwatch.perToken);
          if (result.passes !== undefined) passes[i].push(result.passes);
        }
      }
    }
    return {
      documentBytes: document.length,
      ways: ways.map(({ name }, i) => ({
        name,
        millisecondsPerToken: median(times[i]),
        againstFirst: median(times[i].map((time, n) => time / times[0][n])),
        passes: passes[i].length === 0 ? SPAN_TOKENS + 1 : median(passes[i]),
      })),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(`${describeMachine().processor}, Node ${process.version}, one thread\n`);
const { outside, inside } = measureProcessor();
console.log(`The processor, a row of ${WIDTH} logits, ${CONTEXT_TOKENS} tokens to search, median step:`);
console.log(`outside a span ${outside.toFixed(1)} µs, inside ${inside.toFixed(1)} µs\n`);

const { documentBytes, ways } = await measureModel();
printTable(
  [
    `on the reference model, ${documentBytes} bytes of document`,
    "ms per token",
    "against the first",
    `passes per quote of ${SPAN_TOKENS}`,
  ],
  ways.map(({ name, millisecondsPerToken, againstFirst, passes }) => [
    name,
    millisecondsPerToken.toFixed(1),
    againstFirst.toFixed(2),
    String(passes),
  ]),
);

const search = { way: "Verbatim", text: "natural text", tokens: CONTEXT_TOKENS, vocabulary: WIDTH, unit: "µs" };
saveResults("transformers", [
  { ...search, subject: "logits processor, outside a quote", value: outside },
  { ...search, subject: "logits processor, inside a quote", value: inside },
  ...ways.flatMap(({ name: way, millisecondsPerToken, againstFirst, passes }): Measurement[] => [
    { subject: "time per token", way, value: millisecondsPerToken, unit: "ms" },
    { subject: "time per token against unconstrained", way, value: againstFirst, unit: "ratio" },
    { subject: `passes for a quote of ${SPAN_TOKENS} tokens`, way, value: passes, unit: "passes" },
  ]),
]);
