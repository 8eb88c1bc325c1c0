import { expectOptions, type TokenInput } from "../base/arguments.js";
import { checkAppend, TokenSequence, type AppendOptions } from "./sequence.js";
import { SharedContext } from "../session/shared-context.js";
import { checkTokenSetup, type TokenSetup, type TokenSetupOptions } from "./setup.js";

/** Tokens that a context may hold unless a session says less. */
export const MAX_CONTEXT_TOKENS = 2 ** 30 - 1;

/** Options of {@link RecallContext}; sessions on it inherit them. */
export type RecallContextOptions = TokenSetupOptions;

/**
 * A searchable context (`c` in RecaLLM, section 3.1) to be shared: index once, serve many. Append, freeze, and build
 * any number of sessions on it; each adds tokens of its own without changing what the others see.
 */
export class RecallContext extends SharedContext<TokenSequence> {
  readonly #setup: TokenSetup;

  /**
   * @throws TypeError, RangeError for options that are not as {@link RecallContextOptions} says
   * @throws RecallError `BACKEND_UNAVAILABLE` where `backend: "native"` cannot be loaded
   */
  constructor(options: RecallContextOptions) {
    const setup = checkTokenSetup(expectOptions("options", options));
    const { engine, vocabSize, barriers } = setup;
    super(engine.name, new TokenSequence(engine.createContext({ vocabSize, barriers })));
    this.#setup = setup;
  }

  /** @internal Whether it is a context, and not something that only looks like one. */
  static is(value: unknown): value is RecallContext {
    return typeof value === "object" && value !== null && #setup in value;
  }

  /**
   * Tokens in the context.
   * @throws RecallError `CLOSED`
   */
  get length(): number {
    return this.openSequence().length;
  }

  /**
   * Adds tokens: to the current unnamed run, or with `segment` as a document of its own.
   * @throws TypeError, RangeError for arguments; nothing is added then
   * @throws RecallError `SEGMENT_EXISTS`, `FROZEN`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  append(tokens: TokenInput, options?: AppendOptions): this {
    const checked = checkAppend(tokens, options, this.#setup);
    this.growingSequence().append(checked, MAX_CONTEXT_TOKENS);
    return this;
  }

  /** @internal What sessions on the context inherit. */
  get setup(): TokenSetup {
    return this.#setup;
  }
}
