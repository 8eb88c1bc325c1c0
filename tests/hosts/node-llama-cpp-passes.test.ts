/** How many passes of the model a quote takes, and what a draft may not disturb: errors, a full context, metadata. */

import { join } from "node:path";
import {
  LlamaCompletion,
  TokenBias,
  type LlamaContextSequence,
  type SequenceEvaluateOptions,
  type Token,
} from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { correctCompletion, lookupPrompt, randomDictionary } from "../../examples/reference-model/dictionary.js";
import { writeReferenceModel } from "../../examples/reference-model/write.js";
import { RecallSampler, type RecallError, type RecallSamplerOptions } from "../../lib/entry/node-llama-cpp.js";
import { DraftLength } from "../../lib/hosts/shared/drafts/length.js";
import { canDraft } from "../../lib/hosts/node-llama-cpp/drafting.js";
import { copyingHost } from "../support/copying-host.js";
import { countPasses } from "../support/counted-host.js";
import { loadModel, newSequence, scratch } from "../support/llama.js";
import { Random } from "../support/random.js";
import { BOS, END, ENGLISH, START, writeTinyModel } from "../support/tiny-model.js";

const SPAN = 32;
const MOST_PASSES = 8;

writeTinyModel({ path: join(scratch, "recall.gguf") });
writeTinyModel({ path: join(scratch, "plain.gguf"), controlTokens: ["<|bos|>", "<|eos|>"] });
writeReferenceModel({ path: join(scratch, "reference.gguf"), sharpness: "sharp" });
const model = await loadModel(join(scratch, "recall.gguf"));
const open = TokenBias.for(model).set([START as Token], { logit: 1000 });
const prompt = [BOS as Token, ...model.tokenize(ENGLISH.slice(0, 600), false)];
const GREEDY: SequenceEvaluateOptions = { temperature: 0, tokenBias: open, yieldEogToken: true };

async function generate(sequence: LlamaContextSequence, tokens: Token[], count: number, options = GREEDY) {
  const generated: Token[] = [];
  for await (const token of sequence.evaluate(tokens, options)) {
    generated.push(token);
    if (generated.length === count) break;
  }
  return generated;
}

test(`the reference model, which follows its source: at most ${MOST_PASSES} passes for a quote of ${SPAN} tokens`, async () => {
  const reference = await loadModel(join(scratch, "reference.gguf"));
  const { document, entries } = randomDictionary({ size: 40, seed: 7, valueLength: SPAN - "1234: ".length });
  const counted = countPasses(await newSequence(reference, 4096));
  const recall = new RecallSampler(counted.sequence, {
    documents: [{ name: "dictionary", text: document }],
    recallGenerated: false,
  });
  const completion = new LlamaCompletion({ contextSequence: recall.sequence });
  let quotes = 0;
  for (let i = 0; i < 8; i++) {
    const entry = entries[5 * i];
    const answer = correctCompletion(entry);
    const before = counted.passes;
    const generated: Token[] = [];
    const onToken = (tokens: Token[]) => void generated.push(...tokens);
    const options = { temperature: 0, maxTokens: SPAN + 3, onToken };
    await completion.generateCompletion(lookupPrompt(document, entry.key), options);
    assert.ok(answer.startsWith(reference.detokenize(generated, true)), reference.detokenize(generated, true));
    assert.is(recall.lastQuote!.tokens!.length, SPAN);
    // A space and the start token come before the quote, the end token with its last pass or in one of its own.
    const passes = counted.passes - before - 2;
    assert.ok(passes <= MOST_PASSES, `${passes} passes`);
    quotes++;
  }
  assert.is(quotes, 8);
  await recall.sequence.context.dispose();
});

for (const mode of ["token", "text"] as const) {
  test(`${mode} mode, a model that copies: at most ${MOST_PASSES} passes for ${SPAN} tokens of prose`, async () => {
    const copied = mode === "token" ? model : await loadModel(join(scratch, "plain.gguf"));
    const source = copied.tokenize(ENGLISH, false);
    const tokens = [BOS as Token, ...source];
    const opening = mode === "token" ? [START as Token] : copied.tokenize("^", false);
    const closing = mode === "token" ? [END as Token] : copied.tokenize("~", false);
    const random = new Random(11);
    const passes: number[] = [];
    for (let i = 0; i < 40; i++) {
      const from = random.below(source.length - SPAN);
      const script = [...opening, ...source.slice(from, from + SPAN), ...closing];
      const counted = countPasses(copyingHost(copied, tokens.length, script));
      const recall = new RecallSampler(counted.sequence, {
        ...{ mode, recallGenerated: false },
        ...(mode === "text" ? { startTag: "^", endTag: "~", documents: [{ name: "prose", text: ENGLISH }] } : {}),
      });
      assert.equal(await generate(recall.sequence, tokens, script.length, {}), script);
      passes.push(counted.passes - opening.length);
    }
    const mean = passes.reduce((sum, one) => sum + one) / passes.length;
    assert.ok(mean <= MOST_PASSES * 0.75, `${mean} passes in the mean`);
    assert.ok(
      passes.every((one) => one <= MOST_PASSES),
      passes.join(),
    );
  });
}

