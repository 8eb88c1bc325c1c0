/**
 * node-llama-cpp, one thread: quotes by draft against one token a pass, and the sampler outside quotes against none.
 * The model is the reference model with idle units, some 300 MB: its passes are as slow as those of a real one. It
 * follows its source; at temperature 12 it draws any allowed token, the end of the quote too, nearly as soon as another. Each case checks its result, rounds are interleaved, and figures are medians.
 */
import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { cpus } from "node:os";
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
import { RecallSampler } from "../lib/hosts/node-llama-cpp.js";
import { countPasses, type CountedHost } from "../tests/support/counted-host.js";
import { loadModel, newSequence } from "../tests/support/llama.js";
import { median } from "./harness/median.js";

const SPAN = 32;
const ROUNDS = process.argv.includes("--full") ? 24 : 12;
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
  const found = recall.session.spans;
  assert.ok(found.length > 0);
  for (const span of found.filter(({ tokens }) => tokens.length > 0)) assert.ok(span.sources().length > 0);
  return spent;
}

async function measure(type: (typeof TYPES)[number]): Promise<void> {
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
  console.log(`\n## ${Math.round(statSync(path).size / 1e6)} MB, weights of ${type.slice(5)} bits\n`);
  await passes(host, promptFor(entries[0]!.key));

  const open = TokenBias.for(model).set([START_RECALL as Token], { logit: 1000 });
  const follows = (generated: readonly Token[]) => generated.at(-1) === END_RECALL;
  const cases = [
    { name: "follows its source", sampling: { temperature: 0 }, mayStop: follows },
    {
      name: "draws at temperature 12",
      sampling: { temperature: 12, topK: 0, topP: 1, tokenBias: open, yieldEogToken: true },
      mayStop: (generated: readonly Token[]) => generated.length === SPAN,
    },
  ];
  console.log(
    `| in quotes, the model | tokens a pass | passes for ${SPAN} tokens | tokens/s one by one | by draft | ratio | by processor time |`,
  );
  console.log("|---|--:|--:|--:|--:|--:|--:|");
  const ratios: number[] = [];
  const longest: number[] = [];
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
    const speedsBy = (key: "milliseconds" | "processor") =>
      spent.map((runs) => median(runs.map((one) => (1000 * one.tokens) / one[key])));
    const speeds = speedsBy("milliseconds");
    const [alone, drafted] = speedsBy("processor");
    const sum = (key: keyof Spent) => spent[1].reduce((total, one) => total + one[key], 0);
    const perPass = sum("tokens") / sum("passes");
    ratios.push(speeds[1]! / speeds[0]!);
    longest.push(Math.max(...spent[1].map((one) => one.passes)));
    const figures = [perPass.toFixed(2), (SPAN / perPass).toFixed(1), ...speeds.map((speed) => speed.toFixed(1))];
    console.log(
      `| ${name} | ${figures.join(" | ")} | ${ratios.at(-1)!.toFixed(2)}× | ${(drafted! / alone!).toFixed(2)}× |`,
    );
  }
  const { wall, processor } = await timeOutside(model, promptFor(entries[0]!.key));
  console.log("");
  verdict(`passes for a quote of ${SPAN} tokens and its end, at most 8`, `${longest[0]} at most`, longest[0]! <= 8);
  verdict("tokens per second in quotes, at least 2.5 times", `${ratios[0]!.toFixed(2)}×`, ratios[0]! >= 2.5);
  const more = [wall, processor].map((share) => `${(100 * (share - 1)).toFixed(1)} %`);
  verdict(
    "time outside quotes, at most 5 % more than without a sampler",
    `${more[0]}, by processor time ${more[1]}`,
    wall <= 1.05,
  );
  await host.context.dispose();
  await model.dispose();
}

function verdict(goal: string, measured: string, isMet: boolean): void {
  console.log(`- ${goal}: ${measured}${isMet ? "" : ", **short**"}`);
}

/** What a pass costs by the number of its tokens, each sampled after. */
async function passes(host: LlamaContextSequence, prompt: Token[]): Promise<void> {
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
  console.log(`| tokens in a pass | ${counts.join(" | ")} |`);
  console.log(`|---|${counts.map(() => "--:|").join("")}`);
  console.log(`| milliseconds | ${times.map((one) => median(one).toFixed(1)).join(" | ")} |\n`);
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
  assert.equal(recall.session.spans.length, 0);
  for (const { context } of hosts) await context.dispose();
  return {
    wall: median(times[1]) / median(times[0]),
    processor: median(processorTimes[1]) / median(processorTimes[0]),
  };
}

console.log(`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}, one thread, ${ROUNDS} rounds`);
for (const type of TYPES) await measure(type);
process.exit(0);
