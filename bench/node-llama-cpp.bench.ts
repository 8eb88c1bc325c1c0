/**
 * node-llama-cpp, one thread: quotes by draft against one token a pass, and the sampler outside quotes against none.
 * The model is the reference model with idle units, some 300 MB: its passes are as slow as those of a real one. It
 * follows its source; at temperature 12 it draws any allowed token, the end of the quote too, nearly as soon as another. Each case checks its result, rounds are interleaved, and figures are medians.
 */
import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  TokenBias,
  type LlamaContextSequence,
  type LlamaModel,
  type SequenceEvaluateOptions,
  type Token,
} from "node-llama-cpp";
import { lookupPrompt, randomDictionary } from "../examples/reference-model/dictionary.js";
import { END_RECALL, START_RECALL } from "../examples/reference-model/vocabulary.js";
import { writeReferenceModel } from "../examples/reference-model/write.js";
import { RecallSampler } from "../lib/entry/node-llama-cpp.js";
import { countPasses, type CountedHost } from "../tests/support/counted-host.js";
import { loadModel, newSequence } from "../tests/support/llama.js";
import { describeMachine } from "./harness/machine.js";
import { median } from "./harness/median.js";
import { saveResults, type Measurement } from "./harness/results.js";
import { printTable } from "./harness/table.js";

const SPAN = 32;
const ROUNDS = process.argv.includes("--full") ? 24 : 8;
const FOLLOWS = "follows its source";
const OUTSIDE_TOKENS = 300;
const TYPES = process.argv.includes("--full") ? (["float32", "float16"] as const) : (["float32"] as const);
/** 16,384 units of 512 dimensions in each of three layers: 300 MB in 32 bits, and as many bytes of more in 16. */
const HIDDEN_SIZES = { float32: 16_384, float16: 32_768 };

const { document, entries } = randomDictionary({ size: 20, seed: 5, valueLength: SPAN - "1234: ".length });

interface Way {
  readonly counted: CountedHost;
  readonly recall: RecallSampler;
}

interface Spent {
  tokens: number;
  passes: number;
  milliseconds: number;
  /** Of processor time, which other programs on the machine do not lengthen as much. */
  processor: number;
}

function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What the tokens of quotes cost, closing tokens included; the prompt is read before. */
async function spendInSpans(
  { counted, recall }: Way,
  prompt: Token[],
  sampling: SequenceEvaluateOptions,
  mayStop: (generated: readonly Token[]) => boolean,
): Promise<Spent> {
  const { sequence } = recall;
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(sequence.nextTokenIndex, -1));
  const spent: Spent = { tokens: 0, passes: 0, milliseconds: 0, processor: 0 };
  const generated: Token[] = [];
  let [inSpan, time, processor, passes] = [false, performance.now(), processorMilliseconds(), counted.passes];
  for await (const token of sequence.evaluate(prompt.slice(-1), sampling)) {
    if (inSpan) {
      spent.tokens++;
      spent.passes += counted.passes - passes;
      spent.milliseconds += performance.now() - time;
      spent.processor += processorMilliseconds() - processor;
    }
    generated.push(token);
    if (mayStop(generated)) break;
    ({ inSpan } = recall.session);
    [time, processor, passes] = [performance.now(), processorMilliseconds(), counted.passes];
  }
  const found = recall.session.quotes;
  assert.ok(found.length > 0);
  for (const span of found.filter(({ tokens }) => tokens!.length > 0)) assert.ok(span.sources().length > 0);
  return spent;
}

