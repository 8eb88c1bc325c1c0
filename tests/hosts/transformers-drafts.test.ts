/** generateWithRecall(): what it generates is what generate() does, in fewer forward passes. */

import {
  DynamicCache,
  InterruptableStoppingCriteria,
  StoppingCriteriaList,
  Tensor,
  TextStreamer,
  type PreTrainedModel,
} from "@huggingface/transformers";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toFloat16 } from "../../examples/reference-model/float16.js";
import {
  generateWithRecall,
  RecallLogitsProcessor,
  type GenerateWithRecallOptions,
  type RecallError,
} from "../../lib/entry/transformers.js";
import { KeyValueCache } from "../../lib/hosts/transformers/key-value-cache.js";
import { loadOnnxModel } from "../support/onnx.js";
import { scratch } from "../support/scratch.js";
import { BOS, END, ENGLISH, EOS, START } from "../support/tiny-model.js";
import { writeTinyOnnxModel } from "../support/tiny-onnx-model.js";
import { Boost, generate, idsTensor, listOf, noiseOfText, Probe } from "../support/transformers.js";

const folder = join(scratch, "tiny");
writeTinyOnnxModel({ folder });
const { model, tokenizer } = await loadOnnxModel(folder);
const english = encode(ENGLISH);
const WIDTH = 512;

function encode(text: string): number[] {
  return tokenizer.encode(text, { add_special_tokens: false });
}

function promptAt(start: number, length = 60): number[] {
  return [BOS, ...english.slice(start, start + length)];
}

for (const mode of ["token", "text"] as const) {
  const tags = mode === "text" ? { startTag: "<<", endTag: ">>" } : {};
  const opens = mode === "text" ? encode("<")[0] : START;
  const newRecall = () => new RecallLogitsProcessor(tokenizer, { mode, ...tags });

  test(`${mode}: greedily it generates what generate() does`, async () => {
    const counts = { forwardPasses: 0, draftedTokens: 0, acceptedTokens: 0, tokens: 0, spans: 0 };
    for (let i = 0; i < 12; i++) {
      const input_ids = idsTensor([promptAt(10 * i, 30 + 8 * i)]);
      const options = { input_ids, max_new_tokens: 50, repetition_penalty: i % 2 === 0 ? 1 : 1.1 };
      const processors = () => listOf(new Boost(opens), noiseOfText());
      const plain = newRecall();
      const expected = await generate(model, {
        ...options,
        logits_processor: listOf(...processors().processors, plain),
      });
      const recall = newRecall();
      const { tokens, text, quotes, ...found } = await generateWithRecall(model, {
        ...{ ...options, recall, logits_processor: processors() },
      });
      assert.equal(tokens, expected[0]);
      assert.is(text, tokenizer.decode(tokens, { skip_special_tokens: true }));
      assert.equal(quotes.map(describe), plain.session.quotes.map(describe));
      counts.tokens += tokens.length;
      counts.spans += quotes.length;
      for (const name of ["forwardPasses", "draftedTokens", "acceptedTokens"] as const) counts[name] += found[name];
    }
    assert.ok(counts.spans >= 20, JSON.stringify(counts));
    // Drafts are accepted, and refuted too.
    assert.ok(counts.acceptedTokens >= 50 && counts.draftedTokens > counts.acceptedTokens + 20, JSON.stringify(counts));
    assert.is(counts.forwardPasses, counts.tokens - counts.acceptedTokens);
  });

  test(`${mode}: a model that copies takes at most 8 forward passes for a quote of 32 tokens`, async () => {
    for (const start of [40, 200, 333]) {
      const prompt = [BOS, ...english];
      const [opening, closing] = mode === "text" ? [encode("<<"), encode(">>")] : [[START], [END]];
      // It begins where a word does: there the tokenizer cuts the text as it does the quote by itself.
      const from = english.findIndex((id, at) => at >= start && tokenizer.decode([id]).startsWith(" "));
      const script = [...opening, ...english.slice(from, from + 32), ...closing, EOS];
      const copies = new Probe(([ids], logits) => (logits[script[ids.length - prompt.length]] += 1000));
      const { tokens, quotes, forwardPasses } = await generateWithRecall(model, {
        ...{ input_ids: idsTensor([prompt]), recall: newRecall(), max_new_tokens: 60 },
        logits_processor: listOf(copies),
      });
      assert.equal(tokens, script);
      assert.is(quotes.length, 1);
      const inQuote = forwardPasses - (opening.length + closing.length);
      assert.ok(inQuote <= 8, `${inQuote} passes`);
    }
  });

  test(`${mode}: a seed draws the same tokens with drafts and without`, async () => {
    let accepted = 0;
    for (let seed = 0; seed < 20; seed++) {
      const options = {
        ...{
          input_ids: idsTensor([promptAt(5 * seed)]),
          max_new_tokens: 40,
          logits_processor: listOf(new Boost(opens)),
        },
        ...{ do_sample: true, temperature: 0.9, top_k: 40, top_p: 0.95, min_p: 0.001, seed },
      };
      const drafted = await generateWithRecall(model, { ...options, recall: newRecall() });
      const plain = await generateWithRecall(model, { ...options, recall: newRecall(), draft_tokens: 0 });
      assert.equal(drafted.tokens, plain.tokens);
      assert.is(plain.forwardPasses, plain.tokens.length);
      assert.is(plain.draftedTokens, 0);
      accepted += drafted.acceptedTokens;
    }
    assert.ok(accepted >= 50, `${accepted} accepted`);
  });
}

