import type {
  LlamaContextSequence,
  SequenceEvaluateMetadataOptions,
  SequenceEvaluateOptions,
  Token,
} from "node-llama-cpp";
import { expectInteger, expectNumber, expectOneOf, expectOptions } from "../../base/arguments.js";
import { RecallError } from "../../base/errors.js";
import { AllowedBias, DEFAULT_BOOST } from "./allowed-bias.js";
import { constrainSequence, expectNoPredictor, type Replacement, type SampledToken } from "./constrained-sequence.js";
import { canDraft, generateByDraft } from "./drafting.js";
import { Lookahead } from "./lookahead.js";
import { ModelVocabulary } from "./model-vocabulary.js";
import { checkPeerVersion } from "./peer-version.js";
import { constrainOptions, expectNoGrammar, type Constraint } from "./sampling-options.js";
import { SpanDrafts } from "./span-drafts.js";
import { draftSource } from "../shared/drafts/source.js";
import { expectQuotable, follow, startSession, type HostHistory } from "../shared/following.js";
import type { ContextShiftPolicy } from "../shared/host-tokens.js";
import { chooseMode } from "../shared/choose-mode.js";
import type { RecallMode } from "../shared/mode.js";
import type { GivenOptions, QuoteOf, RecallHostOptions, SessionOf } from "../shared/recall-options.js";

interface SamplerOptions {
  /**
   * What to do when the host drops tokens to make room, while quotes may still come from them: stop with
   * `CONTEXT_SHIFTED`, or keep the session's context and go on quoting what the host no longer holds. @defaultValue `"error"`
   */
  onContextShift?: ContextShiftPolicy;
  /** What is added to allowed logits, in [100, 1000]; @defaultValue 500 */
  boost?: number;
  /**
   * Inside a quote the host reads up to so many tokens of what may follow at once, and keeps those that it samples
   * itself: fewer passes of the model, and each token is drawn as if one had been made for it alone. 0: one pass for
   * each token. In [0, 1024]; @defaultValue 32
   */
  maxDraftTokens?: number;
}

/** Options of {@link RecallSampler}. */
export type RecallSamplerOptions<Mode extends RecallMode = "auto"> = RecallHostOptions<Mode> & SamplerOptions;

const DEFAULT_MAX_DRAFT_TOKENS = 32;

/**
 * Constrains a node-llama-cpp sequence: inside a recall span it generates exact substrings of what it has read.
 *
 * ```ts
 * const recall = new RecallSampler(context.getSequence());
 * const completion = new LlamaCompletion({ contextSequence: recall.sequence });
 * const answer = await completion.generateCompletion(prompt, { temperature: 0 });
 * for (const quote of recall.quotes) console.log(quote.text, quote.sources()); // where each was copied from
 * ```
 *
 * Every sampled token is checked against the session before the host or the user sees it.
 */
export class RecallSampler<Mode extends RecallMode = "auto"> {
  /** The sequence, constrained: give it to `LlamaCompletion`, `LlamaChatSession`, or call its `evaluate`. */
  readonly sequence: LlamaContextSequence;
  /** The searchable context and the quotes. The sampler feeds it; its readers and `endSpan` are for everybody. */
  readonly session: SessionOf<Mode>;
  /** Whether quotes stand between tokens or between tags. */
  readonly mode: "token" | "text";
  readonly #host: LlamaContextSequence;
  readonly #history: HostHistory;
  readonly #constraint: Constraint;
  /** What may follow in an open quote; `null` where tokens are generated one by one. */
  readonly #drafts: SpanDrafts | null;
  #lookahead: Lookahead;
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
    const given = expectOptions<GivenOptions & SamplerOptions>("options", options);
    expectNoPredictor(sequence);
    const onContextShift = expectOneOf("onContextShift", given.onContextShift ?? "error", ["error", "keep"]);
    const bias = new AllowedBias(sequence.model, expectNumber("boost", given.boost ?? DEFAULT_BOOST, 100, 1000));
    const most = expectInteger("maxDraftTokens", given.maxDraftTokens ?? DEFAULT_MAX_DRAFT_TOKENS, 0, 1025);
    const quotable = expectQuotable(given);
    const vocabulary = ModelVocabulary.of(sequence.model);
    this.mode = chooseMode(vocabulary, given);
    const session = startSession(this.mode, vocabulary, given, quotable.documents);
    this.session = session as SessionOf<Mode>;
    this.#host = sequence;
    this.#lookahead = new Lookahead(sequence);
    this.#history = follow(session, vocabulary, { ...quotable, onContextShift });
    const tokenize = (text: string) => sequence.model.tokenize(text, false, "trimLeadingSpace");
    const source = draftSource(session, vocabulary, tokenize);
    this.#drafts = most === 0 ? null : new SpanDrafts(session, bias, source, most);
    this.#constraint = {
      inSpan: () => this.session.inSpan,
      spanBias: () => this.#timed(() => bias.next(this.session)),
      noBias: bias.none,
      mayShift: onContextShift === "keep",
    };
    this.sequence = constrainSequence(
      sequence,
      () => this.#lookahead,
      (tokens, metadata, samplingOptions = {}) => this.#evaluate(tokens, metadata, samplingOptions),
    );
  }

  /** The quotes of the conversation, in order, the open one last. */
  get quotes(): readonly QuoteOf<Mode>[] {
    return this.session.quotes as readonly QuoteOf<Mode>[];
  }

  /** The latest of them; `undefined` before the first. */
  get lastQuote(): QuoteOf<Mode> | undefined {
    return this.session.lastQuote as QuoteOf<Mode> | undefined;
  }

  /**
   * Time spent on masks since construction: finding the allowed tokens, at all places of a draft, and following those
   * that were sampled.
   */
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
    // What an earlier generation, broken off, has left there.
    await this.#lookahead.settle();
    this.#history.align([...host.contextTokens, ...tokens], this.#wasFull);
    const lookahead = (this.#lookahead = new Lookahead(host));
    const outputs = this.#generate(tokens, metadata, constrained);
    try {
      let replacement: Replacement = undefined;
      for (;;) {
        const { value, done } = await outputs.next(replacement);
        if (done) return;
        this.#expectOwner(generation);
        this.#accept(value.token);
        this.#wasFull = host.nextTokenIndex - lookahead.length >= host.contextSize - 1;
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

  #generate(tokens: Token[], metadata: SequenceEvaluateMetadataOptions, options: SequenceEvaluateOptions) {
    const plain = this.#host.evaluateWithMetadata(tokens, metadata, options);
    if (this.#drafts === null || !canDraft(this.#host, options)) return plain;
    return generateByDraft(plain, {
      host: this.#host,
      session: this.session,
      drafts: this.#drafts,
      lookahead: this.#lookahead,
      metadata,
      options,
      timed: (work) => this.#timed(work),
    });
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
