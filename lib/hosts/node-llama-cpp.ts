import type {
  LlamaContextSequence,
  LlamaModel,
  SequenceEvaluateMetadataOptions,
  SequenceEvaluateOptions,
  Token,
} from "node-llama-cpp";
import { expectBoolean, expectNumber, expectOneOf, expectOptions } from "../arguments.js";
import { RecallError } from "../errors.js";
import { RecallSession } from "../session.js";
import type { Snap } from "../session/snap-edges.js";
import type { RecallTextSession } from "../text-session.js";
import { AllowedBias, DEFAULT_BOOST } from "./node-llama-cpp/allowed-bias.js";
import {
  constrainSequence,
  expectNoPredictor,
  type Replacement,
  type SampledToken,
} from "./node-llama-cpp/constrained-sequence.js";
import { findDelimiters, type DelimiterOptions } from "./node-llama-cpp/delimiters.js";
import { expectDocuments, type RecallDocument } from "./node-llama-cpp/document-locator.js";
import { HostHistory, type HistoryOptions } from "./node-llama-cpp/host-history.js";
import type { ContextShiftPolicy } from "./node-llama-cpp/host-tokens.js";
import { ModelVocabulary } from "./node-llama-cpp/model-vocabulary.js";
import { checkPeerVersion } from "./node-llama-cpp/peer-version.js";
import { chooseMode, type RecallMode } from "./node-llama-cpp/mode.js";
import { constrainOptions, expectNoGrammar, type Constraint } from "./node-llama-cpp/sampling-options.js";
import { TextHistory } from "./node-llama-cpp/text-history.js";
import { makeTextSession } from "./node-llama-cpp/text-documents.js";

export { RecallError } from "../errors.js";
export type { RecallSource } from "../session/segments.js";
export type { RecallSession } from "../session.js";
export type { RecallSpan } from "../span.js";
export type { RecallTextSession } from "../text-session.js";
export type { RecallTextSpan } from "../text-span.js";
export { extract, type ExtractOptions, type Extraction } from "./node-llama-cpp/extract.js";
export { ExtractionError, type ExtractionFailure } from "./node-llama-cpp/extraction-error.js";
export type { ExtractedQuote } from "./node-llama-cpp/json-extractor.js";
export { SchemaError } from "../schema/schema-error.js";
export type { ContextShiftPolicy, DelimiterOptions, RecallDocument, RecallMode, Snap };

/** The session of a sampler of that mode. */
export type SessionOf<Mode extends RecallMode> = {
  token: RecallSession;
  text: RecallTextSession;
  auto: RecallSession | RecallTextSession;
}[Mode];

/** Options of {@link RecallSampler}. */
export interface RecallSamplerOptions<Mode extends RecallMode = "token"> extends DelimiterOptions {
  /**
   * Whether quotes stand between delimiter tokens or between tags in the text. `"auto"`, the default: between tokens
   * where the tokenizer has them, or where `startToken` or `endToken` name some; otherwise between tags.
   */
  mode?: Mode;
  /** Text mode: opens a quote; `<recall>` unless given. `null`: only `session.beginSpan` does. */
  startTag?: string | null;
  /** Text mode: closes a quote; `</recall>` unless given. */
  endTag?: string;
  /** Quotes start and end at the edges of words, lines or sentences only. */
  snap?: Snap;
  /** Text mode: a quote goes no further than the last edge within so many bytes; 4096 unless given. */
  maxSpanBytes?: number;
  /** Text mode: below this many bytes a quote may not end; 0 unless given. */
  minSpanBytes?: number;
  /** Text mode: the session may not grow past this many bytes. */
  maxContextBytes?: number;
  /**
   * Documents that stand in the prompt, by the names that quotes shall report. They are found by their text, wherever
   * a chat template puts it; with documents given, nothing else of the prompt can be quoted unless `recallPrompt`
   * says so. An empty list counts as given: nothing of the prompt can be quoted then. In text mode they can be quoted
   * from the start, whether or not the prompt shows them.
   */
  documents?: readonly RecallDocument[];
  /**
   * Whether the prompt outside `documents` can be quoted; unless given, `true` where `documents` is left out and
   * `false` where it is given, even if empty. With `false` and no documents, only generated tokens can be quoted.
   */
  recallPrompt?: boolean;
  /** Whether what the model generated can be quoted; `true` unless given, and never with `snap`. */
  recallGenerated?: boolean;
  /** Token mode: at this many tokens a quote must end; 128 unless given. */
  maxSpanTokens?: number;
  /** Token mode: below this many tokens a quote may not end; 0 unless given. */
  minSpanTokens?: number;
  /** Token mode: the session may not grow past this many tokens. */
  maxContextTokens?: number;
  /** Which engine searches. */
  backend?: "auto" | "native" | "javascript";
  /**
   * What to do when the host drops tokens to make room, while quotes may still come from them: stop with
   * `CONTEXT_SHIFTED` (the default), or keep the session's context and go on quoting what the host no longer holds.
   */
  onContextShift?: ContextShiftPolicy;
  /** What is added to allowed logits, in [100, 1000]; 500 unless given. */
  boost?: number;
}

