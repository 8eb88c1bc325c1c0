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
} from "../base/arguments.js";
import type { Engine, Sampling } from "../engine/engine.js";
import { RecallError, type RecallErrorCode } from "../base/errors.js";
import { bitmaskWords, writeBitmask } from "./bitmask.js";
import { contextFull } from "./context-full.js";

/** Options of {@link DecodingSession.draft}. */
export interface DraftOptions {
  /** `"agreed"` (the default): the tokens on which all candidates agree. `"latest"`: those after the latest one. */
  choose?: "agreed" | "latest";
}

/**
 * Where a token that was accepted has left the session: outside a recall span, at the beginning of one that it opened,
 * inside one, or behind one that it closed; `"closed"` too where one token of text opens a span and closes it.
 */
export type SpanState = "outside" | "opened" | "inside" | "closed";

/** A session's state: its sequence, the spans closed in it and the one that is open. Arguments come checked. */
export interface DecodingMachine {
  /** The open span. */
  readonly open: object | null;
  /** The spans that were closed, in order. */
  readonly closedSpans: readonly object[];
  /** The present state, for `restore`. */
  readonly mark: number;
  /** Back to an earlier state. */
  restore(mark: number): void;
  /** Accepts an id, or says why not and changes nothing. */
  step(id: number): RecallErrorCode | null;
  /** The ids that may come next, ascending; `null`: all. */
  allowed(): Int32Array | null;
  allows(id: number): boolean;
  /** Tokens to propose, at most `max`; none outside a span. */
  draft(max: number, latest: boolean): Int32Array;
  /** Closes the open span without a token. */
  end(): void;
  /** Back to what the session was built on. */
  reset(): void;
  close(): void;
}

/** What the verbs of decoding need to know of a session's settings. */
export interface DecodingSettings {
  readonly vocabSize: number;
  /** Works on rows of logits. */
  readonly engine: Engine;
  readonly maskValue: number;
  /** The sequence may not grow past this many of its units. */
  readonly maxContext: number;
  readonly unit: "tokens" | "bytes";
}

/** What a fork starts with, in place of options. */
export class ForkedState<Settings, Machine> {
  constructor(
    readonly settings: Settings,
    readonly machine: Machine,
  ) {}
}

/** What token mode and text mode have in common: the verbs of one generation that are about its tokens. */
export abstract class DecodingSession {
  readonly #machine: DecodingMachine;
  readonly #settings: DecodingSettings;
  #closed = false;
  /** The state to go back to before anything else is done. */
  #owed: number | null = null;

  /** @internal */
  constructor(machine: DecodingMachine, settings: DecodingSettings) {
    this.#machine = machine;
    this.#settings = settings;
  }

  /** @internal Whether it is a session, and not something that only looks like one. */
  static is(value: unknown): value is DecodingSession {
    return typeof value === "object" && value !== null && #machine in value;
  }

  /** The engine in use. */
  get backend(): "native" | "javascript" {
    return this.#settings.engine.name;
  }

  /** The tokenizer's id count. */
  get vocabSize(): number {
    return this.#settings.vocabSize;
  }

  /**
   * Whether a recall span is open.
   * @throws RecallError `CLOSED`
   */
  get inSpan(): boolean {
    this.assertUsable();
    return this.#machine.open !== null;
  }

