import {
  COUNT_LIMIT,
  expectId,
  expectInteger,
  expectIntegers,
  expectOneOf,
  expectOptions,
  expectRow,
  expectWords,
  type TokenInput,
} from "./arguments.js";
import type { Sampling } from "./engine/engine.js";
import { RecallError, type RecallErrorCode } from "./errors.js";
import type { DraftOptions } from "./session.js";
import { bitmaskWords, writeBitmask } from "./session/bitmask.js";
import { expectSegmentNames } from "./session/segments.js";
import { contextFull } from "./session/sequence.js";
import { unescapeJson } from "./text/json-escape.js";
import type { TextOpening } from "./text/open-span.js";
import { checkText, type AppendTextOptions } from "./text/text-document.js";
import { TextMachine } from "./text/text-machine.js";
import { expectTag, startTextSession, type RecallTextSessionOptions, type TextSettings } from "./text/text-options.js";
import { findTextSources } from "./text/text-sources.js";
import { RecallTextSpan } from "./text-span.js";

/** Options of {@link RecallTextSession.beginSpan}. */
export interface BeginTextSpanOptions {
  /** Search these segments only. */
  segments?: readonly string[];
  /** The tag that closes the span, in place of `endTag`. */
  end?: string;
}

/** What a fork starts with, in place of options. */
class ForkedState {
  constructor(
    readonly settings: TextSettings,
    readonly machine: TextMachine,
  ) {}
}

/**
 * One generation of a model without delimiter tokens: tags in its text open and close recall spans, and each span is an
 * exact copy of bytes in the searchable context, in any tokenisation (`docs/semantics.md`, "Text mode").
 *
 * A verb that throws leaves the session as it was, but where memory runs out. Arguments are read before the session's
 * state is looked at.
 */
export class RecallTextSession {
  readonly #settings: TextSettings;
  readonly #machine: TextMachine;
  #closed = false;

  /**
   * @throws TypeError, RangeError for options that are not as {@link RecallTextSessionOptions} says, or that differ
   *   from those of `context`
   * @throws RecallError `NOT_FROZEN`, `CLOSED` for `context`; `BACKEND_UNAVAILABLE` where `backend: "native"` cannot
   *   be loaded
   */
  constructor(options: RecallTextSessionOptions);
  /** @internal */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- what is declared to callers leaves this one out
  constructor(fork: ForkedState);
  constructor(start: RecallTextSessionOptions | ForkedState) {
    const { settings, machine } = start instanceof ForkedState ? start : startState(start);
    this.#settings = settings;
    this.#machine = machine;
  }

  /** The engine in use. */
  get backend(): "native" | "javascript" {
    return this.#settings.setup.engine.name;
  }

  /** The tokenizer's id count. */
  get vocabSize(): number {
    return this.#settings.setup.vocabulary.size;
  }

  /**
   * Whether a recall span is open.
   * @throws RecallError `CLOSED`
   */
  get inSpan(): boolean {
    this.#assertUsable();
    return this.#machine.open !== null;
  }

  /**
   * Bytes appended and accepted, those of the open span and of tags included; in JSON mode of escaped text.
   * @throws RecallError `CLOSED`
   */
  get contextLength(): number {
    this.#assertUsable();
    return this.#machine.length;
  }

