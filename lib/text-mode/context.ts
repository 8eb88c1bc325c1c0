import { expectOptions } from "../base/arguments.js";
import { SharedContext } from "../session/shared-context.js";
import { checkText, type AppendTextOptions, type CheckedText } from "./document.js";
import type { TextSequence } from "./sequence.js";
import { checkTextSetup, createSequence, type TextSetup, type TextSetupOptions } from "./setup.js";

/** Bytes that a context may hold unless a session says less. */
export const MAX_CONTEXT_BYTES = 2 ** 30 - 1;

/** Options of {@link RecallTextContext}; sessions on it inherit them. */
export type RecallTextContextOptions = TextSetupOptions;

/**
 * A searchable context of text mode to be shared: index once, serve many. Append, freeze, and build any number of
 * sessions on it; each adds text of its own without changing what the others see.
 */
export class RecallTextContext extends SharedContext<TextSequence> {
  readonly #setup: TextSetup;

  /**
   * @throws TypeError, RangeError for options that are not as {@link RecallTextContextOptions} says
   * @throws RecallError `BACKEND_UNAVAILABLE` where `backend: "native"` cannot be loaded
   */
  constructor(options: RecallTextContextOptions) {
    const setup = checkTextSetup(expectOptions("options", options));
    super(setup.engine.name, createSequence(setup));
    this.#setup = setup;
  }

  /** @internal Whether it is a context, and not something that only looks like one. */
  static is(value: unknown): value is RecallTextContext {
    return typeof value === "object" && value !== null && #setup in value;
  }

  /**
   * Bytes in the context; in JSON mode those of the escaped text.
   * @throws RecallError `CLOSED`
   */
  get length(): number {
    return this.openSequence().length;
  }

  /**
   * Adds text, or UTF-8 bytes: to the current unnamed run, or with `segment` as a document of its own.
   * @throws TypeError, RangeError for arguments; nothing is added then
   * @throws RecallError `SEGMENT_EXISTS`, `FROZEN`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  append(text: string | Uint8Array, options?: AppendTextOptions): this {
    const checked = checkText(text, options, this.#setup);
    this.growingSequence().append(checked, MAX_CONTEXT_BYTES);
    return this;
  }

  /** @internal The same for text that is checked, with edges of the caller's. */
  appendChecked(checked: CheckedText): void {
    this.growingSequence().append(checked, MAX_CONTEXT_BYTES);
  }

  /** @internal What sessions on the context inherit. */
  get setup(): TextSetup {
    return this.#setup;
  }
}
