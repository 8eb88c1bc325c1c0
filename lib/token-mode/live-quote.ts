import { RecallError } from "../base/errors.js";
import type { RecallSource } from "../session/document-layout.js";
import type { Decode, QuoteView } from "../session/quote.js";
import type { TokenMachine } from "./machine.js";
import type { ClosedSpan, OpenSpan, SpanOpening } from "./open-span.js";
import { findSources } from "./sources.js";

/** A quote of a session as it is now; of one that is gone, as it was when it was looked at last. */
export class LiveTokenQuote implements QuoteView {
  readonly #opening: SpanOpening;
  readonly #machine: TokenMachine;
  readonly #decode: Decode | undefined;
  readonly #assertUsable: () => void;
  #last: OpenSpan | ClosedSpan;

  constructor(opening: SpanOpening, machine: TokenMachine, decode: Decode | undefined, assertUsable: () => void) {
    this.#opening = opening;
    this.#machine = machine;
    this.#decode = decode;
    this.#assertUsable = assertUsable;
    this.#last = machine.find(opening)!;
  }

  get start(): number {
    return this.#opening.start;
  }

  get length(): number {
    return this.#now().end - this.start;
  }

  get open(): boolean {
    return !("closedByToken" in this.#now());
  }

  readText(): string | undefined {
    return this.#decode?.(this.copyTokens());
  }

  copyTokens(): Int32Array {
    return this.#now().tokens.slice();
  }

  copyBytes(): undefined {
    return undefined;
  }

  find(limit: number): RecallSource[] {
    this.#assertUsable();
    const now = this.#machine.find(this.#opening);
    if (now === undefined) throw new RecallError("SPAN_UNDONE", "The span has been undone");
    return findSources(this.#machine.sequence, this.#opening, now.tokens, limit);
  }

  #now(): OpenSpan | ClosedSpan {
    return (this.#last = this.#machine.find(this.#opening) ?? this.#last);
  }
}