function describe(span: { start: number; end: number; open: boolean; sources(): unknown[] }) {
  return [span.start, span.end, span.open, span.sources()];
}

test("draws follow the probabilities of an exact mask", async () => {
  const words = encode("to be or not to be, that is the question");
  const prompt = [BOS, ...words];
  const { logits } = (await model({
    input_ids: idsTensor([[...prompt, START]]),
    attention_mask: idsTensor([[...prompt, START].map(() => 1)]),
  })) as { logits: Tensor };
  const last = (logits.data as Float32Array).slice(-WIDTH);
  const allowed = [...new Set(words)];
  const weights = allowed.map((id) => Math.exp(last[id]));
  const sum = weights.reduce((a, b) => a + b);
  const recall = new RecallLogitsProcessor(tokenizer, { minSpanTokens: 1 });
  const counts = new Map<number, number>();
  const draws = 2000;
  for (let seed = 0; seed < draws; seed++) {
    const { tokens } = await generateWithRecall(model, {
      ...{ input_ids: idsTensor([prompt]), recall, max_new_tokens: 2, logits_processor: listOf(new Boost(START)) },
      ...{ do_sample: true, top_k: 0, seed },
    });
    assert.is(tokens[0], START);
    counts.set(tokens[1], (counts.get(tokens[1]) ?? 0) + 1);
  }
  let chiSquare = 0;
  allowed.forEach((id, i) => {
    const expected = (draws * weights[i]) / sum;
    chiSquare += ((counts.get(id) ?? 0) - expected) ** 2 / expected;
    counts.delete(id);
  });
  assert.is(counts.size, 0, "a token was drawn that is not allowed");
  const freedom = allowed.length - 1;
  assert.ok(freedom >= 8 && chiSquare < freedom + 5 * Math.sqrt(2 * freedom), `chi-square ${chiSquare} at ${freedom}`);
});

test("a cache goes on where it was left, and has what was kept only", async () => {
  const recall = new RecallLogitsProcessor(tokenizer);
  const whole = new RecallLogitsProcessor(tokenizer);
  const logits_processor = listOf(new Boost(START), noiseOfText());
  const prompt = promptAt(0);
  const once = await generateWithRecall(model, {
    ...{ input_ids: idsTensor([prompt]), recall: whole, max_new_tokens: 60, logits_processor },
  });
  const cache = new DynamicCache();
  let ids = prompt;
  for (const count of [1, 9, 30, 20]) {
    const { tokens } = await generateWithRecall(model, {
      ...{ input_ids: idsTensor([ids]), past_key_values: cache, recall, max_new_tokens: count, logits_processor },
    });
    ids = [...ids, ...tokens];
    assert.is(cache.get_seq_length(), ids.length - 1);
  }
  assert.equal(ids.slice(prompt.length), once.tokens);
  assert.equal(recall.session.quotes.map(describe), whole.session.quotes.map(describe));
  // generate() goes on with it too.
  const [next] = await generate(model, {
    ...{ input_ids: idsTensor([ids]), attention_mask: idsTensor([ids.map(() => 1)]), past_key_values: cache },
    ...{ max_new_tokens: 8, logits_processor: listOf(...logits_processor.processors, recall) },
  });
  const further = await generateWithRecall(model, {
    ...{ input_ids: idsTensor([ids]), recall: whole, max_new_tokens: 8, logits_processor },
  });
  assert.equal(next, further.tokens);
});

