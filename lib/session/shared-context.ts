import { RecallError } from "../base/errors.js";

/** What a context keeps its tokens or its text in. */
export interface ContextSequence<Self> {
  compact(): void;
  fork(): Self;
  close(): void;
}

/** What contexts of token mode and of text mode have in common: they are appended to, frozen and built on. */
export abstract class SharedContext<Sequence extends ContextSequence<Sequence>> {
  readonly #backend: "native" | "javascript";
  readonly #sequence: Sequence;
  #frozen = false;
  #closed = false;

  /** @internal */
  constructor(backend: "native" | "javascript", sequence: Sequence) {
    this.#backend = backend;
    this.#sequence = sequence;
  }

  /** The engine in use. */
  get backend(): "native" | "javascript" {
    return this.#backend;
  }

  /** Whether the context was frozen: it can be built on, and takes no more. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /**
   * Makes the context immutable and arranges its index for reading. Freezing twice changes nothing.
   * @throws RecallError `CLOSED`
   */
  freeze(): this {
    const sequence = this.openSequence();
    if (!this.#frozen) sequence.compact();
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

  /** @internal A sequence to build a session on. */
  share(): Sequence {
    const sequence = this.openSequence();
    if (!this.#frozen) throw new RecallError("NOT_FROZEN", "A session can only be built on a frozen context");
    return sequence.fork();
  }

  /** @internal The sequence, to be read. */
  protected openSequence(): Sequence {
    if (this.#closed) throw new RecallError("CLOSED", "The context is closed");
    return this.#sequence;
  }

  /** @internal The sequence, to be appended to. */
  protected growingSequence(): Sequence {
    const sequence = this.openSequence();
    if (this.#frozen) throw new RecallError("FROZEN", "The context is frozen: append to a session on it instead");
    return sequence;
  }
}
