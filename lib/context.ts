import { expectOptions, type TokenInput } from "./arguments.js";
import { RecallError } from "./errors.js";
import { checkAppend, TokenSequence, type AppendOptions } from "./session/sequence.js";
import { checkVocabulary, type Vocabulary, type VocabularyOptions } from "./session/vocabulary.js";

/** Tokens that a context may hold unless a session says less. */
export const MAX_CONTEXT_TOKENS = 2 ** 30;

/** Options of {@link RecallContext}; sessions on it inherit them. */
export type RecallContextOptions = VocabularyOptions;

/**
 * A searchable context (`c` in RecaLLM, section 3.1) to be shared: index once, serve many. Append, freeze, and build
 * any number of sessions on it; each adds tokens of its own without changing what the others see.
 */
export class RecallContext {
  readonly #vocabulary: Vocabulary;
  readonly #sequence: TokenSequence;
  #frozen = false;
  #closed = false;

  /**
   * @throws TypeError, RangeError for options that are not as {@link RecallContextOptions} says
   * @throws RecallError `BACKEND_UNAVAILABLE` where `backend: "native"` cannot be loaded
   */
  constructor(options: RecallContextOptions) {
    this.#vocabulary = checkVocabulary(expectOptions("options", options));
    const { engine, vocabSize, barriers } = this.#vocabulary;
    this.#sequence = new TokenSequence(engine.createContext({ vocabSize, barriers }));
  }

  /** The engine in use. */
  get backend(): "native" | "javascript" {
    return this.#vocabulary.engine.name;
  }

  /**
   * Tokens in the context.
   * @throws RecallError `CLOSED`
   */
  get length(): number {
    this.#assertOpen();
    return this.#sequence.length;
  }

  /** Whether the context was frozen: it can be built on, and takes no more tokens. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /**
   * Adds tokens: to the current unnamed run, or with `segment` as a document of its own.
   * @throws TypeError, RangeError for arguments; nothing is added then
   * @throws RecallError `SEGMENT_EXISTS`, `FROZEN`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  append(tokens: TokenInput, options?: AppendOptions): void {
    const checked = checkAppend(tokens, options, this.#vocabulary);
    this.#assertOpen();
    if (this.#frozen) throw new RecallError("FROZEN", "The context is frozen: append to a session on it instead");
    this.#sequence.append(checked, MAX_CONTEXT_TOKENS);
  }

  /**
   * Makes the context immutable and arranges its index for reading. Freezing twice changes nothing.
   * @throws RecallError `CLOSED`
   */
  freeze(): this {
    this.#assertOpen();
    if (!this.#frozen) this.#sequence.compact();
    this.#frozen = true;
    return this;
  }

  /** Frees the context. Sessions built on it keep what they share. Closing twice changes nothing. */
  close(): void {
    if (!this.#closed) this.#sequence.close();
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal What sessions on the context inherit. */
  get vocabulary(): Vocabulary {
    return this.#vocabulary;
  }

  /** @internal A sequence to build a session on. */
  share(): TokenSequence {
    this.#assertOpen();
    if (!this.#frozen) throw new RecallError("NOT_FROZEN", "A session can only be built on a frozen context");
    return this.#sequence.fork();
  }

  #assertOpen(): void {
    if (this.#closed) throw new RecallError("CLOSED", "The context is closed");
  }
}
