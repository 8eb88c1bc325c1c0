import { RecallError } from "../../base/errors.js";
import type { RecallSession } from "../../token-mode/session.js";
import { locateDocuments, type LocatedDocument, type RecallDocument } from "./document-locator.js";
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
import type { HostVocabulary } from "./host-vocabulary.js";

export interface HistoryOptions extends FollowOptions {
  readonly documents: readonly RecallDocument[];
}

/**
 * Keeps a session in step with the tokens of a host's sequence. The host may go on from any earlier point, replace
 * its prompt, or drop tokens to make room; a session must follow the first two and must not follow the third.
 */
export class TokenHistory {
  readonly #session: RecallSession;
  readonly #vocabulary: HostVocabulary;
  readonly #options: HistoryOptions;
  /** The host's tokens when last seen, the last generated one included. */
  #tokens: number[] = [];
  /** Tokens of the host from here on were generated. */
  #promptEnd = 0;
  /** A token's position in the session less its position in the host: what the host has dropped. */
  #dropped = 0;
  /** From this position of the host on, `#dropped` holds. */
  #alignedFrom = 0;
  /** Documents in the session, in order, at positions of the session. */
  #placed: { document: RecallDocument; start: number; end: number }[] = [];

  constructor(session: RecallSession, vocabulary: HostVocabulary, options: HistoryOptions) {
    this.#session = session;
    this.#vocabulary = vocabulary;
    this.#options = options;
  }

  /** Forgets the host's tokens and the session's. */
  reset(): void {
    this.#session.reset();
    this.#tokens = [];
    this.#promptEnd = this.#dropped = this.#alignedFrom = 0;
    this.#placed = [];
  }

  /** A generated token. */
  accept(token: number): void {
    this.#session.accept(token);
    this.#tokens.push(token);
  }

  /** The host goes on with other tokens than the one it generated last. */
  replaceLast(tokens: readonly number[]): void {
    replaceLast(this.#session, this.#tokens.at(-1)!, tokens);
    this.#tokens.pop();
    for (const token of tokens) this.#tokens.push(token);
  }

  /**
   * Brings the session to what the host is about to generate from.
   * @param state all tokens of the host: those it holds and those it is about to read
   * @param wasFull whether the host's context had no room left when it last generated
   * @throws RecallError `CONTEXT_SHIFTED`, `SEGMENT_UNKNOWN` for a document that is not in the prompt; the session is
   *   unchanged then
   * @throws RecallError `CONTEXT_FULL`
   */
  align(state: readonly number[], wasFull: boolean): void {
    const common = commonLength(this.#tokens, state);
    const mayDrop = this.#options.onContextShift !== null;
    if (mayDrop && hasDropped(this.#tokens, state, { common, promptEnd: this.#promptEnd, wasFull })) this.#shift(state);
    else this.#follow(state, common, mayDrop);
  }

  #follow(state: readonly number[], common: number, mayDrop: boolean): void {
    if (common === this.#tokens.length && common === state.length) return;
    const restarts = common === 0 || (common < this.#alignedFrom && common < this.#tokens.length);
    const length = restarts ? 0 : common + this.#dropped;
    const kept = restarts ? [] : this.#placed.filter(({ end }) => end <= length);
    const cut = Math.min(length, ...this.#placed.slice(kept.length).map(({ start }) => start));
    const fresh = state.slice(restarts ? 0 : cut - this.#dropped);
    const missing = this.#options.documents.filter((document) => kept.every((one) => one.document !== document));
    const located = locateDocuments(fresh, missing, this.#vocabulary);
    const lost = missing.find((document) => located.every((one) => one.document !== document));
    if (lost !== undefined) {
      if (mayDrop && this.#placed.some((one) => one.document === lost)) return this.#shift(state);
      throw notInPrompt(lost);
    }
    if (restarts) this.reset();
    else this.#session.truncate(cut);
    this.#placed = kept;
    this.#tokens = state.slice(0, state.length - fresh.length);
    this.#promptEnd = Math.min(this.#promptEnd, this.#tokens.length);
    this.#append(fresh, located);
    if (common < state.length) this.#promptEnd = state.length;
    this.#tokens = state.slice();
  }

  #shift(state: readonly number[]): void {
    if (this.#options.onContextShift === "error") throw contextShifted();
    const end = findContinuation(this.#tokens, state, this.#promptEnd);
    if (end === null) this.#turn(state);
    else this.#goOn(state, end);
  }

  /** The host has dropped tokens and goes on after the first `end` tokens that it had. */
  #goOn(state: readonly number[], end: number): void {
    if (end >= this.#alignedFrom) this.#session.truncate(end + this.#dropped);
    this.#promptEnd = Math.max(0, this.#promptEnd - (end - state.length));
    this.#alignedFrom = state.length - Math.min(ANCHOR_TOKENS, state.length);
    this.#see(state);
  }

  /** The host has dropped tokens, and there is something new to read. */
  #turn(state: readonly number[]): void {
    const known = endOfKnown(this.#tokens, state);
    const fresh = state.slice(known);
    this.#append(fresh, locateDocuments(fresh, this.#unplaced(), this.#vocabulary));
    this.#promptEnd = state.length;
    this.#alignedFrom = known;
    this.#see(state);
  }

  #see(state: readonly number[]): void {
    this.#tokens = state.slice();
    this.#dropped = this.#session.contextLength - state.length;
  }

  #unplaced(): RecallDocument[] {
    return this.#options.documents.filter((document) => this.#placed.every((one) => one.document !== document));
  }

  /** Appends all of the tokens or none. */
  #append(tokens: readonly number[], located: readonly LocatedDocument[]): void {
    const session = this.#session;
    if (tokens.length > 0 && session.inSpan) session.endSpan();
    const recallable = this.#options.recallPrompt;
    const base = session.contextLength;
    let at = 0;
    try {
      for (const { document, start, end, offsets } of located) {
        session.append(tokens.slice(at, start), { recallable });
        session.append(tokens.slice(start, end), { segment: document.name, offsets, text: document.text });
        at = end;
      }
      session.append(tokens.slice(at), { recallable });
    } catch (error) {
      session.truncate(base);
      throw error;
    }
    const placed = located.map(({ document, start, end }) => ({ document, start: base + start, end: base + end }));
    this.#placed = [...this.#placed, ...placed];
  }
}

function notInPrompt(document: RecallDocument): RecallError {
  return new RecallError(
    "SEGMENT_UNKNOWN",
    `The prompt does not contain the text of the document ${JSON.stringify(document.name)}, so nothing can be quoted ` +
      "from it: put its text into the prompt as it is",
  );
}
