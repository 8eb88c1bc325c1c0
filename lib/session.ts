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
import { bitmaskWords, writeBitmask } from "./session/bitmask.js";
import type { Sampling } from "./engine/engine.js";
import { RecallError, type RecallErrorCode } from "./errors.js";
import type { SpanOpening } from "./session/open-span.js";
import { expectSegmentNames } from "./session/segments.js";
import { checkAppend, contextFull, type AppendOptions } from "./session/sequence.js";
import { startSession, type RecallSessionOptions, type SessionSettings } from "./session/session-options.js";
import { findSources } from "./session/sources.js";
import { SpanMachine } from "./session/span-machine.js";
import { RecallSpan } from "./span.js";

/** Options of {@link RecallSession.beginSpan}. */
export interface BeginSpanOptions {
  /** Search these segments only. */
  segments?: readonly string[];
  /** Token ids that close the span, in place of the end token. */
  end?: TokenInput;
}

/** Options of {@link RecallSession.draft}. */
export interface DraftOptions {
  /** `"agreed"` (the default): the tokens on which all candidates agree. `"latest"`: those after the latest one. */
  choose?: "agreed" | "latest";
}

/** What a fork starts with, in place of options. */
class ForkedState {
  constructor(
    readonly settings: SessionSettings,
    readonly machine: SpanMachine,
  ) {}
}

/**
 * One generation: its searchable context, its recall spans, and the mask that keeps each span an exact copy of
 * something in the context (RecaLLM, sections 3.1 and B.1; `docs/semantics.md` settles the details).
 *
 * A verb that throws leaves the session as it was, but for `truncate` into a closed span when memory runs out: the
 * session then stands before that span. Arguments are read before the session's state is looked at.
 */
export class RecallSession {
  readonly #settings: SessionSettings;
  readonly #machine: SpanMachine;
  #closed = false;

  /**
   * @throws TypeError, RangeError for options that are not as {@link RecallSessionOptions} says, or that differ from
   *   those of `context`
   * @throws RecallError `NOT_FROZEN`, `CLOSED` for `context`; `BACKEND_UNAVAILABLE` where `backend: "native"` cannot
   *   be loaded
   */
  constructor(options: RecallSessionOptions);
  /** @internal */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- what is declared to callers leaves this one out
  constructor(fork: ForkedState);
  constructor(start: RecallSessionOptions | ForkedState) {
    const { settings, machine } = start instanceof ForkedState ? start : startState(start);
    this.#settings = settings;
    this.#machine = machine;
  }

  /** The engine in use. */
  get backend(): "native" | "javascript" {
    return this.#settings.vocabulary.engine.name;
  }

  /** The tokenizer's id count. */
  get vocabSize(): number {
    return this.#settings.vocabulary.vocabSize;
  }

  /** The token that opens a recall span when it is accepted; `undefined` where only `beginSpan` opens one. */
  get startTokenId(): number | undefined {
    return this.#settings.vocabulary.startTokenId;
  }

