import type { Plan } from "../../schema/plan/plan.js";
import type { RecallSource } from "../../session/document-layout.js";
import { TokenTree } from "../../vocabulary/tree.js";
import type { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import type { QuotableDocuments } from "../quotes/documents.js";
import type { QuoteReading } from "../quotes/reading.js";
import { unionOf } from "../../engine/ascending.js";
import { type Continuation, Reading, TEXT_END } from "../texts/threads.js";
import { TokenMasks } from "../texts/token-masks.js";
import type { Values } from "../texts/values.js";

/** A quote that was written. */
export interface WrittenQuote {
  /** Offset in the text of its first byte, behind the opening mark. */
  readonly start: number;
  readonly text: string;
  readonly sources: RecallSource[];
}

interface OpenQuote {
  readonly reading: QuoteReading;
  readonly then: Continuation;
  readonly start: number;
}

/** At most so many bytes are written at once without a choice: a schema may ask for any number of them. */
const MOST_FORCED = 4096;

/** Marks behind which what is written without a choice may stop, so that no word is begun for the model. */
const MARKS: ReadonlySet<number> = new Set(new TextEncoder().encode('{}[],:"'));

/** JSON text for a plan, without white space, while it is written: which tokens may come, and what has to. */
export class JsonConstraint {
  readonly quotes: WrittenQuote[] = [];
  readonly #vocabulary: TokenVocabulary;
  readonly #documents: QuotableDocuments;
  readonly #masks: TokenMasks;
  #reading = new Reading();
  #open: OpenQuote[] = [];
  /** Bytes that are written. */
  #length = 0;

  /** @param values of the plan: some that the documents have the quotes for */
  constructor(plan: Plan, values: Values, vocabulary: TokenVocabulary, documents: QuotableDocuments) {
    this.#vocabulary = vocabulary;
    this.#documents = documents;
    this.#masks = new TokenMasks(TokenTree.of(vocabulary.table), vocabulary.size);
    values.begin(plan.root, this.#reading, TEXT_END);
  }

  /** Whether the text is whole and cannot go on. */
  get isDone(): boolean {
    return this.#reading.isWhole && this.#open.length === 0 && this.#reading.threadCount === 1;
  }

  /**
   * Writes what has to come, as far as there is no choice, and returns it; where that is long, a part of it. Nothing where a token has just begun a
   * character: the rest of that is no text by itself.
   */
  force(): string {
    const written: number[] = [];
    /** After each byte. */
    const readings: Reading[] = [];
    let reading = this.#reading;
    let byte = this.#open.length > 0 ? -1 : reading.onlyByte();
    if (isInsideCharacter(byte)) return "";
    for (; byte >= 0 && written.length < MOST_FORCED; byte = reading.quotes.length > 0 ? -1 : reading.onlyByte()) {
      reading = reading.after(byte);
      written.push(byte);
      readings.push(reading);
    }
    const isEnd = reading.isWhole || reading.quotes.length > 0;
    let length = isEnd ? written.length : lengthToMark(written);
    if (byte >= 0) length = lengthOfCharacters(written, byte);
    if (length === 0) return "";
    this.#length += length;
    this.#take(readings[length - 1]);
    return new TextDecoder().decode(Uint8Array.from(written.slice(0, length)));
  }

  /** The tokens that may come next, ascending. */
  allowed(): Int32Array {
    const sets = this.#open.map(({ reading }) => reading.allowed());
    if (this.#reading.threadCount > 0) sets.push(this.#masks.of(this.#reading));
    return sets.reduce(unionOf);
  }

  /** Writes a token; false, and nothing changes, where it is not allowed. */
  accept(token: number): boolean {
    const bytes = this.#vocabulary.view(token);
    if (bytes.length === 0) return false;
    let next = this.#reading;
    for (const byte of bytes) next = next.after(byte);
    const going = this.#open.filter(({ reading }) => reading.accept(token));
    if (next.isEmpty && going.length === 0) return false;
    this.#length += bytes.length;
    for (const open of this.#open) if (!going.includes(open)) open.reading.close();
    this.#open = going;
    this.#closeQuotes(next);
    this.#take(next);
    return true;
  }

  close(): void {
    for (const { reading } of this.#open) reading.close();
    this.#open = [];
  }

  /** Quotes that have just been closed lead on. */
  #closeQuotes(next: Reading): void {
    const closed = this.#open.filter(({ reading }) => reading.quote !== null);
    this.#open = this.#open.filter((open) => !closed.includes(open));
    for (const { reading, then, start } of closed) {
      const { text, sources } = reading.quote!;
      this.quotes.push({ start, text, sources });
      then.follow(next, "");
      reading.close();
    }
  }

  #take(reading: Reading): void {
    for (const { plan, then } of reading.quotes) {
      this.#open.push({ reading: this.#documents.begin(plan), then, start: this.#length });
    }
    this.#reading = reading;
  }
}

/** Whether UTF-8 has this byte behind the first one of a character only. */
function isInsideCharacter(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** The bytes that are whole characters, where `next` follows them. */
function lengthOfCharacters(bytes: readonly number[], next: number): number {
  let length = bytes.length;
  for (let byte = next; isInsideCharacter(byte); byte = bytes[length]) length--;
  return length;
}

function lengthToMark(bytes: readonly number[]): number {
  let length = bytes.length;
  while (length > 0 && !MARKS.has(bytes[length - 1])) length--;
  return length;
}