/** The same generation with and without drafts: the tokens that were shown, and how it ended. */
async function bothWays(
  options: RecallSamplerOptions,
  run: (recall: RecallSampler, shown: Token[]) => Promise<void>,
  contextSize = 512,
) {
  const ends = [];
  for (const maxDraftTokens of [0, undefined]) {
    const counted = countPasses(await newSequence(model, contextSize));
    const recall = new RecallSampler(counted.sequence, { ...options, maxDraftTokens });
    const shown: Token[] = [];
    const error = await run(recall, shown).then(
      () => null,
      (reason: RecallError) => reason,
    );
    ends.push({ shown, code: error?.code, passes: counted.passes, contextTokens: recall.sequence.contextTokens });
    await recall.sequence.context.dispose();
  }
  const [plain, drafted] = ends;
  assert.equal(drafted.shown, plain.shown);
  assert.equal(drafted.contextTokens, plain.contextTokens);
  assert.is(drafted.code, plain.code);
  assert.ok(drafted.passes < plain.passes, `${drafted.passes} passes by draft, ${plain.passes} without`);
  return plain;
}

test("a context that is full ends the generation at the same token, with the same error", async () => {
  const { code, shown } = await bothWays(
    { minSpanTokens: 20, recallGenerated: false },
    async (recall, shown) => {
      for await (const token of recall.sequence.evaluate(prompt, GREEDY)) shown.push(token);
    },
    512,
  );
  assert.is(code, "CONTEXT_SHIFTED");
  assert.is(shown.length, 512 - prompt.length);
});

test("onContextShift: keep: the same tokens through several shifts", async () => {
  const { shown } = await bothWays(
    { minSpanTokens: 10, onContextShift: "keep", recallGenerated: false },
    async (recall, shown) => {
      const sampling = { ...GREEDY, contextShift: { size: 150 } };
      shown.push(...(await generate(recall.sequence, prompt, 700, sampling)));
    },
    512,
  );
  assert.is(shown.length, 700);
});

test("LlamaCompletion, its repeat penalty and its own context shift: the same text", async () => {
  for (const onContextShift of ["error", "keep"] as const) {
    const { code, shown } = await bothWays(
      { minSpanTokens: 6, maxSpanTokens: 12, onContextShift, recallGenerated: false },
      async (recall, shown) => {
        const completion = new LlamaCompletion({ contextSequence: recall.sequence });
        const often = () => (shown.length % 40 < 20 ? open : TokenBias.for(model));
        const onToken = (tokens: Token[]) => void shown.push(...tokens);
        await completion.generateCompletion(prompt.slice(1), { tokenBias: often, onToken, maxTokens: 400 });
      },
      512,
    );
    assert.is(code, onContextShift === "error" ? "CONTEXT_SHIFTED" : undefined);
    assert.ok(shown.length > 200, `${shown.length} tokens`);
  }
});

test("probabilities and confidence are those of the plain path", async () => {
  const host = await newSequence(model, 512);
  const seen: { probabilities?: Map<Token, number>; confidence?: number }[][] = [];
  for (const maxDraftTokens of [0, 32]) {
    await host.clearHistory();
    const recall = new RecallSampler(host, { minSpanTokens: 10, recallGenerated: false, maxDraftTokens });
    const metadata = { probabilities: true, confidence: true } as const;
    const outputs: (typeof seen)[number] = [];
    for await (const { token, ...rest } of recall.sequence.evaluateWithMetadata(prompt, metadata, GREEDY)) {
      assert.is(rest.confidence, rest.probabilities.get(token));
      outputs.push(rest);
      if (outputs.length === 40) break;
    }
    seen.push(outputs);
    recall.close();
  }
  const [plain, drafted] = seen;
  let compared = 0;
  for (const [i, { probabilities, confidence }] of plain.entries()) {
    assert.ok(Math.abs(confidence! - drafted[i].confidence!) < 1e-4);
    for (const [token, probability] of probabilities!) {
      assert.ok(Math.abs(probability - (drafted[i].probabilities!.get(token) ?? 0)) < 1e-4);
      compared++;
    }
  }
  assert.ok(compared > 1000);
  await host.context.dispose();
});