  /**
   * The spans that were closed, in order, and the open one: each as it is now.
   * @throws RecallError `CLOSED`
   */
  get spans(): RecallTextSpan[] {
    this.#assertUsable();
    const { closedSpans, open } = this.#machine;
    const spans = closedSpans.map(({ opening, quote }) => this.#describe(opening, quote.slice(), false));
    if (open !== null) {
      spans.push(this.#describe(open.opening, open.bytes.slice(0, this.#machine.quoteLength(open)), true));
    }
    return spans;
  }

  /**
   * Adds text, or UTF-8 bytes, to the searchable context: to the current unnamed run, or with `segment` as a document
   * of its own. Tags in it open and close nothing.
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `IN_SPAN`, `SEGMENT_EXISTS`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  append(text: string | Uint8Array, options?: AppendTextOptions): void {
    const checked = checkText(text, options, this.#settings.setup);
    this.#assertUsable();
    this.#assertOutside("append");
    this.#machine.append(checked);
  }

  /**
   * Takes the token that was generated. Completing the opening tag opens a span, completing the closing tag closes it.
   * @throws TypeError, RangeError for an id outside [0, vocabSize)
   * @throws RecallError `TOKEN_NOT_ALLOWED`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  accept(token: number | bigint): void {
    this.#assertUsable();
    const id = this.#toId(token);
    const refusal = this.#machine.step(id);
    if (refusal !== null) throw this.#refusal(refusal, id);
  }

  /**
   * Takes several tokens, all or none.
   * @throws as {@link accept} does
   */
  acceptAll(tokens: TokenInput): void {
    const ids = expectIntegers("tokens", tokens, this.vocabSize);
    this.#assertUsable();
    const before = this.#machine.history.count;
    try {
      for (const id of ids) {
        const refusal = this.#machine.step(id);
        if (refusal !== null) throw this.#refusal(refusal, id);
      }
    } catch (error) {
      this.#machine.restore(before);
      throw error;
    }
  }

  /**
   * How many of these tokens could be accepted one after the other. Changes nothing.
   * @throws TypeError, RangeError for an id outside [0, vocabSize)
   * @throws RecallError `CLOSED`
   */
  validate(tokens: TokenInput): number {
    const ids = expectIntegers("tokens", tokens, this.vocabSize);
    this.#assertUsable();
    const before = this.#machine.history.count;
    try {
      const refused = ids.findIndex((id) => this.#machine.step(id) !== null);
      return refused === -1 ? ids.length : refused;
    } finally {
      this.#machine.restore(before);
    }
  }

  /**
   * The ids that may come next, ascending; `null` where all may. Outside a span that is so unless some token would
   * open one with bytes that no quote begins with. The array is the session's and holds until its next verb.
   * @throws RecallError `CLOSED`
   */
  allowed(): Int32Array | null {
    this.#assertUsable();
    return this.#machine.allowed();
  }

  /**
   * Whether `token` may come next.
   * @throws TypeError, RangeError for an id outside [0, vocabSize)
   * @throws RecallError `CLOSED`
   */
  allows(token: number | bigint): boolean {
    this.#assertUsable();
    return this.#machine.allows(this.#toId(token));
  }

  /**
   * Writes the allowed ids as a bitmask: bit `i % 32` of word `i >> 5` is 1 where id `i` is allowed. The whole row is
   * written: ids from `vocabSize` on are 0; where `allowed()` is `null`, all bits are 1.
   * @param words `ceil(width / 32)` words, for a row of `width >= vocabSize` logits
   * @returns whether the mask needs applying
   * @throws TypeError, RangeError for `words`
   * @throws RecallError `CLOSED`
   */
  fillBitmask(words: Int32Array): boolean {
    const row = expectWords("words", words, bitmaskWords(this.vocabSize));
    const allowed = this.allowed();
    if (allowed === null) row.fill(-1);
    else writeBitmask(row, allowed);
    return allowed !== null;
  }

  /**
   * Masks a row of logits in place: every entry that is not allowed is set to `maskValue`, those from `vocabSize` on
   * included; allowed entries keep their bits. Where `allowed()` is `null` the row is left alone.
   * @param logits at least `vocabSize` entries; a view into a larger buffer will do
   * @returns whether the row was masked
   * @throws TypeError, RangeError for `logits`
   * @throws RecallError `CLOSED`
   */
  apply(logits: Float32Array): boolean {
    const row = expectRow("logits", logits, this.vocabSize);
    const allowed = this.allowed();
    if (allowed !== null) this.#settings.setup.rows.maskedFill(row, allowed, this.#settings.maskValue);
    return allowed !== null;
  }

  /**
   * Tokens to propose to the model: a copy in advance, acceptable as far as the context has room. Never to be forced,
   * since the closing tag may be as legal. Empty outside a span.
   * @param max at most so many tokens
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `CLOSED`
   */
  draft(max: number, options?: DraftOptions): Int32Array {
    expectInteger("max", max, 0, COUNT_LIMIT);
    const { choose = "agreed" } = expectOptions("options", options);
    const latest = expectOneOf("choose", choose, ["agreed", "latest"]) === "latest";
    this.#assertUsable();
    const { open } = this.#machine;
    // No draft has more tokens than a quote has bytes: room for more need not be made.
    return open === null ? new Int32Array(0) : open.draft(Math.min(max, this.#settings.maxSpanBytes), latest);
  }

  /**
   * Opens a span without an opening tag.
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `IN_SPAN`, `SEGMENT_UNKNOWN`, `CLOSED`
   */
  beginSpan(options?: BeginTextSpanOptions): void {
    const { segments, end } = expectOptions("options", options);
    const names = segments === undefined ? null : expectSegmentNames(segments);
    const tag = end === undefined ? null : expectTag("end", end);
    this.#assertUsable();
    this.#assertOutside("beginSpan");
    this.#machine.begin(names === null ? null : this.#machine.sequence.segments.rangesOf(names), tag);
  }

  /**
   * Closes the open span without a token, however it was opened.
   * @throws RecallError `NOT_IN_SPAN`, `CLOSED`
   */
  endSpan(): void {
    this.#assertUsable();
    if (this.#machine.open === null) throw new RecallError("NOT_IN_SPAN", "endSpan needs an open recall span");
    this.#machine.end();
  }

  /**
   * Undoes text and tokens, appended and accepted alike: the session is as it was when it last had this length. Cutting
   * into a closed span opens it again. The cut is at the edge of a token, or anywhere in appended text.
   * @param length in bytes, at most `contextLength`; with a shared context at least that context's length
   * @throws TypeError, RangeError for `length`
   * @throws RecallError `CLOSED`
   */
  truncate(length: number): void {
    this.#assertUsable();
    expectInteger("length", length, this.#settings.base.length, this.#machine.length + 1);
    if (!this.#machine.truncate(length)) throw new RangeError('Expected "length" not to be inside a generated token');
  }

  /**
   * Undoes the last `count` accepted tokens, and what happened since the first of them.
   * @throws TypeError, RangeError for `count`
   * @throws RecallError `CLOSED`
   */
  rollback(count: number): void {
    this.#assertUsable();
    const { history } = this.#machine;
    const steps = history.countBefore(expectInteger("count", count, 0, COUNT_LIMIT));
    if (steps === -1) expectInteger("count", count, 0, history.countTokens() + 1);
    if (count > 0) this.#machine.restore(steps);
  }

  /**
   * Back to the state after construction.
   * @throws RecallError `CLOSED`
   */
  reset(): void {
    this.#assertUsable();
    this.#machine.reset();
  }

  /**
   * A copy of the session. The two share what is indexed and nothing that either changes later.
   * @throws RecallError `CLOSED`
   */
  fork(): RecallTextSession {
    this.#assertUsable();
    return new RecallTextSession(new ForkedState(this.#settings, this.#machine.fork()));
  }

  /** Frees what the session holds; later verbs throw `CLOSED`. Closing twice changes nothing. */
  close(): void {
    if (!this.#closed) this.#machine.close();
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal `accept` for a batch: what was wrong as a value, so that one row's refusal costs the others nothing. */
  tryAccept(token: unknown): RecallErrorCode | "OUT_OF_RANGE" | null {
    if (this.#closed) return "CLOSED";
    if (typeof token !== "number" || token >>> 0 !== token || token >= this.vocabSize) return "OUT_OF_RANGE";
    try {
      return this.#machine.step(token);
    } catch (error) {
      if (error instanceof RecallError) return error.code;
      throw error;
    }
  }

  /** @internal Draws a token from the allowed ids; only those entries of the row are read. */
  drawToken(logits: Float32Array, sampling: Sampling, uniform: number): number {
    const row = expectRow("logits", logits, this.vocabSize);
    return this.#settings.setup.rows.sample(row, this.vocabSize, this.allowed(), sampling, uniform);
  }

  /** @internal */
  get usable(): boolean {
    return !this.#closed;
  }

  #describe(opening: TextOpening, bytes: Uint8Array, open: boolean): RecallTextSpan {
    const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: open });
    const text = this.#settings.setup.json ? unescapeJson(decoded) : decoded;
    const quote = bytes.slice();
    return new RecallTextSpan({ text, bytes, start: opening.start, open }, (limit) => {
      this.#assertUsable();
      if (!this.#machine.holds(opening)) throw new RecallError("SPAN_UNDONE", "The span has been undone");
      return findTextSources(this.#settings.setup.engine, this.#machine.sequence, opening, quote, limit);
    });
  }

  #toId(token: number | bigint): number {
    return expectId("token", token, this.vocabSize);
  }

  #refusal(code: RecallErrorCode, id: number): RecallError {
    if (code === "CONTEXT_FULL") return contextFull(this.#settings.maxContextBytes, "bytes");
    const where = this.#machine.open === null ? "here: it opens no recall span" : "here in the open recall span";
    return new RecallError(code, `Token ${id} is not allowed ${where}`);
  }

  #assertOutside(verb: string): void {
    if (this.#machine.open !== null) throw new RecallError("IN_SPAN", `${verb} is not for an open recall span`);
  }

  #assertUsable(): void {
    if (this.#closed) throw new RecallError("CLOSED", "The session is closed");
  }
}

function startState(options: RecallTextSessionOptions) {
  const { settings, sequence } = startTextSession(options);
  return { settings, machine: new TextMachine(settings, sequence) };
}
