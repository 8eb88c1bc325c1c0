/** Ways in which a host can leave the constraint aside or lose its context: each is handled, or refused in words. */

import { join } from "node:path";
import {
  LlamaCompletion,
  LlamaGrammar,
  LlamaGrammarEvaluationState,
  InputLookupTokenPredictor,
  TokenBias,
  type LlamaContextSequence,
  type SequenceEvaluateOptions,
  type Token,
} from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallError, RecallSampler, type RecallSamplerOptions } from "../../lib/entry/node-llama-cpp.js";
import { AllowedBias } from "../../lib/hosts/node-llama-cpp/allowed-bias.js";
import { expectSupported } from "../../lib/hosts/node-llama-cpp/peer-version.js";
import { RecallSession } from "../../lib/token-mode/session.js";
import { loadModel, scratch } from "../support/llama.js";
import { BOS, END, EOS, START, writeTinyModel } from "../support/tiny-model.js";

const path = join(scratch, "tiny.gguf");
writeTinyModel({ path });
const model = await loadModel(path);
const open = TokenBias.for(model).set([START as Token], { logit: 1000 });
const TEXT = "The context is one ordered token sequence, cut into runs; a run ends at a segment edge.";
const prompt = [BOS as Token, ...model.tokenize(TEXT, false)];
/** The text twice, without a seam: a quote of any of its tokens goes on for as long as the text is, wherever it begins. */
const endless = [...prompt, ...prompt.slice(1)];
const sampling: SequenceEvaluateOptions = { temperature: 1, topK: 0, topP: 1, seed: 1, tokenBias: open };

async function newSequence(contextSize = 512): Promise<LlamaContextSequence> {
  return (await model.createContext({ contextSize, threads: 1 })).getSequence();
}

async function newSampler(options?: RecallSamplerOptions, contextSize?: number) {
  const host = await newSequence(contextSize);
  return { host, recall: new RecallSampler(host, options) };
}

async function generate(sequence: LlamaContextSequence, tokens: Token[], n: number, options = sampling) {
  const generated: Token[] = [];
  for await (const token of sequence.evaluate(tokens, options)) {
    generated.push(token);
    if (generated.length === n) break;
  }
  return generated;
}

async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => assert.unreachable("it went through") as never,
    (error: Error) => error,
  );
}

async function failsWith(code: string, work: Promise<unknown>): Promise<RecallError> {
  const error = await failure(work);
  assert.instance(error, RecallError, String(error));
  assert.is((error as RecallError).code, code);
  return error as RecallError;
}

