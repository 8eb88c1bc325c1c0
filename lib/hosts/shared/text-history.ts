import { expectId } from "../../base/arguments.js";
import type { RecallTextSession } from "../../text-mode/session.js";
import type { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import { joinBytes } from "../../text-mode/bytes.js";
import {
  ANCHOR_TOKENS,
  commonLength,
  contextShifted,
  endOfKnown,
  findContinuation,
  hasDropped,
  replaceLast,
  type FollowOptions,
} from "./host-tokens.js";

/** Stands in the session for a token without bytes in a prompt: no quote crosses it. */
const BARRIER = Uint8Array.of(0);

/**
 * Keeps a text session in step with the tokens of a host's sequence, as `TokenHistory` does for token sessions. The
 * documents are what the session is built on, so nothing that the host does to its tokens takes them away.
 */
export class TextHistory {
  readonly #session: RecallTextSession;
  readonly #vocabulary: TokenVocabulary;
  readonly #options: FollowOptions;
  readonly #base: number;
  /** The host's tokens when last seen, the last generated one included. */
  #tokens: number[] = [];
  /** The session's length after each of them; before `#alignedFrom`, that of what is left. */
  #ends: number[] = [];
  /** Tokens of the host from here on were generated. */
  #promptEnd = 0;
  /** From this position of the host on, the session can go back to any token. */
  #alignedFrom = 0;

  constructor(session: RecallTextSession, vocabulary: TokenVocabulary, options: FollowOptions) {
    this.#session = session;
    this.#vocabulary = vocabulary;
    this.#options = options;
    this.#base = session.contextLength;
  }

  /** Forgets the host's tokens and all of the session's text but the documents. */
  reset(): void {
    this.#session.reset();
    this.#tokens = [];
    this.#ends = [];
    this.#promptEnd = this.#alignedFrom = 0;
  }

  /** A generated token. */
  accept(token: number): void {
    this.#session.accept(token);
    this.#tokens.push(token);
    this.#ends.push(this.#session.contextLength);
  }

  /** The host goes on with other tokens than the one it generated last. */
  replaceLast(tokens: readonly number[]): void {
    replaceLast(this.#session, this.#tokens.at(-1)!, tokens);
    this.#tokens.pop();
    this.#ends.pop();
    let end = this.#ends.at(-1) ?? this.#base;
    for (const token of tokens) {
      this.#tokens.push(token);
      this.#ends.push((end += this.#vocabulary.view(token).length));
    }
  }

  /**
   * Brings the session to what the host is about to generate from.
   * @param state all tokens of the host: those it holds and those it is about to read
   * @param wasFull whether the host's context had no room left when it last generated
   * @throws RecallError `CONTEXT_SHIFTED`; the session is unchanged then
   * @throws RecallError `CONTEXT_FULL`
   */
  align(state: readonly number[], wasFull: boolean): void {
    const common = commonLength(this.#tokens, state);
    const { onContextShift } = this.#options;
    const known = { common, promptEnd: this.#promptEnd, wasFull };
    if (onContextShift !== null && hasDropped(this.#tokens, state, known)) this.#shift(state, common);
    else this.#follow(state, common);
  }

  #follow(state: readonly number[], common: number): void {
    if (common === this.#tokens.length && common === state.length) return;
    const goesBack = common < this.#tokens.length;
    if (goesBack && (common === 0 || common < this.#alignedFrom)) {
      this.reset();
      common = 0;
    } else if (goesBack) {
      this.#goBack(common);
      this.#promptEnd = Math.min(this.#promptEnd, common);
    }
    if (common === state.length) return;
    this.#append(state.slice(common));
    this.#promptEnd = state.length;
  }

  /** The host has dropped tokens. */
  #shift(state: readonly number[], common: number): void {
    if (this.#options.onContextShift === "error") throw contextShifted();
    const end = findContinuation(this.#tokens, state, this.#promptEnd);
    if (end === null) {
      const known = endOfKnown(this.#tokens, state);
      this.#append(state.slice(known));
      this.#promptEnd = state.length;
      this.#alignedFrom = known;
    } else {
      this.#goBack(end);
      this.#promptEnd = Math.max(0, this.#promptEnd - (end - state.length));
      this.#alignedFrom = Math.max(common, state.length - ANCHOR_TOKENS);
    }
    const kept = this.#ends.slice(-state.length);
    const missing = new Array<number>(state.length - kept.length).fill(this.#base);
    this.#ends = [...missing, ...kept];
    this.#tokens = state.slice();
  }

  /** Back to the first `count` tokens. */
  #goBack(count: number): void {
    if (count === this.#tokens.length) return;
    this.#session.truncate(this.#ends[count - 1]);
    this.#tokens.length = this.#ends.length = count;
  }

  /** Appends all of the tokens or none: runs of text, cut where a token has none. */
  #append(tokens: readonly number[]): void {
    const session = this.#session;
    if (tokens.length > 0 && session.inSpan) session.endSpan();
    const recallable = this.#options.recallPrompt;
    const base = session.contextLength;
    for (const [i, token] of tokens.entries()) expectId(`tokens[${i}]`, token, this.#vocabulary.size);
    try {
      for (const run of runsOf(tokens.map((token) => this.#vocabulary.view(token)))) {
        session.append(run ?? BARRIER, { recallable: recallable && run !== null });
      }
    } catch (error) {
      session.truncate(base);
      throw error;
    }
    let end = base;
    for (const token of tokens) {
      this.#tokens.push(token);
      this.#ends.push((end += this.#vocabulary.view(token).length || BARRIER.length));
    }
  }
}

/** The texts of neighbouring tokens, joined; `null` for each token without one. */
function runsOf(texts: readonly Uint8Array[]): (Uint8Array | null)[] {
  const runs: (Uint8Array | null)[] = [];
  let start = 0;
  for (let i = 0; i <= texts.length; i++) {
    if (i < texts.length && texts[i].length > 0) continue;
    if (i > start) runs.push(joinBytes(texts.slice(start, i)));
    if (i < texts.length) runs.push(null);
    start = i + 1;
  }
  return runs;
}