/**
 * Constrains a node-llama-cpp sequence: inside a recall span it generates exact substrings of what it has read.
 *
 * ```ts
 * const recall = new RecallSampler(context.getSequence());
 * const completion = new LlamaCompletion({ contextSequence: recall.sequence });
 * const answer = await completion.generateCompletion(prompt, { temperature: 0 });
 * recall.session.spans; // the quotes, and where they were copied from
 * ```
 *
 * Every sampled token is checked against the session before the host or the user sees it.
 *
 * TypeScript takes `session` for a token session unless `mode` is given: where a model may have no delimiter tokens,
 * say `mode: "auto"` and look at {@link RecallSampler.mode}, or say `mode: "text"`.
 */
export class RecallSampler<Mode extends RecallMode = "token"> {
  /** The sequence, constrained: give it to `LlamaCompletion`, `LlamaChatSession`, or call its `evaluate`. */
  readonly sequence: LlamaContextSequence;
  /** The searchable context and the quotes. The sampler feeds it; its readers and `endSpan` are for everybody. */
  readonly session: SessionOf<Mode>;
  /** Whether quotes stand between tokens or between tags. */
  readonly mode: "token" | "text";
  readonly #host: LlamaContextSequence;
  readonly #history: HostHistory | TextHistory;
  readonly #constraint: Constraint;
  /** The generation that owns the sequence. */
  #running: object = {};
  #wasFull = false;
  #maskMilliseconds = 0;

