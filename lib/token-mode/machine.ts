import type { EngineMatcher } from "../engine/engine.js";
import type { RecallErrorCode } from "../base/errors.js";
import type { DecodingMachine } from "../session/decoding-session.js";
import { findClosed } from "../session/closed-spans.js";
import { countUpTo } from "../base/search.js";
import { IdBuffer } from "../session/id-set.js";
import { OpenSpan, type ClosedSpan, type SpanOpening } from "./open-span.js";
import type { TokenSequence } from "./sequence.js";
import type { TokenSettings } from "./options.js";

/** A session's state: a token sequence, the spans closed in it and the one that is open. Arguments come checked. */
export class TokenMachine implements DecodingMachine {
  readonly sequence: TokenSequence;
  readonly #settings: TokenSettings;
  readonly #closedSpans: ClosedSpan[];
  readonly #buffer = new IdBuffer();
  /** One matcher serves the open spans in turn. */
  #matcher: EngineMatcher | null = null;
  #open: OpenSpan | null = null;

  constructor(settings: TokenSettings, sequence: TokenSequence, closedSpans: ClosedSpan[] = []) {
    this.#settings = settings;
    this.sequence = sequence;
    this.#closedSpans = closedSpans;
  }

  get open(): OpenSpan | null {
    return this.#open;
  }

  get closedSpans(): readonly ClosedSpan[] {
    return this.#closedSpans;
  }

  /** Tokens of the sequence, those of the open span and its start token included. */
  get length(): number {
    return this.#open === null ? this.sequence.length : this.#open.end;
  }

  get mark(): number {
    return this.length;
  }

  restore(mark: number): void {
    this.truncate(mark);
  }

  /** Accepts an id, or says why not and changes nothing. */
  step(id: number): RecallErrorCode | null {
    const open = this.#open;
    const { maxContextTokens, recallGenerated, setup } = this.#settings;
    if (open !== null) {
      if (open.end >= maxContextTokens) return "CONTEXT_FULL";
      if (!open.closesWith(id)) return open.advance(id) ? null : "TOKEN_NOT_ALLOWED";
      if (!open.mayClose()) return "TOKEN_NOT_ALLOWED";
      this.#joinSequence(open, id);
    } else {
      if (this.sequence.length >= maxContextTokens) return "CONTEXT_FULL";
      if (id === setup.startTokenId) this.#openSpan(1, null, this.#endTokens());
      else this.sequence.appendGeneratedToken(id, recallGenerated);
    }
    return null;
  }

  allowed(): Int32Array | null {
    return this.#open === null ? null : this.#open.allowed();
  }

  allows(id: number): boolean {
    return this.#open === null || this.#open.allows(id);
  }

  draft(max: number, latest: boolean): Int32Array {
    return this.#open === null ? new Int32Array(0) : this.#open.draft(max, latest);
  }

  /** Opens a span without a start token. `ends`: the ids that close it, ascending; `null`: the end token. */
  begin(ranges: Int32Array | null, ends: Int32Array | null): void {
    this.#openSpan(0, ranges, ends ?? this.#endTokens());
  }

  /** Closes the open span without a token. */
  end(): void {
    if (this.#open !== null) this.#joinSequence(this.#open, null);
  }

  /**
   * Back to the state at a length that is at most the present one.
   *
   * What may throw comes before what it would leave half done: the tokens to read, the matcher to make, the sequence
   * to cut, which the engine does wholly or not at all. Only opening a closed span again has to wait for the cut: where
   * memory runs out there, the session stands whole, before that span.
   */
  truncate(length: number): void {
    const open = this.#open;
    if (length === this.length) return;
    if (open !== null && length >= open.opening.start) {
      open.rewind(length - open.opening.start);
      return;
    }
    const kept = countUpTo(this.#closedSpans.length, (i) => this.#closedSpans[i].opening.start <= length);
    const last = kept === 0 ? undefined : this.#closedSpans[kept - 1];
    if (last === undefined || length >= last.end + (last.closedByToken ? 1 : 0)) {
      this.#cut(length, kept);
      return;
    }
    const { opening } = last;
    const tokens = last.tokens.subarray(0, length - opening.start);
    const matcher = this.#useMatcher();
    this.#cut(opening.openedAt, kept - 1);
    this.#open = this.#spanOf(opening, tokens, matcher);
  }

  /** Back to what the session was built on. */
  reset(): void {
    const { length, segments } = this.#settings.base;
    this.#cut(length, 0);
    this.sequence.segments.keep(segments);
  }

  /** A copy; where a span is open and cannot be opened there too, nothing is left of it. */
  fork(): TokenMachine {
    const copy = new TokenMachine(this.#settings, this.sequence.fork(), this.#closedSpans.slice());
    if (this.#open === null) return copy;
    try {
      copy.#open = copy.#spanOf(this.#open.opening, this.#open.tokens, copy.#useMatcher());
      return copy;
    } catch (error) {
      copy.close();
      throw error;
    }
  }

  /** The span of an opening; `undefined` where it has been undone. */
  find(opening: SpanOpening): OpenSpan | ClosedSpan | undefined {
    return this.#open?.opening === opening ? this.#open : findClosed(this.#closedSpans, opening);
  }

  close(): void {
    this.#open = null;
    this.#matcher?.close();
    this.sequence.close();
  }

  #openSpan(startTokens: number, ranges: Int32Array | null, ends: Int32Array): void {
    const openedAt = this.sequence.length;
    this.#open = this.#spanOf({ openedAt, start: openedAt + startTokens, ranges, ends }, [], this.#useMatcher());
  }

  /** The sequence up to a length, with no span open and the first `spans` closed ones. */
  #cut(length: number, spans: number): void {
    this.sequence.truncate(length);
    this.#closedSpans.length = spans;
    this.#closeOpen();
  }

  #closeOpen(): void {
    if (this.#open !== null) this.#matcher?.forget();
    this.#open = null;
  }

  #useMatcher(): EngineMatcher {
    return (this.#matcher ??= this.sequence.matcher());
  }

  #spanOf(opening: SpanOpening, tokens: Iterable<number>, matcher: EngineMatcher): OpenSpan {
    const span = new OpenSpan(opening, this.#settings, matcher, this.#buffer);
    for (const token of tokens) span.advance(token);
    return span;
  }

  /** The span's tokens join the sequence, between its start token and the closing one, where it has them. */
  #joinSequence(open: OpenSpan, closingToken: number | null): void {
    const { openedAt, start } = open.opening;
    const startTokens = start - openedAt;
    const joined = new Int32Array(startTokens + open.depth + (closingToken === null ? 0 : 1));
    if (startTokens > 0) joined[0] = this.#settings.setup.startTokenId!;
    const { tokens } = open;
    joined.set(tokens, startTokens);
    if (closingToken !== null) joined[joined.length - 1] = closingToken;
    this.sequence.appendGenerated(joined, this.#settings.recallGenerated);
    this.#closedSpans.push({ opening: open.opening, tokens, end: open.end, closedByToken: closingToken !== null });
    this.#closeOpen();
  }

  #endTokens(): Int32Array {
    const { endTokenId } = this.#settings.setup;
    return endTokenId === undefined ? new Int32Array(0) : Int32Array.of(endTokenId);
  }
}
