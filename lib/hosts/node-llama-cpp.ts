import type {
  LlamaContextSequence,
  SequenceEvaluateMetadataOptions,
  SequenceEvaluateOptions,
  Token,
} from "node-llama-cpp";
import { expectNumber, expectOneOf, expectOptions } from "../arguments.js";
import { RecallError } from "../errors.js";
import type { Snap } from "../session/snap-edges.js";
import { AllowedBias, DEFAULT_BOOST } from "./node-llama-cpp/allowed-bias.js";
import {
  constrainSequence,
  expectNoPredictor,
  type Replacement,
  type SampledToken,
} from "./node-llama-cpp/constrained-sequence.js";
import type { DelimiterOptions } from "./shared/delimiters.js";
import type { RecallDocument } from "./shared/document-locator.js";
import { expectQuotable, follow, startSession, type History } from "./shared/following.js";
import type { ContextShiftPolicy } from "./shared/host-tokens.js";
import { ModelVocabulary } from "./node-llama-cpp/model-vocabulary.js";
import { checkPeerVersion } from "./node-llama-cpp/peer-version.js";
import { chooseMode, type RecallMode } from "./shared/mode.js";
import { constrainOptions, expectNoGrammar, type Constraint } from "./node-llama-cpp/sampling-options.js";
import type { RecallHostOptions, SessionOf } from "./shared/recall-options.js";

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
export type { ContextShiftPolicy, DelimiterOptions, RecallDocument, RecallMode, SessionOf, Snap };

/** Options of {@link RecallSampler}. */
export interface RecallSamplerOptions<Mode extends RecallMode = "token"> extends RecallHostOptions<Mode> {
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
  readonly #history: History;
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
    const quotable = expectQuotable(given);
    const vocabulary = ModelVocabulary.of(sequence.model);
    this.mode = chooseMode(vocabulary, given);
    const session = startSession(this.mode, vocabulary, given, quotable.documents);
    this.session = session as SessionOf<Mode>;
    this.#host = sequence;
    this.#history = follow(session, vocabulary, { ...quotable, onContextShift });
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