/** A host that samples as it likes: the token bias does not reach it. */
function deaf(sequence: LlamaContextSequence): LlamaContextSequence {
  return new Proxy(sequence, {
    get(target, property) {
      if (property === "evaluateWithMetadata") {
        const evaluate: LlamaContextSequence["evaluateWithMetadata"] = (tokens, metadata, options) => {
          let sampled = 0;
          const startFirst = () => (sampled++ === 0 ? open : TokenBias.for(model).set([END as Token], "never"));
          return target.evaluateWithMetadata(tokens, metadata, { ...options, tokenBias: startFirst });
        };
        return evaluate;
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

test("NOT_ENFORCED: a forbidden token is noticed before it is shown", async () => {
  const host = await newSequence();
  const recall = new RecallSampler(deaf(host), { documents: [{ name: "one word", text: "sequence" }] });
  const shown: Token[] = [];
  const work = async () => {
    for await (const token of recall.sequence.evaluate(prompt, sampling)) shown.push(token);
  };
  await failsWith("NOT_ENFORCED", work());
  assert.is(shown[0], START);
  assert.is(recall.session.validate(shown.slice(recall.quotes[0].tokens!.length + 1)), 0);
  assert.equal(shown.slice(1), [...recall.quotes[0].tokens!]);
});

test("NOT_ENFORCED: LlamaCompletion rejects, and onToken never had the token", async () => {
  const host = await newSequence();
  const recall = new RecallSampler(deaf(host), { documents: [{ name: "one word", text: "sequence" }] });
  const completion = new LlamaCompletion({ contextSequence: recall.sequence });
  const shown: Token[] = [];
  const onToken = (tokens: Token[]) => void shown.push(...tokens);
  await failsWith(
    "NOT_ENFORCED",
    completion.generateCompletion(prompt.slice(1), { ...sampling, onToken, maxTokens: 50 }),
  );
  assert.equal(shown.slice(1), [...recall.quotes[0].tokens!]);
});

test("a grammar is refused: given as a state, by LlamaCompletion, and when it comes late", async () => {
  const { host, recall } = await newSampler();
  const grammar = new LlamaGrammar(model.llama, { grammar: "root ::= [a-c]+" });
  const grammarEvaluationState = new LlamaGrammarEvaluationState({ model, grammar });
  const expected = /Expected "grammar" to be undefined/;
  assert.match((await failure(generate(recall.sequence, prompt, 1, { grammarEvaluationState }))).message, expected);
  const completion = new LlamaCompletion({ contextSequence: recall.sequence });
  assert.match((await failure(completion.generateCompletion("x", { grammar }))).message, expected);
  const states: LlamaGrammarEvaluationState[] = [];
  const outputs = recall.sequence.evaluate(prompt, { ...sampling, grammarEvaluationState: () => states[0] });
  await outputs.next();
  states.push(grammarEvaluationState);
  assert.match((await failure(outputs.next())).message, expected);
  await host.context.dispose();
});

test("DRY penalties are refused", async () => {
  const { host, recall } = await newSampler();
  const error = await failure(generate(recall.sequence, prompt, 1, { dryRepeatPenalty: { strength: 0.8 } }));
  assert.instance(error, RangeError);
  assert.match(error.message, 'Expected "dryRepeatPenalty.strength" to be 0');
  assert.is((await generate(recall.sequence, prompt, 1, { dryRepeatPenalty: { strength: 0 } })).length, 1);
  await host.context.dispose();
});

test("a repeat penalty rests inside spans and works outside", async () => {
  const punished = model.tokenize(" token sequence", false);
  const probabilities = async (repeatPenalty: SequenceEvaluateOptions["repeatPenalty"]) => {
    const { host, recall } = await newSampler();
    const outputs = recall.sequence.evaluateWithMetadata(
      prompt,
      { probabilities: true },
      { ...sampling, repeatPenalty },
    );
    const inSpan = [await outputs.next(), await outputs.next()][1].value!.probabilities!;
    await outputs.return();
    recall.reset();
    await host.clearHistory();
    const plain = { ...sampling, tokenBias: undefined, repeatPenalty };
    const outside = (await recall.sequence.evaluateWithMetadata(prompt, { probabilities: true }, plain).next()).value!;
    await host.context.dispose();
    return { inSpan, outside: outside.probabilities! };
  };
  const without = await probabilities(undefined);
  const withPenalty = await probabilities({ punishTokens: () => punished, penalty: 1.5, presencePenalty: 1 });
  for (const token of punished) {
    assert.is(withPenalty.inSpan.get(token), without.inSpan.get(token));
    assert.ok(withPenalty.outside.get(token)! < without.outside.get(token)! * 0.8);
  }
});

test("an end-of-generation token cannot end a quote", async () => {
  const { host, recall } = await newSampler({ minSpanTokens: 1 });
  const outputs = recall.sequence.evaluateWithMetadata(prompt, { probabilities: true }, sampling);
  await outputs.next();
  const inSpan = (await outputs.next()).value!.probabilities!;
  assert.is(inSpan.get(EOS as Token) ?? 0, 0);
  const set = TokenBias.for(model).set([EOS as Token], { logit: 1000 });
  assert.equal(await sizeOf(set), 0, "TokenBias has begun to take end-of-generation tokens: ban them outright");
  await host.context.dispose();

  /** Whether a bias does anything: the same draw with and without it. */
  async function sizeOf(bias: TokenBias): Promise<number> {
    const free = await newSequence();
    const draw = async (tokenBias?: TokenBias) => {
      await free.clearHistory();
      const out = free.evaluateWithMetadata(
        prompt,
        { probabilities: true },
        { ...sampling, tokenBias, yieldEogToken: true },
      );
      const { value } = await out.next();
      await out.return();
      return value!.probabilities!.get(EOS as Token)!;
    };
    const difference = Math.abs((await draw(bias)) - (await draw()));
    await free.context.dispose();
    return difference;
  }
});

test("a context that is full stops with CONTEXT_SHIFTED before the host drops anything", async () => {
  const { host, recall } = await newSampler({ minSpanTokens: 100 }, 256);
  const shown: Token[] = [];
  const work = async () => {
    for await (const token of recall.sequence.evaluate(prompt, sampling)) shown.push(token);
  };
  const error = await failsWith("CONTEXT_SHIFTED", work());
  assert.match(error.message, "onContextShift");
  assert.equal(host.contextTokens.slice(0, prompt.length), prompt);
  assert.is(recall.session.contextLength, prompt.length + shown.length);
  await host.context.dispose();
});

test("onContextShift: keep goes on quoting what the host has dropped", async () => {
  const { host, recall } = await newSampler({ onContextShift: "keep", minSpanTokens: 1, maxSpanTokens: 6 }, 256);
  const options = { ...sampling, contextShift: { size: 200 } };
  const generated = await generate(recall.sequence, prompt, 600, options);
  assert.ok(host.nextTokenIndex < 256);
  assert.is(recall.session.contextLength, prompt.length + generated.length);
  const everything = [...prompt, ...generated];
  const late = recall.session.quotes.filter((span) => span.start > 400 && !span.open);
  assert.ok(late.length > 5);
  for (const span of late) {
    const [{ start, end }] = span.sources();
    assert.equal(everything.slice(start, end), [...span.tokens!]);
    assert.equal(everything.slice(span.start, span.end), [...span.tokens!]);
  }
  assert.ok(
    late.some((span) => span.sources()[0].start < prompt.length),
    "nothing was quoted from the prompt",
  );
  await host.context.dispose();
});

test("LlamaCompletion shifts by itself: CONTEXT_SHIFTED, or the session keeps its context in the middle of a span", async () => {
  for (const onContextShift of ["error", "keep"] as const) {
    const { host, recall } = await newSampler({ onContextShift, minSpanTokens: 2, maxSpanTokens: 12 }, 256);
    const completion = new LlamaCompletion({ contextSequence: recall.sequence });
    const shown: Token[] = [];
    const onToken = (tokens: Token[]) => void shown.push(...tokens);
    const work = completion.generateCompletion(prompt.slice(1), { ...sampling, onToken, maxTokens: 500 });
    if (onContextShift === "error") {
      await failsWith("CONTEXT_SHIFTED", work);
    } else {
      await work;
      const spans = recall.session.quotes.filter((span) => !span.open);
      assert.ok(spans.some((span) => span.start > 256 && span.sources()[0]?.end <= prompt.length));
      const everything = `,${[...prompt, ...shown].join()},`;
      for (const span of spans) assert.ok(everything.includes(`,${[...span.tokens!].join()},`));
    }
    await host.context.dispose();
  }
});

test("history that is cut out of the middle is a shift too", async () => {
  const { host, recall } = await newSampler();
  await generate(recall.sequence, prompt, 5);
  await host.eraseContextTokenRanges([{ start: 3, end: 9 }]);
  const before = recall.session.contextLength;
  await failsWith("CONTEXT_SHIFTED", generate(recall.sequence, model.tokenize("And then?", false), 1));
  assert.is(recall.session.contextLength, before);
  recall.reset();
  await generate(recall.sequence, model.tokenize("And then?", false), 1);
  await host.context.dispose();
});

test("several generations on one sequence: a new prompt takes the old one's place", async () => {
  const { host, recall } = await newSampler({ recallGenerated: false });
  const completion = new LlamaCompletion({ contextSequence: recall.sequence });
  const ask = (text: string) => completion.generateCompletion(text, { ...sampling, maxTokens: 12 });
  await ask(`${TEXT} First question`);
  await ask(`${TEXT} Second one`);
  const second = [...host.contextTokens];
  assert.ok(recall.session.contextLength - second.length <= 1, "the session holds more than the host");
  for (const span of recall.session.quotes.filter(({ tokens }) => tokens!.length > 0)) {
    for (const { start, end } of span.sources()) assert.equal(second.slice(start, end), [...span.tokens!]);
  }
  await ask("Something else");
  assert.ok(recall.session.contextLength - host.nextTokenIndex <= 1);
  await host.context.dispose();
});

test("evaluate goes on where it stopped, in the middle of a span", async () => {
  const { host, recall } = await newSampler({ minSpanTokens: 8, maxSpanTokens: 8 });
  const first = await generate(recall.sequence, endless, 4);
  assert.ok(recall.session.inSpan);
  const second = await generate(recall.sequence, first.slice(-1), 6);
  const [quote] = recall.session.quotes;
  assert.equal([...quote.tokens!], [...first, ...second].slice(1, 9));
  assert.ok(`,${endless.join()},`.includes(`,${[...quote.tokens!].join()},`));
  await host.context.dispose();
});

test("going back to a prefix undoes what followed", async () => {
  const { host, recall } = await newSampler({ minSpanTokens: 2, maxSpanTokens: 4 });
  await generate(recall.sequence, prompt, 30);
  await host.eraseContextTokenRanges([{ start: 10, end: host.nextTokenIndex }]);
  await generate(recall.sequence, prompt.slice(10), 2);
  assert.is(recall.session.contextLength, prompt.length + 2);
  assert.is(recall.session.quotes.length, 1);
  await host.clearHistory();
  await generate(recall.sequence, prompt, 2);
  assert.is(recall.session.contextLength, prompt.length + 2);
  await host.context.dispose();
});

test("text that follows an unfinished span ends it", async () => {
  const { host, recall } = await newSampler({ minSpanTokens: 8 });
  const first = await generate(recall.sequence, endless, 4);
  await generate(recall.sequence, [...first.slice(-1), ...model.tokenize(" More text.", false)], 1, {
    ...sampling,
    tokenBias: undefined,
  });
  const [quote] = recall.session.quotes;
  assert.not(quote.open);
  assert.is(quote.tokens!.length, 3);
  await host.context.dispose();
});

test("tokens that replace a generated one are held to the same rule", async () => {
  const { host, recall } = await newSampler({ minSpanTokens: 1 });
  const outputs = recall.sequence.evaluate(prompt, sampling);
  const [first, second] = model.tokenize("The context", false);
  await outputs.next();
  await outputs.next();
  await outputs.next([first, second]);
  assert.equal([...recall.quotes[0].tokens!].slice(0, 2), [first, second]);
  const before = recall.session.contextLength;
  await failsWith("TOKEN_NOT_ALLOWED", outputs.next(model.tokenize("zzz", false)));
  assert.is(recall.session.contextLength, before);
  await host.context.dispose();
});

test("a second generation ends the first", async () => {
  const { host, recall } = await newSampler();
  const first = recall.sequence.evaluate(prompt, sampling);
  await first.next();
  const second = recall.sequence.evaluate(prompt.slice(-1), sampling);
  await second.next();
  await failsWith("NOT_ENFORCED", first.next());
  await second.return();
  await host.context.dispose();
});

test("a token predictor is refused", async () => {
  const context = await model.createContext({ contextSize: 256, threads: 1 });
  const sequence = context.getSequence({ tokenPredictor: new InputLookupTokenPredictor() });
  assert.throws(() => new RecallSampler(sequence), /Expected "sequence" to have no token predictor/);
  await context.dispose();
});

test("controlledEvaluate, and whatever else samples, is refused", async () => {
  const { host, recall } = await newSampler();
  for (const method of ["controlledEvaluate", "_evaluate", "_speculativeEvaluate", "_decodeTokens"] as const) {
    const call = (recall.sequence as unknown as Record<string, () => unknown>)[method];
    assert.throws(
      () => call(),
      (error: RecallError) => error.code === "NOT_ENFORCED" && error.message.includes(method),
    );
  }
  await recall.sequence.evaluateWithoutGeneratingNewTokens(prompt);
  assert.is(host.nextTokenIndex, prompt.length);
  await host.context.dispose();
});

test("what the sequence holds already can be quoted", async () => {
  const { host, recall } = await newSampler({ minSpanTokens: 1 });
  await host.evaluateWithoutGeneratingNewTokens(prompt.slice(0, -1));
  await generate(recall.sequence, prompt.slice(-1), 3);
  assert.is(recall.session.contextLength, prompt.length + 3);
  await host.context.dispose();
});

test("node-llama-cpp before 3.21.1 is refused", () => {
  for (const version of ["3.21.1", "3.21.2", "3.22.0", "3.100.0", "4.0.0-beta.1"]) expectSupported(version);
  for (const version of ["3.21.0", "3.20.9", "2.99.99", "3.9.1"]) {
    assert.throws(
      () => expectSupported(version),
      (error: RecallError) => error.code === "BACKEND_UNAVAILABLE" && error.message.includes(`${version} is installed`),
    );
  }
});

test("the bias is made anew only when the allowed set has changed", () => {
  const session = new RecallSession({ vocabSize: 512, startTokenId: START, endTokenId: END });
  const bias = new AllowedBias(model, 500);
  session.append([40, 41, 42, 43]);
  assert.is(bias.next(session), null);
  session.accept(START);
  const atStart = bias.next(session);
  assert.is(bias.next(session), atStart);
  session.acceptAll([41]);
  assert.is.not(bias.next(session), atStart);
  session.acceptAll([42, END, START]);
  const again = bias.next(session);
  session.acceptAll([END, START]);
  assert.is(bias.next(session), again);
});

test("the bias at the start of a quote is kept until the next quote", () => {
  const session = new RecallSession({ vocabSize: 512, startTokenId: START, endTokenId: END });
  const bias = new AllowedBias(model, 500);
  session.append([40, 41, 42, 43, 40, 44]);
  session.accept(START);
  const atStart = bias.next(session);
  for (const quote of [[40, 41, 42], [44], [43, 40]]) {
    for (const token of quote) {
      session.accept(token);
      assert.is.not(bias.next(session), atStart);
    }
    session.accept(END);
    assert.is(bias.next(session), null);
    session.accept(START);
    assert.is(bias.next(session), atStart);
  }
  session.acceptAll([END]);
  session.append([45]);
  session.accept(START);
  assert.is.not(bias.next(session), atStart);
});

test("delimiters are found by their text, or given by id", async () => {
  const host = await newSequence(256);
  const named = new RecallSampler(host, { mode: "token", startToken: "<|user|>", endToken: 5 });
  assert.is(named.session.startTokenId, 4);
  const missing = (options: RecallSamplerOptions, expected: (error: Error) => boolean) =>
    assert.throws(() => new RecallSampler(host, options), expected);
  missing(
    { startToken: "<quote>" },
    (error) => error instanceof RecallError && error.code === "NO_RECALL_TOKENS" && error.message.includes("<quote>"),
  );
  missing(
    { startToken: "the quote begins here" },
    (error) => error instanceof RecallError && error.code === "NO_RECALL_TOKENS",
  );
  missing({ endToken: EOS }, (error) => error instanceof RangeError && error.message.includes("end-of-generation"));
  missing({ endToken: 512 }, (error) => error instanceof RangeError && error.message.includes("[0, 512)"));
  missing({ boost: 5000 }, (error) => error instanceof RangeError && error.message.includes('"boost"'));
  await host.context.dispose();
});

test("recallPrompt is checked; unless given it follows from documents, an empty list of which is given too", async () => {
  const host = await newSequence();
  for (const recallPrompt of [null, 0, "no"]) {
    assert.throws(
      () => new RecallSampler(host, { recallPrompt: recallPrompt as never }),
      (error: Error) => error instanceof TypeError && error.message === 'Expected "recallPrompt" to be a boolean',
    );
  }
  for (const [options, quotable] of [
    [{}, true],
    [{ recallPrompt: false }, false],
    [{ documents: [] }, false],
    [{ documents: [], recallPrompt: true }, true],
    [{ documents: undefined, recallPrompt: undefined }, true],
  ] as [RecallSamplerOptions, boolean][]) {
    const recall = new RecallSampler(host, { ...options, recallGenerated: false });
    await host.clearHistory();
    await generate(recall.sequence, prompt, 1);
    assert.is(recall.session.inSpan, true);
    assert.is(recall.session.allowed()!.length > 1, quotable, JSON.stringify(options));
    recall.close();
  }
  await host.context.dispose();
});

test("every control token is a barrier", async () => {
  const { host, recall } = await newSampler({ recallGenerated: false });
  const marked = [BOS, 4, ...model.tokenize("a b", false), 5] as Token[];
  await generate(recall.sequence, marked, 1);
  assert.equal(
    [...recall.session.allowed()!],
    [END, ...model.tokenize("a b", false)].sort((a, b) => a - b),
  );
  await host.context.dispose();
});

test.run();