/** A host that verifies drafts in a way of its own. */
function verifying(
  host: LlamaContextSequence,
  verify: LlamaContextSequence["controlledEvaluate"],
): LlamaContextSequence {
  return new Proxy(host, {
    get(target, property) {
      if (property === "controlledEvaluate") return verify;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

test("NOT_ENFORCED: a forbidden token at the end of what was drafted is noticed before it is shown", async () => {
  const host = await newSequence(model, 512);
  const deaf = verifying(host, async (items, options) => {
    const outputs = await host.controlledEvaluate(items, options);
    outputs.at(-1)!.next.token = BOS as Token;
    return outputs;
  });
  const recall = new RecallSampler(deaf, { minSpanTokens: 10 });
  const shown: Token[] = [];
  const work = async () => {
    for await (const token of recall.sequence.evaluate(prompt, GREEDY)) shown.push(token);
  };
  const error = await work().catch((reason: RecallError) => reason);
  assert.is((error as RecallError).code, "NOT_ENFORCED");
  assert.ok(shown.length > 2 && !shown.includes(BOS as Token), shown.join());
  assert.equal(host.contextTokens, [...prompt, ...shown]);
  await host.context.dispose();
});

test("a host that fails, or cannot sample, while it verifies: the next generation goes on from there", async () => {
  const host = await newSequence(model, 512);
  const expected = await generate(new RecallSampler(host, { minSpanTokens: 10 }).sequence, prompt, 30);
  for (const outcome of ["throws", "samples nothing"]) {
    await host.clearHistory();
    let sound = false;
    const broken = verifying(host, async (items, options) => {
      if (!sound && outcome === "throws") throw new Error("Failed to sample next token");
      const outputs = await host.controlledEvaluate(items, options);
      if (!sound) outputs.find((output) => output !== undefined)!.next.token = null;
      return outputs;
    });
    const recall = new RecallSampler(broken, { minSpanTokens: 10 });
    const shown: Token[] = [];
    const work = async () => {
      for await (const token of recall.sequence.evaluate(prompt, GREEDY)) shown.push(token);
    };
    const error = await work().catch((reason: Error) => reason);
    assert.is((error as Error).message, "Failed to sample next token");
    sound = true;
    assert.ok(shown.length > 1 && shown.length < 30, `${shown.length} tokens`);
    await recall.sequence.adaptStateToTokens([...prompt, ...shown.slice(0, -1)], false);
    shown.push(...(await generate(recall.sequence, shown.slice(-1), 30 - shown.length)));
    assert.equal(shown, expected);
  }
  await host.context.dispose();
});

test("no drafts with XTC, nor where the host cannot drop its last tokens", async () => {
  const host = await newSequence(model, 512);
  assert.is(canDraft(host, {}), true);
  assert.is(canDraft(host, { xtc: { probability: 0.5, threshold: 0.1 } }), false);
  assert.is(canDraft({ needsCheckpoints: true } as LlamaContextSequence, {}), false);
  const counted = countPasses(host);
  const recall = new RecallSampler(counted.sequence, { minSpanTokens: 10 });
  await generate(recall.sequence, prompt, 20, { ...GREEDY, xtc: { probability: 0.5, threshold: 0.1 } });
  assert.is(counted.passes, 20);
  await host.context.dispose();
});

test("maxDraftTokens is checked, and no draft is longer", async () => {
  const host = await newSequence(model, 512);
  for (const maxDraftTokens of [-1, 1.5, 1025, NaN]) {
    assert.throws(
      () => new RecallSampler(host, { maxDraftTokens }),
      (error: Error) => error instanceof RangeError && error.message.includes('"maxDraftTokens"'),
    );
  }
  assert.throws(() => new RecallSampler(host, { maxDraftTokens: true as never }), TypeError);
  for (const maxDraftTokens of [1, 5]) {
    let longest = 0;
    await host.clearHistory();
    const watched = verifying(host, (items, options) => {
      longest = Math.max(longest, items.length - 1);
      return host.controlledEvaluate(items, options);
    });
    const recall = new RecallSampler(watched, { minSpanTokens: 20, maxDraftTokens });
    await generate(recall.sequence, prompt, 40);
    assert.is(longest, maxDraftTokens);
  }
  await host.context.dispose();
});

test("drafts grow while they are accepted and shrink when they are refuted, guesses apart", () => {
  const length = new DraftLength(32);
  assert.ok(length.best(Infinity) >= 8);
  assert.ok([1, 2].includes(length.best(0)));
  const learn = (times: number, drafted: number, agreed: number, accepted: number) => {
    for (let i = 0; i < times; i++) length.learn({ drafted, agreed, accepted });
  };
  learn(20, 16, 16, 16);
  assert.is(length.best(Infinity), 32);
  assert.ok(length.best(0) <= 2, "what was agreed on says nothing of a guess");
  learn(20, 16, 16, 1);
  assert.ok(length.best(Infinity) <= 4);
  learn(20, 4, 1, 4);
  assert.ok(length.best(0) >= 16);
  learn(20, 4, 1, 1);
  assert.is(length.best(0), 0);
  learn(40, 0, 0, 0);
  assert.ok(length.best(0) > 0, "a guess is never tried again");
  for (let agreed = 0; agreed < 40; agreed++) {
    const best = new DraftLength(5).best(agreed);
    assert.ok(best >= 0 && best <= 5);
  }
});

test.run();
