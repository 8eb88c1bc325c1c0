import type { LogitsProcessorList, PreTrainedModel, StoppingCriteriaList, Tensor } from "@huggingface/transformers";
import { COUNT_LIMIT, expectInteger, expectNumber, expectOptions } from "../../base/arguments.js";
import { ConstrainedSampler, type ConstrainedSamplerOptions } from "../../session/sampler.js";
import { DraftProposer } from "../shared/drafts/proposer.js";
import type { RecallMode } from "../shared/mode.js";
import type { QuoteOf } from "../shared/recall-options.js";
import { ForwardPasses, type PromptInputs } from "./forward-passes.js";
import { RecallLogitsProcessor } from "./recall-logits-processor.js";

const DEFAULT_DRAFT_TOKENS = 32;
const NO_DRAFT = new Int32Array(0);

type GenerationConfig = ReturnType<PreTrainedModel["_prepare_generation_config"]>;

/** Options of {@link generateWithRecall}: those of `generate`, for one row, and a few more. */
export interface GenerateWithRecallOptions<Mode extends RecallMode = RecallMode> extends PromptInputs {
  /** What can be quoted. It goes on where its last generation ended, if `input_ids` do. */
  recall: RecallLogitsProcessor<Mode>;
  max_new_tokens?: number;
  /** Whether tokens are drawn; otherwise the likeliest is taken. The model's `generation_config` decides unless given. */
  do_sample?: boolean;
  temperature?: number;
  top_k?: number;
  /** This and `min_p` are in force here, which they are not in `generate` of transformers.js 4.3. */
  top_p?: number;
  min_p?: number;
  /** An integer in [0, 2^53); random unless given. */
  seed?: number;
  /** Copies at most so many tokens per forward pass; 32 unless given. 0: one token at a time, as `generate`. */
  draft_tokens?: number;
  logits_processor?: LogitsProcessorList;
  stopping_criteria?: StoppingCriteriaList;
  /** Is told the prompt, then each token; a `TextStreamer`, for example. */
  streamer?: { put(ids: bigint[][]): void; end(): void };
  /** Ends the generation after the token that it is at. */
  signal?: AbortSignal;
  /** Whatever else `generate` takes: `repetition_penalty`, `min_new_tokens`, … */
  [option: string]: unknown;
}

/** What {@link generateWithRecall} returns. */
export interface GenerationWithRecall<Mode extends RecallMode = RecallMode> {
  /** The generated ids, those of delimiters and of the end included. */
  tokens: number[];
  /** The same as text, without special tokens. */
  text: string;
  /** The quotes in it. */
  quotes: readonly QuoteOf<Mode>[];
  /** What ended it: an end token, `max_new_tokens`, `signal`, or `stopping_criteria`. */
  endedBy: "eos" | "length" | "signal" | "criteria";
  /** How often the model was run. */
  forwardPasses: number;
  /** Tokens that were proposed to the model in advance, and how many of them it chose. */
  draftedTokens: number;
  acceptedTokens: number;
}

/**
 * Generates as `generate` does with a {@link RecallLogitsProcessor}, and faster inside quotes: what the quote's sources
 * say next is proposed to the model, one forward pass checks all of it, and what the model does not choose is taken
 * back from its cache. What is generated is the same, or drawn from the same distribution.
 *
 * Nothing is proposed to a model whose cache cannot be taken back: one with recurrent layers, or on a GPU.
 *
 * @param model a decoder, on one prompt
 * @throws TypeError, RangeError for options
 * @throws RecallError as `RecallLogitsProcessor` does; `NO_VALID_TOKEN` where processors leave no allowed token
 */
export async function generateWithRecall<Mode extends RecallMode>(
  model: PreTrainedModel,
  options: GenerateWithRecallOptions<Mode>,
): Promise<GenerationWithRecall<Mode>> {
  const { recall, streamer, signal, draftTokens } = checkOptions(model, options);
  const ids = Array.from(options.input_ids.data as BigInt64Array);
  const promptLength = ids.length;
  const { sampler, process, hasEnded, maxLength, eosTokenIds } = prepare(model, options, promptLength);
  const passes = new ForwardPasses(model, options);
  recall.follow([ids]);
  const { session } = recall;
  const proposer = new DraftProposer(recall.draftSource, draftTokens);
  const closedBefore = session.quotes.filter((quote) => !quote.open).length;
  let [draftedTokens, acceptedTokens] = [0, 0];
  let hasJustOpened = false;
  let isDone = false;
  streamer?.put([ids.slice()]);
  while (!isDone && !isAborted()) {
    const room = passes.canTakeBack ? maxLength - ids.length - 1 : 0;
    const proposal = session.inSpan ? proposer.propose(room, hasJustOpened) : null;
    const draft = proposal?.tokens ?? NO_DRAFT;
    const rows = await passes.read(ids, draft);
    let agreed = 0;
    let agrees: boolean;
    do {
      const token = step(rows[agreed]);
      agrees = token === draft[agreed];
      isDone = hasEnded([ids]).every(Boolean);
      if (agrees && !isDone) agreed++;
    } while (agrees && !isDone && !isAborted());
    passes.takeBack(ids.length - 1);
    if (proposal !== null) proposer.learn(proposal, draft.length, agreed);
    draftedTokens += draft.length;
    acceptedTokens += agreed;
  }
  streamer?.end();
  const tokens = ids.slice(promptLength).map(Number);
  return {
    tokens,
    text: tokens.length === 0 ? "" : recall.tokenizer.decode(tokens, { skip_special_tokens: true }),
    quotes: recall.quotes.slice(closedBefore),
    endedBy: endOf(),
    forwardPasses: passes.count,
    draftedTokens,
    acceptedTokens,
  };

  function step(logits: Float32Array): number {
    const token = sampler.sample(process(ids, logits), session);
    const wasInSpan = session.inSpan;
    ids.push(BigInt(token));
    recall.follow([ids]);
    hasJustOpened = session.inSpan && !wasInSpan;
    streamer?.put([[BigInt(token)]]);
    return token;
  }

  function isAborted(): boolean {
    return signal?.aborted ?? false;
  }

  function endOf(): GenerationWithRecall["endedBy"] {
    if (!isDone) return "signal";
    if (eosTokenIds.includes(tokens.at(-1)!)) return "eos";
    return ids.length >= maxLength ? "length" : "criteria";
  }
}

