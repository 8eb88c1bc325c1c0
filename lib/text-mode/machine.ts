import type { EngineTextMatcher } from "../engine/text-engine.js";
import type { RecallErrorCode } from "../base/errors.js";
import type { DecodingMachine } from "../session/decoding-session.js";
import { findClosed } from "../session/closed-spans.js";
import { IdBuffer } from "../session/id-set.js";
import { joinBytes } from "./bytes.js";
import { StepHistory } from "./step-history.js";
import { beginQuote, OpenTextSpan, quoteLength, type ClosedTextSpan, type TextOpening } from "./open-span.js";
import { OpeningTokens, type LookAtQuote } from "./opening-tokens.js";
import type { CheckedText } from "./document.js";
import type { TextSettings } from "./options.js";
import type { TextSequence } from "./sequence.js";

/**
 * The state of a session of text mode: a byte sequence, the spans closed in it and the one that is open. Arguments
 * come checked.
 *
 * The sequence holds what is searched. Bytes that may begin the opening tag are held back until they turn out to be
 * text, or join it with the span when that closes.
 */
export class TextMachine implements DecodingMachine {
  readonly sequence: TextSequence;
  readonly history: StepHistory;
  readonly #settings: TextSettings;
  readonly #closedSpans: ClosedTextSpan[];
  readonly #buffer = new IdBuffer();
  /** One matcher serves the open spans in turn. */
  #matcher: EngineTextMatcher | null = null;
  #open: OpenTextSpan | null = null;
  /** How many bytes of the opening tag are held back. */
  #pending = 0;
  /** What `allowed` says outside a span, once somebody has asked for it. */
  #outside: Int32Array | null | undefined;
  readonly #openingTokens: OpeningTokens;

  constructor(
    settings: TextSettings,
    sequence: TextSequence,
    history = new StepHistory(settings.base.length),
    closedSpans: ClosedTextSpan[] = [],
    openingTokens: OpeningTokens | null = null,
  ) {
    this.#settings = settings;
    this.sequence = sequence;
    this.history = history;
    this.#closedSpans = closedSpans;
    this.#openingTokens = new OpeningTokens(settings, sequence, this.#lookAtQuote, openingTokens);
  }

  get open(): OpenTextSpan | null {
    return this.#open;
  }

  get closedSpans(): readonly ClosedTextSpan[] {
    return this.#closedSpans;
  }

  /** Bytes of the sequence, those of the open span and its tags included. */
  get length(): number {
    return this.history.length;
  }

  get mark(): number {
    return this.history.count;
  }

