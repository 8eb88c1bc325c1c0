import { unionOf } from "../../ascending.js";
import type { AppendOptions, ContextOptions, EngineContext, EngineMatcher } from "../../engine.js";
import { JavaScriptMatcher } from "./matcher.js";
import type { SearchedTokens } from "./searched-tokens.js";
import { CONTINUES, INNER, isStart, JavaScriptTokens, SEARCHABLE } from "./tail.js";

/** Up to so many own tokens are copied by a fork; more are shared with it, as long as that is not done too often. */
const FEW_TOKENS = 1024;

/**
 * A context as position lists: for each token where it occurs. The first tokens may be shared with other contexts, and
 * are never changed then: of those a context keeps only how many are its own too.
 */
export class JavaScriptContext implements EngineContext, SearchedTokens {
  readonly #options: ContextOptions;
  readonly #barriers: ReadonlySet<number>;
  #shared: JavaScriptTokens;
  /** How many of the shared tokens are in this context. */
  #sharedLength = 0;
  /** Those that follow them. */
  #own: JavaScriptTokens;

  constructor(options: ContextOptions, barriers: ReadonlySet<number> = new Set(options.barriers)) {
    this.#options = options;
    this.#barriers = barriers;
    this.#shared = NO_TOKENS;
    this.#own = new JavaScriptTokens(options.vocabSize, 0);
  }

  get length(): number {
    return this.#sharedLength + this.#own.length;
  }

  get bytes(): number {
    return this.#shared.bytes + this.#own.bytes;
  }

  append(added: Int32Array, { searchable, newRun, edges }: AppendOptions): void {
    const own = this.#own;
    own.reserve(own.length + added.length);
    let run = newRun ? SEARCHABLE : SEARCHABLE | CONTINUES;
    for (let i = 0; i < added.length; i++) {
      const isSearchable = searchable && !this.#barriers.has(added[i]);
      const inner = edges?.[i] === 0 && run !== SEARCHABLE && this.#endsSearchable;
      own.push(added[i], isSearchable ? (inner ? run | INNER : run) : 0);
      run = SEARCHABLE | CONTINUES;
    }
  }

  truncate(length: number): void {
    this.#own.truncate(Math.max(0, length - this.#sharedLength));
    if (length >= this.#sharedLength) return;
    this.#sharedLength = length;
    if (length === 0) this.#shared = NO_TOKENS;
    this.#own = new JavaScriptTokens(this.#options.vocabSize, length);
  }

  read(start: number, end: number): Int32Array {
    const shared = this.#sharedLength;
    const tokens = new Int32Array(end - start);
    if (start < shared) tokens.set(this.#shared.tokens.subarray(start, Math.min(end, shared)));
    if (end > shared) {
      const from = Math.max(start, shared);
      tokens.set(this.#own.tokens.subarray(from - shared, end - shared), from - start);
    }
    return tokens;
  }

  fork(): JavaScriptContext {
    if (this.#sharedLength === 0 || this.#own.length > Math.max(FEW_TOKENS, this.#sharedLength)) this.#share();
    const fork = new JavaScriptContext(this.#options, this.#barriers);
    fork.#shared = this.#shared;
    fork.#sharedLength = this.#sharedLength;
    fork.#own = new JavaScriptTokens(this.#options.vocabSize, this.#sharedLength);
    fork.#own.append(this.#own, this.#own.length);
    return fork;
  }

  compact(): void {
    this.firstTokens();
  }

  /** At once: there is no other thread. */
  async compactInBackground(): Promise<void> {
    this.compact();
  }

  matcher(): EngineMatcher {
    return new JavaScriptMatcher(this);
  }

  close(): void {
    this.truncate(0);
    this.#own = new JavaScriptTokens(this.#options.vocabSize, 0);
  }

  tokenAt(position: number): number {
    const shared = this.#sharedLength;
    return position < shared ? this.#shared.tokens[position] : this.#own.tokens[position - shared];
  }

  flagsAt(position: number): number {
    const shared = this.#sharedLength;
    return position < shared ? this.#shared.flags[position] : this.#own.flags[position - shared];
  }

  continuationAt(position: number): number {
    const shared = this.#sharedLength;
    const part = position < shared ? this.#shared : this.#own;
    const index = position < shared ? position : position - shared;
    return index < part.length && (part.flags[index] & CONTINUES) !== 0 ? part.tokens[index] : -1;
  }

  isStart(position: number): boolean {
    return isStart(this.flagsAt(position));
  }

  startsOf(token: number): { shared: readonly number[]; own: readonly number[] } {
    const shared = this.#shared.startsOf(token);
    const isWhole = shared.length === 0 || shared[shared.length - 1] < this.#sharedLength;
    const own = this.#own.startsOf(token);
    return { shared: isWhole ? shared : shared.filter((start) => start < this.#sharedLength), own };
  }

  firstTokens(): Int32Array {
    let shared = this.#shared.firstTokens;
    if (this.#sharedLength < this.#shared.length) shared = shared.filter((token) => this.#isSharedFirst(token));
    const own = this.#own.firstTokens;
    if (shared.length === 0) return own;
    return unionOf(
      shared,
      own.filter((token) => !this.#isSharedFirst(token)),
    );
  }

  /** Whether there are tokens, the last of them searchable. */
  get #endsSearchable(): boolean {
    return this.length > 0 && this.flagsAt(this.length - 1) !== 0;
  }

  /** Whether a quote may start with `token` in the shared part. */
  #isSharedFirst(token: number): boolean {
    const starts = this.#shared.startsOf(token);
    return starts.length > 0 && starts[0] < this.#sharedLength;
  }

  /** Makes all tokens shared ones. */
  #share(): void {
    let shared = this.#own;
    if (this.#sharedLength > 0) {
      shared = new JavaScriptTokens(this.#options.vocabSize, 0);
      shared.append(this.#shared, this.#sharedLength);
      shared.append(this.#own, this.#own.length);
    }
    this.#shared = shared;
    this.#sharedLength = shared.length;
    this.#own = new JavaScriptTokens(this.#options.vocabSize, shared.length);
  }
}

const NO_TOKENS = new JavaScriptTokens(0, 0);