  /**
   * Takes the token that was generated. The start token, or completing the opening tag, opens a span; a closing token,
   * or completing the closing tag, closes it.
   * @returns what became of it
   * @throws TypeError, RangeError for an id outside [0, vocabSize)
   * @throws RecallError `TOKEN_NOT_ALLOWED`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  accept(token: number | bigint): SpanState {
    this.assertUsable();
    return this.#step(this.#toId(token));
  }

  /**
   * Takes several tokens, all or none.
   * @returns what became of the last; of none, where the session stands
   * @throws as {@link accept} does
   */
  acceptAll(tokens: TokenInput): SpanState {
    const ids = expectIntegers("tokens", tokens, this.vocabSize);
    this.assertUsable();
    const before = this.#machine.mark;
    let state: SpanState = this.inSpan ? "inside" : "outside";
    try {
      for (const id of ids) state = this.#step(id);
      return state;
    } catch (error) {
      this.#takeBack(before);
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
    this.assertUsable();
    const before = this.#machine.mark;
    try {
      const refused = ids.findIndex((id) => this.#machine.step(id) !== null);
      return refused === -1 ? ids.length : refused;
    } finally {
      this.#takeBack(before);
    }
  }

  /**
   * The ids that may come next, ascending, closing tokens included; `null` where all may. That is so outside a span,
   * unless in text mode some token would open one with bytes that no quote begins with. The array is a copy.
   * @throws RecallError `CLOSED`
   */
  allowed(): Int32Array | null {
    return this.#next()?.slice() ?? null;
  }

  /**
   * Whether `token` may come next.
   * @throws TypeError, RangeError for an id outside [0, vocabSize)
   * @throws RecallError `CLOSED`
   */
  allows(token: number | bigint): boolean {
    this.assertUsable();
    return this.#machine.allows(this.#toId(token));
  }

  /**
   * Writes the allowed ids as a bitmask: bit `i % 32` of word `i >> 5` is 1 where id `i` is allowed. The whole row is
   * written: ids from `vocabSize` on are 0; where `allowed()` is `null`, as outside a span, all bits are 1.
   * @param words `ceil(width / 32)` words, for a row of `width >= vocabSize` logits
   * @returns whether the mask needs applying
   * @throws TypeError, RangeError for `words`
   * @throws RecallError `CLOSED`
   */
  fillBitmask(words: Int32Array): boolean {
    const row = expectWords("words", words, bitmaskWords(this.vocabSize));
    const allowed = this.#next();
    if (allowed === null) row.fill(-1);
    else writeBitmask(row, allowed);
    return allowed !== null;
  }

  /**
   * Masks a row of logits in place: every entry that is not allowed is set to `maskValue`, those from `vocabSize` on
   * included; allowed entries keep their bits. Where `allowed()` is `null`, as outside a span, the row is left alone.
   * @param logits at least `vocabSize` entries; a view into a larger buffer will do
   * @returns whether the row was masked
   * @throws TypeError, RangeError for `logits`
   * @throws RecallError `CLOSED`
   */
  apply(logits: Float32Array): boolean {
    const row = expectRow("logits", logits, this.vocabSize);
    const allowed = this.#next();
    if (allowed !== null) this.#settings.engine.maskedFill(row, allowed, this.#settings.maskValue);
    return allowed !== null;
  }

  /**
   * Tokens to propose to the model: a copy in advance, acceptable as far as the context has room. Never to be forced,
   * since closing the span may be as legal. Empty outside a span.
   * @param max at most so many tokens
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `CLOSED`
   */
  draft(max: number, options?: DraftOptions): Int32Array {
    expectInteger("max", max, 0, COUNT_LIMIT);
    const { choose = "agreed" } = expectOptions("options", options);
    const latest = expectOneOf("choose", choose, ["agreed", "latest"]) === "latest";
    this.assertUsable();
    return this.#machine.draft(max, latest);
  }

  /**
   * Closes the open span without a token, however it was opened.
   * @throws RecallError `NOT_IN_SPAN`, `CLOSED`
   */
  endSpan(): void {
    this.assertUsable();
    if (this.#machine.open === null) throw new RecallError("NOT_IN_SPAN", "endSpan needs an open recall span");
    this.#machine.end();
  }

  /**
   * Back to the state after construction.
   * @throws RecallError `CLOSED`
   */
  reset(): void {
    this.assertUsable();
    this.#machine.reset();
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
  tryAccept(token: unknown): SpanState | RecallErrorCode | "OUT_OF_RANGE" {
    if (this.#closed) return "CLOSED";
    if (typeof token !== "number" || token >>> 0 !== token || token >= this.vocabSize) return "OUT_OF_RANGE";
    try {
      this.assertUsable();
      return this.#tryStep(token);
    } catch (error) {
      if (error instanceof RecallError) return error.code;
      throw error;
    }
  }

  /** @internal Draws a token from the allowed ids; only those entries of the row are read. */
  drawToken(logits: Float32Array, sampling: Sampling, uniform: number): number {
    const row = expectRow("logits", logits, this.vocabSize);
    return this.#settings.engine.sample(row, this.vocabSize, this.#next(), sampling, uniform);
  }

  /** @internal Works out what may come next, so that whoever asks finds it ready. */
  prepare(): void {
    this.#next();
  }

  /** @internal */
  get usable(): boolean {
    return !this.#closed;
  }

  /** @internal */
  protected assertUsable(): void {
    if (this.#closed) throw new RecallError("CLOSED", "The session is closed");
    if (this.#owed !== null) this.#takeBack(this.#owed);
  }

  /** Takes back what a verb has tried. Where memory runs out, the next verb does so first. */
  #takeBack(mark: number): void {
    this.#owed = mark;
    // A span that could not be opened again is gone, and what came after it: nothing is owed then.
    if (this.#machine.mark >= mark) this.#machine.restore(mark);
    this.#owed = null;
  }

  /** @internal For a verb that is only for a session that is usable and has no span open. */
  protected assertOutside(verb: string): void {
    this.assertUsable();
    if (this.#machine.open !== null) throw new RecallError("IN_SPAN", `${verb} is not for an open recall span`);
  }

  /** What `allowed` copies: the session's own, not to be handed out. */
  #next(): Int32Array | null {
    this.assertUsable();
    return this.#machine.allowed();
  }

  #step(id: number): SpanState {
    const outcome = this.#tryStep(id);
    if (isRefusal(outcome)) throw this.#refusal(outcome, id);
    return outcome;
  }

  #tryStep(id: number): SpanState | RecallErrorCode {
    const machine = this.#machine;
    const wasOpen = machine.open !== null;
    const closed = machine.closedSpans.length;
    const refusal = machine.step(id);
    if (refusal !== null) return refusal;
    if (machine.closedSpans.length > closed) return "closed";
    if (machine.open === null) return "outside";
    return wasOpen ? "inside" : "opened";
  }

  #toId(token: number | bigint): number {
    if (typeof token === "number" && token >>> 0 === token && token < this.#settings.vocabSize) return token;
    return expectId("token", token, this.#settings.vocabSize);
  }

  #refusal(code: RecallErrorCode, id: number): RecallError {
    if (code === "CONTEXT_FULL") return contextFull(this.#settings.maxContext, this.#settings.unit);
    const where = this.#machine.open === null ? "here: it opens no recall span" : "here in the open recall span";
    return new RecallError(code, `Token ${id} is not allowed ${where}`);
  }
}

function isRefusal(outcome: SpanState | RecallErrorCode): outcome is RecallErrorCode {
  return outcome !== "outside" && outcome !== "inside" && outcome !== "opened" && outcome !== "closed";
}