test("left padding is not read", async () => {
  const prompt = promptAt(0);
  const logits_processor = listOf(new Boost(START), noiseOfText(EOS));
  const options = { max_new_tokens: 30, logits_processor };
  const plain = await generateWithRecall(model, {
    ...{ ...options, input_ids: idsTensor([prompt]), recall: new RecallLogitsProcessor(tokenizer) },
  });
  const padded = await generateWithRecall(model, {
    ...{ ...options, recall: new RecallLogitsProcessor(tokenizer) },
    input_ids: idsTensor([[EOS, EOS, EOS, ...prompt]]),
    attention_mask: idsTensor([[0, 0, 0, ...prompt.map(() => 1)]]),
  });
  assert.equal(padded.tokens, plain.tokens);
  assert.equal(padded.quotes.map(describe), plain.quotes.map(describe));
});

test("it ends at an end token, a length, a signal or a criterion, and streams what it generates", async () => {
  const run = async (options: Partial<GenerateWithRecallOptions<"token">>) => {
    const recall = new RecallLogitsProcessor(tokenizer);
    const streamed: bigint[][][] = [];
    let hasEnded = false;
    const streamer = { put: (ids: bigint[][]) => void streamed.push(ids), end: () => void (hasEnded = true) };
    const input_ids = idsTensor([promptAt(3)]);
    const all = { logits_processor: listOf(new Boost(START)), max_new_tokens: 30, ...options };
    const { tokens, endedBy } = await generateWithRecall(model, { input_ids, recall, streamer, ...all });
    assert.ok(hasEnded);
    assert.equal(streamed[0], input_ids.tolist());
    assert.equal(
      streamed.slice(1),
      tokens.map((token) => [[BigInt(token)]]),
    );
    return { tokens, endedBy };
  };
  const byLength = await run({});
  assert.is(byLength.endedBy, "length");
  assert.is(byLength.tokens.length, 30);
  const byEnd = await run({ logits_processor: listOf(new Boost(EOS)) });
  assert.equal(byEnd, { tokens: [EOS], endedBy: "eos" });
  assert.equal(await run({ signal: AbortSignal.abort() }), { tokens: [], endedBy: "signal" });
  const controller = new AbortController();
  const streamer = { put: (ids: bigint[][]) => ids[0].length === 1 && controller.abort(), end: () => undefined };
  const aborted = await generateWithRecall(model, {
    ...{ input_ids: idsTensor([promptAt(3)]), recall: new RecallLogitsProcessor(tokenizer), max_new_tokens: 30 },
    ...{ streamer, signal: controller.signal },
  });
  assert.is(aborted.endedBy, "signal");
  assert.is(aborted.tokens.length, 1);
  const interrupt = new InterruptableStoppingCriteria();
  interrupt.interrupt();
  const stopping_criteria = new StoppingCriteriaList();
  stopping_criteria.push(interrupt);
  const byCriterion = await run({ stopping_criteria });
  assert.is(byCriterion.endedBy, "criteria");
  assert.equal(byCriterion.tokens, byLength.tokens.slice(0, 1));
});

test("a TextStreamer of the library's shows the text", async () => {
  let shown = "";
  const recall = new RecallLogitsProcessor(tokenizer);
  const { text } = await generateWithRecall(model, {
    ...{ input_ids: idsTensor([promptAt(3)]), recall, max_new_tokens: 30, logits_processor: listOf(noiseOfText()) },
    streamer: new TextStreamer(tokenizer, { skip_prompt: true, callback_function: (part) => (shown += part) }),
  });
  assert.ok(text.length > 0);
  assert.is(shown.trimEnd(), text.trimEnd());
});

test("what cannot be taken back from a cache is not drafted, and what is taken back is cut by positions", () => {
  const tensor = (dims: number[], location?: string) => {
    const values = new Float32Array(dims.reduce((a, b) => a * b)).map((_, i) => i);
    const made = new Tensor("float32", values, dims);
    if (location !== undefined) Object.defineProperty(made.ort_tensor, "location", { value: location });
    return made;
  };
  const cache = new KeyValueCache(undefined);
  assert.is(cache.input, null);
  assert.not(cache.canCrop(0));
  cache.update({
    "present.0.key": tensor([1, 2, 5, 3]),
    "present.0.value": tensor([1, 2, 5, 3]),
    logits: tensor([1, 5, 9]),
  });
  assert.equal(Object.keys(cache.input!), ["past_key_values.0.key", "past_key_values.0.value"]);
  assert.ok(cache.canCrop(5) && !cache.canCrop(6));
  cache.crop(2);
  const { "past_key_values.0.key": key } = cache.input!;
  assert.equal(key.dims, [1, 2, 2, 3]);
  assert.equal([...(key.data as Float32Array)], [0, 1, 2, 3, 4, 5, 15, 16, 17, 18, 19, 20]);
  cache.update({ "present_conv.0": tensor([1, 2, 3]) });
  assert.ok("past_conv.0" in cache.input!);
  assert.not(cache.canCrop(2));
  cache.clear();
  assert.is(cache.input, null);
  const onDevice = new KeyValueCache(undefined);
  onDevice.update({ "present.0.key": tensor([1, 2, 5, 3], "gpu-buffer") });
  assert.not(onDevice.canCrop(5));
});