  /**
   * @param sequence a sequence without a token predictor, and without history that quotes shall come from other than
   *   what it holds at the first generation
   * @throws TypeError, RangeError for options
   * @throws RecallError `NO_RECALL_TOKENS` where the mode is `"token"` and the model's tokenizer lacks the delimiters;
   *   `BACKEND_UNAVAILABLE`
   */
  constructor(sequence: LlamaContextSequence, options?: RecallSamplerOptions<Mode>) {
    const given = expectOptions<RecallSamplerOptions<RecallMode>>("options", options);
    expectNoPredictor(sequence);
    const onContextShift = expectOneOf("onContextShift", given.onContextShift ?? "error", ["error", "keep"]);
    const bias = new AllowedBias(sequence.model, expectNumber("boost", given.boost ?? DEFAULT_BOOST, 100, 1000));
    const { documents, recallPrompt = documents === undefined } = given;
    const quotable = {
      documents: expectDocuments(documents ?? []),
      recallPrompt: expectBoolean("recallPrompt", recallPrompt),
    };
    const vocabulary = ModelVocabulary.of(sequence.model);
    this.mode = chooseMode(sequence.model, given);
    const { session, history } =
      this.mode === "token"
        ? startTokenMode(sequence.model, vocabulary, given, { ...quotable, onContextShift })
        : startTextMode(vocabulary, given, { ...quotable, onContextShift });
    this.session = session as SessionOf<Mode>;
    this.#host = sequence;
    this.#history = history;
    this.#constraint = {
      inSpan: () => this.session.inSpan,
      spanBias: () => this.#timed(() => bias.next(this.session)),
      noBias: bias.none,
      mayShift: onContextShift === "keep",
    };
    this.sequence = constrainSequence(sequence, (tokens, metadata, samplingOptions = {}) =>
      this.#evaluate(tokens, metadata, samplingOptions),
    );
  }

  /** Time spent on masks since construction: finding the allowed tokens, and following those that were sampled. */
  get maskMilliseconds(): number {
    return this.#maskMilliseconds;
  }

  /** Forgets everything read and generated, before another conversation on the same sequence. */
  reset(): void {
    this.#wasFull = false;
    this.#history.reset();
  }

  /** Frees the session. The sequence is left as it is. */
  close(): void {
    this.session.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *#evaluate(
    tokens: Token[],
    metadata: SequenceEvaluateMetadataOptions,
    options: SequenceEvaluateOptions,
  ): AsyncGenerator<SampledToken, void, Replacement> {
    if (tokens.length === 0) return;
    const generation = (this.#running = {});
    await checkPeerVersion();
    const constrained = constrainOptions(options, this.#constraint);
    const host = this.#host;
    this.#history.align([...host.contextTokens, ...tokens], this.#wasFull);
    const outputs = host.evaluateWithMetadata(tokens, metadata, constrained);
    try {
      let replacement: Replacement = undefined;
      for (;;) {
        const { value, done } = await outputs.next(replacement);
        if (done) return;
        this.#expectOwner(generation);
        this.#accept(value.token);
        this.#wasFull = host.nextTokenIndex >= host.contextSize - 1;
        if (host.model.isEogToken(value.token) && options.yieldEogToken !== true) return;
        replacement = yield value;
        this.#expectOwner(generation);
        expectNoGrammar(options);
        if (replacement !== undefined) this.#history.replaceLast([replacement].flat());
      }
    } finally {
      await outputs.return();
    }
  }

  #accept(token: Token): void {
    if (!this.session.allows(token)) {
      throw new RecallError(
        "NOT_ENFORCED",
        `The host sampled token ${token}, which does not continue any quote: something in it overrides the recall ` +
          "constraint",
      );
    }
    this.#timed(() => this.#history.accept(token));
  }

  #expectOwner(generation: object): void {
    if (this.#running === generation) return;
    throw new RecallError("NOT_ENFORCED", "Another generation on the same sequence has begun: only it may go on");
  }

  #timed<Result>(work: () => Result): Result {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.#maskMilliseconds += performance.now() - start;
    }
  }
}

function startTokenMode(
  model: LlamaModel,
  vocabulary: ModelVocabulary,
  options: RecallSamplerOptions<RecallMode>,
  history: HistoryOptions,
) {
  const { maxSpanTokens, minSpanTokens, maxContextTokens, recallGenerated, backend, snap } = options;
  const session = new RecallSession({
    ...findDelimiters(model, vocabulary, options),
    ...{ maxSpanTokens, minSpanTokens, maxContextTokens, recallGenerated, backend, snap },
    vocabSize: vocabulary.size,
    barrierTokenIds: vocabulary.barriers,
  });
  return { session, history: new HostHistory(session, vocabulary, history) };
}

function startTextMode(
  vocabulary: ModelVocabulary,
  options: RecallSamplerOptions<RecallMode>,
  history: HistoryOptions,
) {
  const { tokenVocabulary } = vocabulary;
  const session = makeTextSession(tokenVocabulary, history.documents, options);
  return { session, history: new TextHistory(session, tokenVocabulary, history) };
}