  /** The token that closes a recall span; `undefined` where `endSpan` or a span's own `end` does. */
  get endTokenId(): number | undefined {
    return this.#settings.vocabulary.endTokenId;
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
   * Tokens appended and accepted, those of the open span and its start token included.
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
  get spans(): RecallSpan[] {
    this.#assertUsable();
    const { closedSpans, open, sequence } = this.#machine;
    const spans = closedSpans.map(({ opening, end }) =>
      this.#describe(opening, sequence.read(opening.start, end), false),
    );
    if (open !== null) spans.push(this.#describe(open.opening, open.tokens, true));
    return spans;
  }

  /**
   * Adds tokens to the searchable context: to the current unnamed run, or with `segment` as a document of its own.
   * Delimiters among them open and close nothing; like all barriers they end a run.
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `IN_SPAN`, `SEGMENT_EXISTS`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  append(tokens: TokenInput, options?: AppendOptions): void {
    const checked = checkAppend(tokens, options, this.#settings.vocabulary);
    this.#assertUsable();
    this.#assertOutside("append");
    this.#machine.sequence.append(checked, this.#settings.maxContextTokens);
  }

  /**
   * Takes the token that was generated. The start token opens a span, a closing token closes it.
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
    const before = this.#machine.length;
    try {
      for (const id of ids) {
        const refusal = this.#machine.step(id);
        if (refusal !== null) throw this.#refusal(refusal, id);
      }
    } catch (error) {
      this.#machine.truncate(before);
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
    const before = this.#machine.length;
    try {
      const refused = ids.findIndex((id) => this.#machine.step(id) !== null);
      return refused === -1 ? ids.length : refused;
    } finally {
      this.#machine.truncate(before);
    }
  }

  /**
   * The ids that may come next, ascending, closing tokens included; `null` outside a span, where all may. The array
   * is the session's and holds until its next verb.
   * @throws RecallError `CLOSED`
   */
  allowed(): Int32Array | null {
    this.#assertUsable();
    return this.#machine.open?.allowed() ?? null;
  }

  /**
   * Whether `token` may come next.
   * @throws TypeError, RangeError for an id outside [0, vocabSize)
   * @throws RecallError `CLOSED`
   */
  allows(token: number | bigint): boolean {
    this.#assertUsable();
    const id = this.#toId(token);
    return this.#machine.open?.allows(id) ?? true;
  }

  /**
   * Writes the allowed ids as a bitmask: bit `i % 32` of word `i >> 5` is 1 where id `i` is allowed. The whole row is
   * written: inside a span ids from `vocabSize` on are 0, outside all bits are 1.
   * @param words `ceil(width / 32)` words, for a row of `width >= vocabSize` logits
   * @returns whether the mask needs applying: inside a span
   * @throws TypeError, RangeError for `words`
   * @throws RecallError `CLOSED`
   */
  fillBitmask(words: Int32Array): boolean {
    const row = expectWords("words", words, bitmaskWords(this.vocabSize));
    this.#assertUsable();
    const { open } = this.#machine;
    if (open === null) row.fill(-1);
    else writeBitmask(row, open.allowed());
    return open !== null;
  }

  /**
   * Masks a row of logits in place: inside a span every entry that is not allowed is set to `maskValue`, those from
   * `vocabSize` on included; allowed entries keep their bits. Outside a span the row is left alone.
   * @param logits at least `vocabSize` entries; a view into a larger buffer will do
   * @returns whether the row was masked: inside a span
   * @throws TypeError, RangeError for `logits`
   * @throws RecallError `CLOSED`
   */
  apply(logits: Float32Array): boolean {
    const row = expectRow("logits", logits, this.vocabSize);
    this.#assertUsable();
    const { open } = this.#machine;
    if (open === null) return false;
    this.#settings.vocabulary.engine.maskedFill(row, open.allowed(), this.#settings.maskValue);
    return true;
  }

  /**
   * Tokens to propose to the model: a copy in advance, acceptable as far as the context has room. Never to be forced,
   * since the closing token is as legal. Empty outside a span.
   * @param max at most so many tokens
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `CLOSED`
   */
  draft(max: number, options?: DraftOptions): Int32Array {
    expectInteger("max", max, 0, COUNT_LIMIT);
    const { choose = "agreed" } = expectOptions("options", options);
    const latest = expectOneOf("choose", choose, ["agreed", "latest"]) === "latest";
    this.#assertUsable();
    return this.#machine.open?.draft(max, latest) ?? new Int32Array(0);
  }

  /**
   * Opens a span without a start token.
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `IN_SPAN`, `SEGMENT_UNKNOWN`, `CLOSED`
   */
  beginSpan(options?: BeginSpanOptions): void {
    const { segments, end } = expectOptions("options", options);
    const names = segments === undefined ? null : expectSegmentNames(segments);
    const ends = end === undefined ? null : expectIntegers("end", end, this.vocabSize);
    this.#assertUsable();
    this.#assertOutside("beginSpan");
    const ranges = names === null ? null : this.#machine.sequence.segments.rangesOf(names);
    this.#machine.begin(ranges, ends === null ? null : Int32Array.from(new Set(ends)).sort());
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
   * Undoes tokens, appended and accepted alike: the session is as it was when it last had this length. Cutting into
   * a closed span opens it again.
   * @param length in [length of the shared context or 0, contextLength]
   * @throws TypeError, RangeError for `length`
   * @throws RecallError `CLOSED`
   */
  truncate(length: number): void {
    this.#assertUsable();
    expectInteger("length", length, this.#settings.base.length, this.#machine.length + 1);
    this.#machine.truncate(length);
  }

  /**
   * Undoes the last `count` tokens: `truncate(contextLength - count)`.
   * @throws TypeError, RangeError for `count`
   * @throws RecallError `CLOSED`
   */
  rollback(count: number): void {
    this.#assertUsable();
    const { length } = this.#machine;
    expectInteger("count", count, 0, length - this.#settings.base.length + 1);
    this.#machine.truncate(length - count);
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
  fork(): RecallSession {
    this.#assertUsable();
    return new RecallSession(new ForkedState(this.#settings, this.#machine.fork()));
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

  /** @internal Draws a token: inside a span from the allowed ids, and only those entries of the row are read. */
  drawToken(logits: Float32Array, sampling: Sampling, uniform: number): number {
    const row = expectRow("logits", logits, this.vocabSize);
    this.#assertUsable();
    const ids = this.#machine.open?.allowed() ?? null;
    return this.#settings.vocabulary.engine.sample(row, this.vocabSize, ids, sampling, uniform);
  }

  /** @internal */
  get usable(): boolean {
    return !this.#closed;
  }

  #describe(opening: SpanOpening, tokens: Int32Array, open: boolean): RecallSpan {
    return new RecallSpan(tokens, opening.start, open, (limit) => {
      this.#assertUsable();
      if (!this.#machine.holds(opening)) throw new RecallError("SPAN_UNDONE", "The span has been undone");
      return findSources(this.#machine.sequence, opening, tokens, limit);
    });
  }

  #toId(token: number | bigint): number {
    if (typeof token === "number" && token >>> 0 === token && token < this.#settings.vocabulary.vocabSize) return token;
    return expectId("token", token, this.#settings.vocabulary.vocabSize);
  }

  #refusal(code: RecallErrorCode, id: number): RecallError {
    if (code === "CONTEXT_FULL") return contextFull(this.#settings.maxContextTokens, "tokens");
    return new RecallError(code, `Token ${id} is not allowed here in the open recall span`);
  }

  #assertOutside(verb: string): void {
    if (this.#machine.open !== null) throw new RecallError("IN_SPAN", `${verb} is not for an open recall span`);
  }

  #assertUsable(): void {
    if (this.#closed) throw new RecallError("CLOSED", "The session is closed");
  }
}

function startState(options: RecallSessionOptions) {
  const { settings, sequence } = startSession(options);
  return { settings, machine: new SpanMachine(settings, sequence) };
}