type Outputs = Record<string, Tensor>;

/** The model, with other outputs of its forward passes. */
function changed(change: (outputs: Outputs, inputs: { input_ids: Tensor }) => Outputs): PreTrainedModel {
  const forward = async (inputs: { input_ids: Tensor }) => change((await model.forward(inputs)) as Outputs, inputs);
  return new Proxy(model, {
    get: (target, key) => (key === "forward" ? forward : (Reflect.get(target, key) as unknown)),
  });
}

/** The model, with one more state in what some of its forward passes return: one that no position can be taken from. */
function withState(isReturned: (tokens: number) => boolean): PreTrainedModel {
  const state = new Tensor("float32", new Float32Array(2), [1, 2]);
  return changed((outputs, { input_ids }) =>
    isReturned(input_ids.dims[1]) ? { ...outputs, "present_recurrent.0": state } : outputs,
  );
}

test("a model that cannot go back is not drafted for, and is read again where it turns out so too late", async () => {
  const run = (used: PreTrainedModel) =>
    generateWithRecall(used, {
      ...{ input_ids: idsTensor([promptAt(3)]), recall: new RecallLogitsProcessor(tokenizer), max_new_tokens: 40 },
      logits_processor: listOf(new Boost(START), noiseOfText()),
    });
  const { tokens, draftedTokens, acceptedTokens } = await run(model);
  assert.ok(draftedTokens > acceptedTokens);
  const never = await run(withState(() => true));
  assert.equal(never.tokens, tokens);
  assert.is(never.draftedTokens, 0);
  const late = await run(withState((read) => read > 1 && read < 60));
  assert.equal(late.tokens, tokens);
  assert.ok(late.draftedTokens > late.acceptedTokens);
});

function halfOf(tensor: Tensor): Tensor {
  return new Tensor("float16", Uint16Array.from(tensor.data as Float32Array, toFloat16), tensor.dims);
}

test("logits of 16 bits are sampled from as generate() does", async () => {
  const half = changed(({ logits, ...others }) => ({ ...others, logits: halfOf(logits) }));
  const options = { input_ids: idsTensor([promptAt(3)]), max_new_tokens: 40 };
  const processors = () => listOf(new Boost(START), noiseOfText());
  const plain = new RecallLogitsProcessor(tokenizer);
  const expected = await generate(half, { ...options, logits_processor: listOf(...processors().processors, plain) });
  const recall = new RecallLogitsProcessor(tokenizer);
  const { tokens, acceptedTokens } = await generateWithRecall(half, {
    ...{ ...options, recall, logits_processor: processors() },
  });
  assert.equal(tokens, expected[0]);
  assert.ok(acceptedTokens > 0);
});

test("what it is given is checked", async () => {
  const recall = new RecallLogitsProcessor(tokenizer);
  const input_ids = idsTensor([promptAt(0, 5)]);
  const refusal = async (options: object) => {
    const error = await generateWithRecall(model, { input_ids, recall, ...options } as GenerateWithRecallOptions).then(
      () => null,
      (thrown: RecallError) => thrown,
    );
    return `${error?.name}: ${error?.message}`;
  };
  assert.is(await refusal({ recall: undefined }), 'TypeError: Expected "recall" to be a RecallLogitsProcessor');
  assert.is(await refusal({ input_ids: [1, 2] }), 'TypeError: Expected "input_ids" to be a Tensor of int64');
  assert.match(
    await refusal({ input_ids: idsTensor([[1], [2]]) }),
    'RangeError: Expected "input_ids" to be of shape [1, tokens]',
  );
  assert.is(
    await refusal({ attention_mask: idsTensor([[1]]) }),
    'RangeError: Expected "attention_mask" to be of shape [1, 6]',
  );
  assert.match(await refusal({ draft_tokens: -1 }), 'RangeError: Expected "draft_tokens" to be an integer in [0,');
  assert.match(await refusal({ do_sample: true, min_p: 2 }), 'RangeError: Expected "min_p" to be a number in [0, 1]');
  assert.match(await refusal({ do_sample: true, top_k: 0.5 }), 'RangeError: Expected "top_k" to be an integer in');
  const past_key_values = new DynamicCache();
  await generateWithRecall(model, { input_ids, recall, max_new_tokens: 2, past_key_values });
  assert.match(await refusal({ past_key_values }), 'RangeError: Expected "past_key_values" to hold fewer tokens');
  recall.close();
  assert.match(await refusal({}), "RecallError: The session is closed");
});

test.run();
