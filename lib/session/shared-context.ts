import { RecallError } from "../base/errors.js";
import { Preparation, readSignal, type PrepareOptions } from "./preparation.js";

/** What a context keeps its tokens or its text in. */
export interface ContextSequence<Self> {
  compact(): void;
  compactInBackground(): Promise<void>;
  fork(): Self;
  close(): void;
}

/** What contexts of token mode and of text mode have in common: they are appended to, frozen and built on. */
export abstract class SharedContext<Sequence extends ContextSequence<Sequence>> {
  readonly #backend: "native" | "javascript";
  readonly #sequence: Sequence;
  readonly #preparation: Preparation;
  #frozen = false;
  #closed = false;

  /** @internal */
  constructor(backend: "native" | "javascript", sequence: Sequence) {
    this.#backend = backend;
    this.#sequence = sequence;
    this.#preparation = new Preparation(() => sequence.compactInBackground());
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

  /**
   * Freezes the context, and arranges its index on another thread while the event loop goes on turning. Sessions can be
   * built on the context meanwhile: one that opens a span before the index is there waits for it, or makes it. The
   * JavaScript engine, which keeps no index that takes long to make, arranges it at once.
   * @returns settled when the index is there. Rejected with the signal's reason where that aborts before: the context is
   *   frozen then, and its index is made when it is first needed.
   * @throws TypeError for options that are not as {@link PrepareOptions} says
   * @throws RecallError `CLOSED`, also where the context is closed meanwhile; `OUT_OF_MEMORY`
   */
  prepare(options?: PrepareOptions): Promise<void> {
    try {
      const signal = readSignal(options);
      this.openSequence();
      this.#frozen = true;
      return this.#preparation.wait(signal);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** Frees the context. Sessions built on it keep what they share. Closing twice changes nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sequence.close();
    this.#preparation.giveUp(closedError());
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
    if (this.#closed) throw closedError();
    return this.#sequence;
  }

  /** @internal The sequence, to be appended to. */
  protected growingSequence(): Sequence {
    const sequence = this.openSequence();
    if (this.#frozen) throw new RecallError("FROZEN", "The context is frozen: append to a session on it instead");
    return sequence;
  }
}

function closedError(): RecallError {
  return new RecallError("CLOSED", "The context is closed");
}
