import type { LlamaContextSequence, Token, TokenBias } from "node-llama-cpp";
import { RecallError } from "../../errors.js";
import type { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import { AllowedBias, DEFAULT_BOOST } from "./allowed-bias.js";
import type { TokenWriter } from "../../extract/write-json.js";
import { ExtractionError } from "./extraction-error.js";
import { refuseShift } from "./sampling-options.js";

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
  readonly #bias: AllowedBias;
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
    this.#bias = new AllowedBias(sequence.model, DEFAULT_BOOST);
    this.#allowed = this.#bias.none;
    this.#waiting = [...prompt];
  }

  /** All that was written: forced and kept. */
  get text(): string {
    return Buffer.concat(this.#written).toString();
  }

  /** Tokens of it. */
  get tokens(): number {
    return this.#tokens + this.#forcedTokens().length;
  }

  /** Writes text without sampling. */
  force(text: string): void {
    this.#forced += text;
    this.#written.push(Buffer.from(text));
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
    if (this.#tokens >= maxTokens) {
      throw new ExtractionError("MAX_TOKENS", `The data is not complete after ${maxTokens} tokens`);
    }
    const { ids, bias } = this.#bias.inSpan(allowed);
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

  /** Lets the sequence go. */
  async end(): Promise<void> {
    await this.#outputs?.return();
  }

  #begin(tokens: Token[]) {
    this.#outputs = this.#sequence.evaluate(tokens, {
      temperature: this.#options.temperature,
      seed: this.#options.seed,
      yieldEogToken: true,
      tokenBias: () => this.#allowed,
      contextShift: { strategy: refuseShift(SHIFT_REFUSED) },
    });
    return this.#outputs.next();
  }

  #flush(): void {
    if (this.#forced === "") return;
    const tokens = this.#forcedTokens();
    this.#forced = "";
    this.#waiting.push(...tokens);
    this.#tokens += tokens.length;
  }

  #forcedTokens(): Token[] {
    return this.#forced === "" ? [] : this.#sequence.model.tokenize(this.#forced, false, "trimLeadingSpace");
  }
}
