import { type LlamaContextSequence, type Token, TokenBias } from "node-llama-cpp";
import { RecallError } from "../base/errors.js";
import type { TokenVocabulary } from "../vocabulary/token-vocabulary.js";
import { DEFAULT_BOOST } from "../hosts/node-llama-cpp/allowed-bias.js";
import type { TokenWriter } from "./json/write.js";
import { ExtractionError } from "./extraction-error.js";
import { MaskBiases } from "./mask-biases.js";
import { refuseShift } from "../hosts/node-llama-cpp/sampling-options.js";

/** From so many UTF-16 units on, forced text is tokenised though more may follow. */
const LONG_TEXT = 1024;
const SHIFT_REFUSED = "The host's context is full: make it larger, or the documents shorter";

/** How a generation samples, and when it ends. */
export interface GenerationOptions {
  readonly temperature: number;
  readonly seed: number | undefined;
  readonly maxTokens: number;
  readonly signal: AbortSignal | undefined;
}

/** A generation that is told, piece by piece, what to write and which tokens to sample from. */
export class GuidedGeneration implements TokenWriter {
  readonly #sequence: LlamaContextSequence;
  readonly #vocabulary: TokenVocabulary;
  readonly #options: GenerationOptions;
  readonly #biases: MaskBiases;
  readonly #written: Uint8Array[] = [];
  /** What the host samples, once it has begun. */
  #outputs: AsyncGenerator<Token, void, void | Token | Token[]> | null = null;
  /** For the token that is sampled next. */
  #allowed: TokenBias;
  /** Not evaluated yet: the rest of the prompt, tokens that were kept. */
  #waiting: Token[];
  /** Not tokenised yet. */
  #forced = "";
  #tokens = 0;

  /** @param prompt what the sequence has not evaluated of the prompt: at least a token */
  constructor(
    sequence: LlamaContextSequence,
    vocabulary: TokenVocabulary,
    prompt: readonly Token[],
    options: GenerationOptions,
  ) {
    this.#sequence = sequence;
    this.#vocabulary = vocabulary;
    this.#options = options;
    this.#biases = new MaskBiases(sequence.model, vocabulary.size);
    this.#allowed = TokenBias.for(sequence.model);
    this.#waiting = [...prompt];
  }

  /** All that was written: forced and kept. */
  get text(): string {
    return Buffer.concat(this.#written).toString();
  }

  /** Tokens of it, once it is finished. */
  get tokens(): number {
    return this.#tokens;
  }

  /**
   * Writes text without sampling. There may be no end of it: now and then it is counted, and others get their turn.
   * @throws ExtractionError `MAX_TOKENS`
   */
  async force(text: string): Promise<void> {
    this.#forced += text;
    this.#written.push(Buffer.from(text));
    if (this.#forced.length < LONG_TEXT) return;
    this.finish();
    await new Promise((resolve) => setImmediate(resolve));
    this.#options.signal?.throwIfAborted();
  }

  /** Writes a token. */
  keep(token: Token): void {
    this.#flush();
    this.#waiting.push(token);
    this.#tokens++;
    this.#written.push(this.#vocabulary.bytes(token));
  }

  /**
   * Samples the next token after what was written. It counts when it is kept.
   * @param allowed ascending
   */
  async sample(allowed: Int32Array): Promise<Token> {
    this.#flush();
    const { signal, maxTokens } = this.#options;
    signal?.throwIfAborted();
    if (this.#tokens >= maxTokens) throw this.#tooLong();
    const { ids, bias } = this.#biases.of(allowed);
    this.#allowed = bias;
    const waiting = this.#waiting;
    this.#waiting = [];
    const { value } = await (this.#outputs?.next(waiting) ?? this.#begin(waiting));
    if (value === undefined) throw new RecallError("NOT_ENFORCED", "The host ended the generation");
    if (!ids.includes(value)) {
      throw new RecallError("NOT_ENFORCED", `The host sampled token ${value}, which may not come here`);
    }
    return value;
  }

  /**
   * Counts all that was written.
   * @throws ExtractionError `MAX_TOKENS` where it is more than may be
   */
  finish(): void {
    this.#flush();
    if (this.#tokens > this.#options.maxTokens) throw this.#tooLong();
  }

  /** Lets the sequence go. */
  async end(): Promise<void> {
    await this.#outputs?.return();
  }

  #tooLong(): ExtractionError {
    return new ExtractionError("MAX_TOKENS", `The data is not complete after ${this.#options.maxTokens} tokens`);
  }

  #begin(tokens: Token[]) {
    this.#outputs = this.#sequence.evaluate(tokens, {
      temperature: this.#options.temperature,
      seed: this.#options.seed,
      yieldEogToken: true,
      tokenBias: () => this.#allowed,
      // What no bias keeps away: the model's end never comes inside the data.
      repeatPenalty: {
        punishTokens: [...this.#biases.ending],
        maxPunishTokens: this.#biases.ending.length,
        penalty: 1,
        presencePenalty: DEFAULT_BOOST,
      },
      contextShift: { strategy: refuseShift(SHIFT_REFUSED) },
    });
    return this.#outputs.next();
  }

  #flush(): void {
    if (this.#forced === "") return;
    const tokens = this.#sequence.model.tokenize(this.#forced, false, "trimLeadingSpace");
    this.#forced = "";
    for (const token of tokens) this.#waiting.push(token);
    this.#tokens += tokens.length;
  }
}