/** Prints what it measured on the model with weights of this type. */
async function measure(type: (typeof TYPES)[number]): Promise<Measurement[]> {
  const path = join("build", "bench", `reference-${type}.gguf`);
  mkdirSync(join("build", "bench"), { recursive: true });
  if (!existsSync(path)) writeReferenceModel({ path, sharpness: "sharp", hiddenSize: HIDDEN_SIZES[type], type });
  const model = await loadModel(path);
  const host = await newSequence(model, 2048);
  const promptFor = (key: string) => [
    ...model.tokenize("<|bos|>", true),
    ...model.tokenize(lookupPrompt(document, key), false),
  ];
  const newWay = (maxDraftTokens: number): Way => {
    const counted = countPasses(host);
    const documents = [{ name: "dictionary", text: document }];
    const options = { documents, recallGenerated: false, boost: 1000, maxDraftTokens };
    return {
      counted,
      recall: new RecallSampler(counted.sequence, options),
    };
  };
  const condition = `${Math.round(statSync(path).size / 1e6)} MB, weights of ${type.slice(5)} bits`;
  console.log(`\n## ${condition}\n`);
  const measurements = await passes(host, promptFor(entries[0]!.key), condition);

  const open = TokenBias.for(model).set([START_RECALL as Token], { logit: 1000 });
  const follows = (generated: readonly Token[]) => generated.at(-1) === END_RECALL;
  const cases = [
    { name: FOLLOWS, sampling: { temperature: 0 }, mayStop: follows },
    {
      name: "draws at temperature 12",
      sampling: { temperature: 12, topK: 0, topP: 1, tokenBias: open, yieldEogToken: true },
      mayStop: (generated: readonly Token[]) => generated.length === SPAN,
    },
  ];
  const all: CaseFigures[] = [];
  const rows: string[][] = [];
  for (const { name, sampling, mayStop } of cases) {
    const ways = [newWay(0), newWay(32)] as const;
    const spent: [Spent[], Spent[]] = [[], []];
    for (let round = 0; round <= ROUNDS; round++) {
      const { key } = entries[round % entries.length]!;
      for (const way of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const one = await spendInSpans(ways[way]!, promptFor(key), { ...sampling, seed: round }, mayStop);
        // The first round is for warming up.
        if (round > 0) spent[way]!.push(one);
      }
    }
    const speeds = spent.map((runs) => median(runs.map((one) => (1000 * one.tokens) / one.milliseconds)));
    const byProcessor = spent.map((runs) => median(runs.map((one) => (1000 * one.tokens) / one.processor)));
    const figures: CaseFigures = {
      tokensPerPass: sum(spent[1], "tokens") / sum(spent[1], "passes"),
      mostPasses: Math.max(...spent[1].map((one) => one.passes)),
      speed: { alone: speeds[0]!, drafted: speeds[1]! },
      ratio: speeds[1]! / speeds[0]!,
      ratioByProcessor: byProcessor[1]! / byProcessor[0]!,
    };
    all.push(figures);
    measurements.push(...measurementsOf(figures, name, condition));
    rows.push([
      name,
      figures.tokensPerPass.toFixed(2),
      (SPAN / figures.tokensPerPass).toFixed(1),
      figures.speed.alone.toFixed(1),
      figures.speed.drafted.toFixed(1),
      `${figures.ratio.toFixed(2)}×`,
      `${figures.ratioByProcessor.toFixed(2)}×`,
    ]);
  }
  printTable(
    [
      "in quotes, the model",
      "tokens a pass",
      `passes for ${SPAN} tokens`,
      "tokens/s one by one",
      "by draft",
      "ratio",
      "by processor time",
    ],
    rows,
  );
  const { wall, processor } = await timeOutside(model, promptFor(entries[0]!.key));
  const outside = { way: "with the sampler", condition, unit: "ratio" };
  measurements.push(
    { ...outside, subject: "time outside quotes against none", value: wall },
    { ...outside, subject: "time outside quotes against none, by processor time", value: processor },
  );
  const [following] = all as [CaseFigures];
  const { mostPasses, ratio } = following;
  verdict(`passes for a quote of ${SPAN} tokens and its end, at most 8`, `${mostPasses} at most`, mostPasses <= 8);
  verdict("tokens per second in quotes, at least 2.5 times", `${ratio.toFixed(2)}×`, ratio >= 2.5);
  const more = [wall, processor].map((share) => `${(100 * (share - 1)).toFixed(1)} %`);
  verdict(
    "time outside quotes, at most 5 % more than without a sampler",
    `${more[0]}, by processor time ${more[1]}`,
    wall <= 1.05,
  );
  await host.context.dispose();
  await model.dispose();
  return measurements;
}

interface CaseFigures {
  readonly tokensPerPass: number;
  /** Of any quote. */
  readonly mostPasses: number;
  /** Tokens per second. */
  readonly speed: { readonly alone: number; readonly drafted: number };
  readonly ratio: number;
  readonly ratioByProcessor: number;
}

function sum(runs: readonly Spent[], key: keyof Spent): number {
  return runs.reduce((total, one) => total + one[key], 0);
}

