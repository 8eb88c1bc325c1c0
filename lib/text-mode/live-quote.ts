import { RecallError } from "../base/errors.js";
import type { RecallSource } from "../session/document-layout.js";
import type { QuoteView } from "../session/quote.js";
import { unescapeJson } from "./json-escape.js";
import type { ClosedTextSpan, OpenTextSpan, TextOpening } from "./open-span.js";
import type { TextMachine } from "./machine.js";
import type { TextSetup } from "./setup.js";
import { findTextSources } from "./sources.js";

/** A quote of a session as it is now; of one that is gone, as it was when it was looked at last. */
export class LiveTextQuote implements QuoteView {
  readonly #opening: TextOpening;
  readonly #machine: TextMachine;
  readonly #setup: TextSetup;
  readonly #assertUsable: () => void;
  #last: { open: boolean; length: number; bytes: () => Uint8Array } = { open: true, length: 0, bytes: () => NO_BYTES };

  constructor(opening: TextOpening, machine: TextMachine, setup: TextSetup, assertUsable: () => void) {
    this.#opening = opening;
    this.#machine = machine;
    this.#setup = setup;
    this.#assertUsable = assertUsable;
  }

  get start(): number {
    return this.#opening.start;
  }

  get length(): number {
    return this.#now().length;
  }

  get open(): boolean {
    return this.#now().open;
  }

  copyBytes(): Uint8Array {
    const { bytes, length } = this.#now();
    return bytes().slice(0, length);
  }

  copyTokens(): undefined {
    return undefined;
  }

  readText(): string {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const decoded = decoder.decode(this.copyBytes(), { stream: this.open });
    return this.#setup.json ? unescapeJson(decoded) : decoded;
  }

  find(limit: number): RecallSource[] {
    this.#assertUsable();
    if (this.#machine.find(this.#opening) === undefined) {
      throw new RecallError("SPAN_UNDONE", "The span has been undone");
    }
    return findTextSources(this.#setup.engine, this.#machine.sequence, this.#opening, this.copyBytes(), limit);
  }

  #now() {
    const span: OpenTextSpan | ClosedTextSpan | undefined = this.#machine.find(this.#opening);
    if (span === undefined) return this.#last;
    if ("quote" in span) {
      const { quote } = span;
      return (this.#last = { open: false, length: quote.length, bytes: () => quote });
    }
    return (this.#last = { open: true, length: this.#machine.quoteLength(span), bytes: () => span.bytes });
  }
}

const NO_BYTES = new Uint8Array(0);
