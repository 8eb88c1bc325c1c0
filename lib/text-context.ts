import { expectOptions } from "./arguments.js";
import { RecallError } from "./errors.js";
import { checkText, type AppendTextOptions } from "./text/text-document.js";
import type { TextSequence } from "./text/text-sequence.js";
import { checkTextSetup, createSequence, type TextSetup, type TextSetupOptions } from "./text/text-setup.js";

/** Bytes that a context may hold unless a session says less. */
export const MAX_CONTEXT_BYTES = 2 ** 30;

/** Options of {@link RecallTextContext}; sessions on it inherit them. */
export type RecallTextContextOptions = TextSetupOptions;

/**
 * A searchable context of text mode to be shared: index once, serve many. Append, freeze, and build any number of
 * sessions on it; each adds text of its own without changing what the others see.
 */
export class RecallTextContext {
  readonly #setup: TextSetup;
  readonly #sequence: TextSequence;
  #frozen = false;
  #closed = false;

  /**
   * @throws TypeError, RangeError for options that are not as {@link RecallTextContextOptions} says
   * @throws RecallError `BACKEND_UNAVAILABLE` where `backend: "native"` cannot be loaded
   */
  constructor(options: RecallTextContextOptions) {
    this.#setup = checkTextSetup(expectOptions("options", options));
    this.#sequence = createSequence(this.#setup);
  }

  /** The engine in use. */
  get backend(): "native" | "javascript" {
    return this.#setup.engine.name;
  }

  /**
   * Bytes in the context; in JSON mode those of the escaped text.
   * @throws RecallError `CLOSED`
   */
  get length(): number {
    this.#assertOpen();
    return this.#sequence.length;
  }

  /** Whether the context was frozen: it can be built on, and takes no more text. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /**
   * Adds text, or UTF-8 bytes: to the current unnamed run, or with `segment` as a document of its own.
   * @throws TypeError, RangeError for arguments; nothing is added then
   * @throws RecallError `SEGMENT_EXISTS`, `FROZEN`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  append(text: string | Uint8Array, options?: AppendTextOptions): this {
    const checked = checkText(text, options, this.#setup);
    this.#assertOpen();
    if (this.#frozen) throw new RecallError("FROZEN", "The context is frozen: append to a session on it instead");
    this.#sequence.append(checked, MAX_CONTEXT_BYTES);
    return this;
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
  get setup(): TextSetup {
    return this.#setup;
  }

  /** @internal A sequence to build a session on. */
  share(): TextSequence {
    this.#assertOpen();
    if (!this.#frozen) throw new RecallError("NOT_FROZEN", "A session can only be built on a frozen context");
    return this.#sequence.fork();
  }

  #assertOpen(): void {
    if (this.#closed) throw new RecallError("CLOSED", "The context is closed");
  }
}