function measurementsOf(figures: CaseFigures, name: string, model: string): Measurement[] {
  const condition = `${name}; ${model}`;
  const byDraft = { way: "by draft", condition };
  // The goal is about a model that follows its source.
  const passes = `passes for a quote of ${SPAN} tokens${name === FOLLOWS ? "" : `, the model ${name}`}`;
  const speed = "tokens per second in quotes";
  const ratio = `${speed}, by draft against one by one`;
  return [
    { ...byDraft, subject: passes, value: figures.mostPasses, unit: "passes" },
    { ...byDraft, subject: "tokens a pass in quotes", value: figures.tokensPerPass, unit: "tokens" },
    { ...byDraft, subject: speed, way: "one by one", value: figures.speed.alone, unit: "tokens/s" },
    { ...byDraft, subject: speed, value: figures.speed.drafted, unit: "tokens/s" },
    { ...byDraft, subject: ratio, value: figures.ratio, unit: "ratio" },
    { ...byDraft, subject: `${ratio}, by processor time`, value: figures.ratioByProcessor, unit: "ratio" },
  ];
}

function verdict(goal: string, measured: string, isMet: boolean): void {
  console.log(`- ${goal}: ${measured}${isMet ? "" : ", **short**"}`);
}

/** Prints what a pass costs by the number of its tokens, each sampled after. */
async function passes(host: LlamaContextSequence, prompt: Token[], condition: string): Promise<Measurement[]> {
  const counts = [1, 2, 9, 17, 33];
  const times = counts.map((): number[] => []);
  await host.evaluateWithoutGeneratingNewTokens(prompt);
  for (let round = 0; round < 5; round++) {
    for (const [i, count] of counts.entries()) {
      const start = performance.now();
      const item = (token: Token) => [token, { generateNext: { token: true } }] as [Token, object];
      await host.controlledEvaluate(prompt.slice(0, count).map(item));
      times[i]!.push(performance.now() - start);
      await host.eraseContextTokenRanges([{ start: prompt.length, end: host.nextTokenIndex }]);
    }
  }
  const medians = times.map(median);
  printTable(["tokens in a pass", ...counts.map(String)], [["milliseconds", ...medians.map((one) => one.toFixed(1))]]);
  return counts.map((count, i) => ({
    subject: `pass of ${count} ${count === 1 ? "token" : "tokens"}`,
    way: "node-llama-cpp",
    condition,
    value: medians[i]!,
    unit: "ms",
  }));
}

/** Time for a token outside quotes with the sampler, as a share of that without: token by token, in turns. */
async function timeOutside(model: LlamaModel, prompt: Token[]): Promise<{ wall: number; processor: number }> {
  const newHost = () => newSequence(model, 2048);
  const hosts = [await newHost(), await newHost()] as const;
  const recall = new RecallSampler(hosts[1], { documents: [{ name: "dictionary", text: document }] });
  const closed = TokenBias.for(model).set([START_RECALL as Token], "never");
  const sampling = { temperature: 0, tokenBias: closed, yieldEogToken: true };
  const outputs = [hosts[0], recall.sequence].map((sequence) => sequence.evaluate(prompt, sampling));
  const times: [number[], number[]] = [[], []];
  const processorTimes: [number[], number[]] = [[], []];
  for (let token = 0; token <= OUTSIDE_TOKENS; token++) {
    for (const way of token % 2 === 0 ? [0, 1] : [1, 0]) {
      const [start, processor] = [performance.now(), processorMilliseconds()];
      const { value } = await outputs[way]!.next();
      // The first token takes the prompt.
      if (token > 0) {
        times[way]!.push(performance.now() - start);
        processorTimes[way]!.push(processorMilliseconds() - processor);
      }
      assert.ok(value !== undefined && value !== START_RECALL);
    }
  }
  assert.equal(recall.session.quotes.length, 0);
  for (const { context } of hosts) await context.dispose();
  return {
    wall: median(times[1]) / median(times[0]),
    processor: median(processorTimes[1]) / median(processorTimes[0]),
  };
}

console.log(`${describeMachine().processor}, Node ${process.version}, one thread, ${ROUNDS} rounds`);
const measurements: Measurement[] = [];
for (const type of TYPES) measurements.push(...(await measure(type)));
saveResults("node-llama-cpp", measurements);
process.exit(0);