function checkOptions<Mode extends RecallMode>(model: PreTrainedModel, options: GenerateWithRecallOptions<Mode>) {
  const given = expectOptions("options", options) as Partial<GenerateWithRecallOptions<Mode>>;
  const { recall, input_ids: inputIds, attention_mask: mask, past_key_values: cache, draft_tokens: draft } = given;
  if (!(recall instanceof RecallLogitsProcessor))
    throw new TypeError('Expected "recall" to be a RecallLogitsProcessor');
  if (inputIds?.type !== "int64") throw new TypeError('Expected "input_ids" to be a Tensor of int64');
  const [rows, length] = inputIds.dims;
  if (inputIds.dims.length !== 2 || rows !== 1 || length === 0) {
    throw new RangeError('Expected "input_ids" to be of shape [1, tokens]: for several prompts, call generate');
  }
  if (mask !== undefined && mask !== null && mask.dims.join() !== `1,${length}`) {
    throw new RangeError(`Expected "attention_mask" to be of shape [1, ${length}]`);
  }
  if ((cache?.get_seq_length() ?? 0) >= length) {
    throw new RangeError('Expected "past_key_values" to hold fewer tokens than "input_ids" has');
  }
  if ((model.config as { is_encoder_decoder?: boolean }).is_encoder_decoder === true) {
    throw new TypeError('Expected "model" to be a decoder: for one with an encoder, call generate');
  }
  const draftTokens = expectInteger("draft_tokens", draft ?? DEFAULT_DRAFT_TOKENS, 0, COUNT_LIMIT);
  return { recall, streamer: given.streamer, signal: given.signal, draftTokens };
}

/** How the model is sampled from, and when it has ended: as `generate` finds it in its options and the model's. */
function prepare(model: PreTrainedModel, options: GenerateWithRecallOptions, promptLength: number) {
  const config = model._prepare_generation_config(null, options);
  const limit: unknown = config.max_new_tokens;
  if (typeof limit === "number") config.max_length = promptLength + limit;
  const processors = builtInProcessors(model, { ...config, do_sample: false }, promptLength, options.logits_processor);
  const TensorClass = options.input_ids.constructor as typeof Tensor;
  return {
    sampler: new ConstrainedSampler({ ...samplingOf(config, options.min_p), seed: options.seed }),
    process: (ids: bigint[], logits: Float32Array): Float32Array => {
      if (processors.processors.length === 0) return logits;
      const processed = processors([ids], new TensorClass("float32", logits, [1, logits.length])) as Tensor;
      return processed.data as Float32Array;
    },
    hasEnded: model._get_stopping_criteria(config, options.stopping_criteria) as (ids: bigint[][]) => boolean[],
    maxLength: config.max_length ?? Infinity,
    eosTokenIds: [config.eos_token_id ?? []].flat(),
  };
}

function samplingOf(config: GenerationConfig, minP: number | undefined): ConstrainedSamplerOptions {
  if (!config.do_sample) return { temperature: 0 };
  return {
    temperature: expectNumber("temperature", config.temperature ?? 1, 0, Number.MAX_VALUE),
    topK: expectInteger("top_k", config.top_k ?? 0, 0, COUNT_LIMIT),
    topP: expectNumber("top_p", config.top_p ?? 1, 0, 1),
    minP: expectNumber("min_p", minP ?? 0, 0, 1),
  };
}

/** Penalties and the like. Their order and their options are `generate`'s own affair, so it is asked. */
function builtInProcessors(
  model: PreTrainedModel,
  config: object,
  promptLength: number,
  more: LogitsProcessorList | undefined,
): LogitsProcessorList {
  const { _get_logits_processor: find } = model as unknown as {
    _get_logits_processor(config: object, length: number, more: LogitsProcessorList | null): LogitsProcessorList;
  };
  return find.call(model, config, promptLength, more ?? null);
}