  append(text: CheckedText): void {
    const { count } = this.sequence.segments;
    if (text.bytes.length === 0 && text.segment === undefined) return;
    this.#orAsBefore(() => {
      this.#release();
      this.sequence.append(text, this.#settings.maxContextBytes);
    });
    this.#record("append", text.bytes.length, count);
  }

  /** Accepts an id, or says why not and changes nothing. */
  step(id: number): RecallErrorCode | null {
    const { vocabulary } = this.#settings.setup;
    const byteLength = vocabulary.byteLength(id);
    if (this.length + byteLength > this.#settings.maxContextBytes) return "CONTEXT_FULL";
    const open = this.#open;
    if (open === null) return this.#stepOutside(id, vocabulary.view(id));
    if (byteLength === 0 || !open.advance(id)) return "TOKEN_NOT_ALLOWED";
    this.#record("token", byteLength, this.sequence.segments.count, id);
    if (open.closedAt >= 0) this.#joinWhole(open, open.closedAt);
    return null;
  }

  /** The ids that may come next, ascending; `null`: all. */
  allowed(): Int32Array | null {
    if (this.#open !== null) return this.#open.allowed();
    const known = this.#outside;
    if (known === null || (known !== undefined && this.#buffer.holds(known))) return known;
    return (this.#outside = this.#allowedOutside());
  }

  allows(id: number): boolean {
    const { vocabulary } = this.#settings.setup;
    if (this.#open !== null) return vocabulary.byteLength(id) > 0 && this.#open.allows(id);
    const bytes = vocabulary.view(id);
    const end = this.#settings.openingTag?.scan(this.#pending, bytes).end ?? -1;
    return end === -1 || this.#mayOpen(bytes, end);
  }

  draft(max: number, latest: boolean): Int32Array {
    if (this.#open === null) return new Int32Array(0);
    // No draft has more tokens than a quote has bytes: room for more need not be made.
    return this.#open.draft(Math.min(max, this.#settings.maxSpanBytes), latest);
  }

  /** Opens a span without an opening tag. */
  begin(ranges: Int32Array | null, tag: Uint8Array | null): void {
    this.#orAsBefore(() => {
      this.#release();
      const { length } = this.sequence;
      const [step, closing] = [this.history.count, tag ?? this.#settings.endTag];
      this.#openSpan({ step, openedAt: length, start: length, ranges, tag: closing, firstBytes: NO_BYTES });
    });
    this.#record("begin", 0);
  }

  /** Closes the open span without a token. */
  end(): void {
    const open = this.#open;
    if (open === null) return;
    const length = this.quoteLength(open);
    this.#record("end", 0);
    this.#joinWhole(open, length);
  }

  /** How many bytes of an open span are its quote: the others begin the closing tag. */
  quoteLength(open: OpenTextSpan): number {
    return quoteLength(open, this.#settings, () => this.sequence.matcher());
  }

  /** Back to the latest state of a length that is at most the present one; false, and nothing changes, inside a token. */
  truncate(length: number): boolean {
    const count = this.history.countUpTo(length);
    const cut = count < this.history.count ? this.history.at(count) : null;
    if (cut === null || cut.before === length) this.restore(count);
    else if (cut.kind === "append") this.#cutAppend(count, length);
    else return false;
    return true;
  }

  /** Back to the state after the first `count` steps. */
  restore(count: number): void {
    if (count === this.history.count) return;
    const open = this.#open;
    if (open !== null && count > open.opening.step) {
      open.rewind(count - open.opening.step - 1);
      this.history.cut(count);
      return;
    }
    const closed = this.#closedSpans.findIndex(({ step }) => step >= count);
    const opening = closed === -1 ? open?.opening : this.#closedSpans[closed].opening;
    this.#cutTo(count, opening, closed === -1 ? this.#closedSpans.length : closed);
    this.#resumeTag();
  }

  /** Back to what the session was built on. */
  reset(): void {
    const { length, segments } = this.#settings.base;
    this.sequence.truncate(length, segments, this.history.countBreaks(0));
    this.#forget(0, 0);
  }

  /** A copy; where a span is open and cannot be opened there too, nothing is left of it. */
  fork(): TextMachine {
    const [history, spans] = [this.history.fork(), this.#closedSpans.slice()];
    const copy = new TextMachine(this.#settings, this.sequence.fork(), history, spans, this.#openingTokens);
    copy.#pending = this.#pending;
    if (this.#open === null) return copy;
    try {
      copy.#openSpan(this.#open.opening);
      for (const token of this.#open.tokens) copy.#open!.advance(token);
      return copy;
    } catch (error) {
      copy.close();
      throw error;
    }
  }

  /** The span of an opening; `undefined` where it has been undone. */
  find(opening: TextOpening): OpenTextSpan | ClosedTextSpan | undefined {
    return this.#open?.opening === opening ? this.#open : findClosed(this.#closedSpans, opening);
  }

  close(): void {
    this.#open = null;
    this.#matcher?.close();
    this.sequence.close();
  }

  #stepOutside(id: number, bytes: Uint8Array): RecallErrorCode | null {
    const { openingTag, recallGenerated } = this.#settings;
    const { count } = this.sequence.segments;
    if (bytes.length === 0) {
      this.#release();
      this.sequence.breakRun();
      this.#record("token", 0, count, id);
      return null;
    }
    const { state, end } = openingTag?.scan(this.#pending, bytes) ?? { state: 0, end: -1 };
    if (end === -1) {
      this.sequence.appendGenerated(this.#textBefore(bytes, bytes.length - state), recallGenerated);
      this.#record("token", bytes.length, count, id);
      this.#pending = state;
      return null;
    }
    if (!this.#mayOpen(bytes, end)) return "TOKEN_NOT_ALLOWED";
    this.#openByTag(id, bytes, end);
    return null;
  }

  /** Whether what a token has after the opening tag, which ends at `end`, begins a quote. */
  #mayOpen(bytes: Uint8Array, end: number): boolean {
    const rest = bytes.subarray(end);
    if (rest.length === 0) return true;
    const before = this.#textBefore(bytes, end - this.#settings.openingTag!.bytes.length);
    return this.#lookAtQuote(before, (matcher) => matcher.advanceBytes(rest));
  }

  readonly #lookAtQuote: LookAtQuote = (before, look) => {
    const { length } = this.sequence;
    this.sequence.appendGenerated(before, this.#settings.recallGenerated);
    try {
      const matcher = this.#useMatcher();
      beginQuote(matcher, { ranges: null, tag: this.#settings.endTag }, this.#settings);
      return look(matcher);
    } finally {
      if (before.length > 0) this.sequence.truncate(length);
    }
  };

  /** What is text of the bytes held back and those of a token, if the opening tag begins at `offset` of the token. */
  #textBefore(bytes: Uint8Array, offset: number): Uint8Array {
    if (this.#pending === 0) return bytes.subarray(0, offset);
    return joinBytes([this.#settings.openingTag!.bytes.subarray(0, this.#pending), bytes]).subarray(
      0,
      this.#pending + offset,
    );
  }

  /** The bytes held back turned out to be text. */
  #release(): void {
    this.sequence.appendGenerated(this.#textBefore(NO_BYTES, 0), this.#settings.recallGenerated);
    this.#pending = 0;
  }

  #openByTag(id: number, bytes: Uint8Array, end: number): void {
    const { openingTag, endTag, recallGenerated } = this.#settings;
    const tag = openingTag!.bytes;
    const [step, openedAt] = [this.history.count, this.length + end - tag.length];
    const matcher = this.#useMatcher();
    this.sequence.appendGenerated(this.#textBefore(bytes, end - tag.length), recallGenerated);
    const firstBytes = bytes.subarray(end);
    const opening = { step, openedAt, start: openedAt + tag.length, ranges: null, tag: endTag, firstBytes };
    const open = this.#openSpan(opening, matcher);
    this.#record("token", bytes.length, this.sequence.segments.count, id);
    if (open.closedAt >= 0) this.#joinWhole(open, open.closedAt);
  }

  #openSpan(opening: TextOpening, matcher = this.#useMatcher()): OpenTextSpan {
    this.#open = new OpenTextSpan(opening, this.#settings, this.#settings.setup.vocabulary, matcher, this.#buffer);
    return this.#open;
  }

  /** Does something to the sequence; where memory runs out in the midst of it, the sequence is as it was. */
  #orAsBefore<Result>(action: () => Result): Result {
    const { length } = this.sequence;
    const pending = this.#pending;
    try {
      return action();
    } catch (error) {
      this.sequence.truncate(length);
      this.#pending = pending;
      throw error;
    }
  }

  /** Lets a span join that the latest step has closed; where memory runs out, that step is undone. */
  #joinWhole(open: OpenTextSpan, length: number): void {
    try {
      this.#join(open, length);
    } catch (error) {
      this.#cutTo(this.history.count - 1, open.opening, this.#closedSpans.length);
      this.#resumeTag();
      throw error;
    }
  }

  /** The span joins the sequence: its quote between its tags, where it has them, and what followed in the last token. */
  #join(open: OpenTextSpan, length: number): void {
    const { recallGenerated, openingTag } = this.#settings;
    const { opening, bytes } = open;
    const quote = bytes.slice(0, length);
    const tagEnd = Math.min(bytes.length, length + opening.tag.length);
    if (opening.start > opening.openedAt) this.sequence.appendGenerated(openingTag!.bytes, false);
    this.sequence.appendGenerated(quote, recallGenerated);
    this.sequence.appendGenerated(bytes.subarray(length, tagEnd), false);
    this.sequence.appendGenerated(bytes.subarray(tagEnd), recallGenerated);
    this.#closedSpans.push({ opening, step: this.history.count - 1, quote });
    this.#closeOpen();
  }

  /**
   * Cuts the sequence back to a state.
   * @param opening of the first span that was not closed then, if there is one
   * @param spans how many were closed
   */
  #cutTo(count: number, opening: TextOpening | undefined, spans: number): void {
    const { segments, before: length } = this.history.at(count);
    const reopens = opening !== undefined && opening.step < count;
    const tokens = reopens ? this.history.tokens(opening.step + 1, count) : [];
    const matcher = reopens ? this.#useMatcher() : null;
    const kept = Math.min(length, opening?.openedAt ?? this.sequence.length);
    this.sequence.truncate(Math.min(kept, this.sequence.length), segments, this.history.countBreaks(count));
    this.#forget(count, spans);
    if (matcher !== null) this.#reopen(opening!, tokens, matcher);
  }

  /** Opens a span again; where memory runs out, the session stands before it. */
  #reopen(opening: TextOpening, tokens: readonly number[], matcher: EngineTextMatcher): void {
    try {
      const open = this.#openSpan(opening, matcher);
      for (const token of tokens) open.advance(token);
    } catch (error) {
      this.#forget(opening.step, this.#closedSpans.length);
      this.#resumeTag();
      throw error;
    }
  }

  /** Back to the state in the midst of the append that is step `count`. */
  #cutAppend(count: number, length: number): void {
    const { before, segments } = this.history.at(count);
    const kept = count + 1 < this.history.count ? this.history.at(count + 1).segments : undefined;
    const spans = this.#closedSpans.filter(({ step }) => step < count).length;
    this.sequence.cut(before, length, kept, this.history.countBreaks(count));
    this.#forget(count, spans);
    this.#record("append", length - this.length, segments);
  }

  /** The first steps and closed spans are left, and no open one. */
  #forget(steps: number, spans: number): void {
    this.history.cut(steps);
    this.#closedSpans.length = spans;
    this.#closeOpen();
    this.#pending = 0;
    this.#outside = undefined;
    this.#openingTokens.truncate();
  }

  #closeOpen(): void {
    if (this.#open !== null) this.#matcher?.forget();
    this.#open = null;
  }

  /** Finds out again how much of the opening tag is to be held back, and does. */
  #resumeTag(): void {
    const { openingTag, setup } = this.#settings;
    if (openingTag === null || this.#open !== null) return;
    const since = (this.#closedSpans.at(-1)?.step ?? -1) + 1;
    for (const token of this.history.recentTokens(since, openingTag.bytes.length - 1)) {
      this.#pending = openingTag.scan(this.#pending, setup.vocabulary.view(token)).state;
    }
    const held = this.sequence.length - (this.length - this.#pending);
    if (held <= 0) return;
    this.sequence.truncate(this.sequence.length - held);
    this.#openingTokens.truncate();
  }

  /** Notes a step that has been made; no tag is pending after it, unless its caller says so. */
  #record(kind: "append" | "token" | "begin" | "end", bytes: number, segments?: number, token?: number): void {
    this.history.push(kind, bytes, segments ?? this.sequence.segments.count, token);
    this.#pending = 0;
    this.#outside = undefined;
    // Generated text that is not searched changes nothing of what quotes begin with.
    if (kind === "append" || this.#settings.recallGenerated) this.#openingTokens.grow();
  }

  /** All ids but those that would open a span with bytes that no quote begins with; `null` where there are none. */
  #allowedOutside(): Int32Array | null {
    const refused = this.#openingTokens.refused(this.#pending);
    return refused.length === 0 ? null : this.#buffer.complement(this.#settings.setup.vocabulary.size, refused);
  }

  #useMatcher(): EngineTextMatcher {
    return (this.#matcher ??= this.sequence.matcher());
  }
}

const NO_BYTES = new Uint8Array(0);
