import { StringDecoder } from "node:string_decoder";
import type { Token } from "node-llama-cpp";
import type { RecallTextSession } from "../text-mode/session.js";
import type { TokenVocabulary } from "../vocabulary/token-vocabulary.js";
import type { AnswerEvent, QuoteSource } from "./reader.js";
import type { Tags } from "./tag-prompt.js";

/** A quote's bytes in an answer, its tags around them. */
export interface TaggedSpan {
  start: number;
  end: number;
  /** Whether its closing tag is still to come. */
  open: boolean;
}

/** The quote of an answer that has this index, if it has begun. Each is asked for until it is told to be closed. */
export type FindSpan = (answer: Buffer, index: number) => TaggedSpan | undefined;

/** The quotes between tags in a text, wherever they come from. */
export function searchTags(tags: Tags): FindSpan {
  const [startTag, endTag] = [Buffer.from(tags.start), Buffer.from(tags.end)];
  /** Where to look on, past what cannot be the beginning of the tag that is looked for. */
  let from = 0;
  /** Where the quote that is open starts; -1: none is. */
  let start = -1;
  let count = 0;
  return (answer, index) => {
    if (start === -1) {
      const at = answer.indexOf(startTag, from);
      from = at === -1 ? Math.max(from, answer.length - startTag.length + 1) : at + startTag.length;
      if (at === -1) return undefined;
      start = from;
      count++;
    }
    if (index >= count) return undefined;
    const end = answer.indexOf(endTag, from);
    if (end === -1) {
      from = Math.max(from, answer.length - endTag.length + 1);
      return { start, end: answer.length, open: true };
    }
    const span = { start, end, open: false };
    [from, start] = [end + endTag.length, -1];
    return span;
  };
}

/** The quotes as the session knows them: a closing tag may be a part of what is quoted. */
export function copiedSpans(session: RecallTextSession): FindSpan {
  let answerStart: number | undefined;
  let before = 0;
  return (answer, index) => {
    if (answerStart === undefined) {
      answerStart = session.contextLength - answer.length;
      while ((session.quotes.at(before)?.start ?? Infinity) < answerStart) before++;
    }
    const quote = session.quotes.at(before + index);
    return quote && { start: quote.start - answerStart, end: quote.end - answerStart, open: quote.open };
  };
}

/** Makes text and quotes of an answer's tokens; tags are not shown. */
export class TagAnswerReader {
  readonly #vocabulary: TokenVocabulary;
  readonly #startTag: Buffer;
  readonly #endTag: Buffer;
  readonly #findSpan: FindSpan;
  readonly #findSources: (quote: Buffer) => QuoteSource[];
  readonly #decoder = new StringDecoder("utf8");
  #memory = Buffer.alloc(1024);
  #answer = this.#memory.subarray(0, 0);
  /** Bytes of the answer that were shown or left out. */
  #done = 0;
  /** Quotes that have ended. */
  #ended = 0;
  #inQuote = false;

  /** @param findSources where the quote that was generated last stands */
  constructor(
    vocabulary: TokenVocabulary,
    tags: Tags,
    findSpan: FindSpan,
    findSources: (quote: Buffer) => QuoteSource[],
  ) {
    this.#vocabulary = vocabulary;
    this.#startTag = Buffer.from(tags.start);
    this.#endTag = Buffer.from(tags.end);
    this.#findSpan = findSpan;
    this.#findSources = findSources;
  }

  *read(token: Token): Generator<AnswerEvent> {
    this.#append(this.#vocabulary.bytes(token));
    yield* this.#show(false);
  }

  /** No token follows. */
  *end(): Generator<AnswerEvent> {
    yield* this.#show(true);
  }

  *#show(last: boolean): Generator<AnswerEvent> {
    if (this.#answer.length === 0) return;
    for (let span = this.#span(); span !== undefined; span = this.#span()) {
      if (!this.#inQuote) {
        yield* this.#pass(span.start - this.#startTag.length, true);
        this.#done = span.start;
        this.#inQuote = true;
        yield { type: "quote-start" };
      }
      if (span.open && !last) {
        yield* this.#pass(Math.min(span.end, this.#settled(this.#endTag)), false);
        return;
      }
      yield* this.#closeQuote(span);
      this.#done = span.open ? this.#answer.length : span.end + this.#endTag.length;
    }
    yield* this.#pass(last ? this.#answer.length : this.#settled(this.#startTag), last);
  }

  #span(): TaggedSpan | undefined {
    return this.#findSpan(this.#answer, this.#ended);
  }

  #append(bytes: Uint8Array): void {
    const { length } = this.#answer;
    if (length + bytes.length > this.#memory.length) {
      const memory = Buffer.alloc(2 * (length + bytes.length));
      this.#answer.copy(memory);
      this.#memory = memory;
    }
    this.#memory.set(bytes, length);
    this.#answer = this.#memory.subarray(0, length + bytes.length);
  }

  *#closeQuote({ start, end, open }: TaggedSpan): Generator<AnswerEvent> {
    yield* this.#pass(end, true);
    const quote = this.#answer.subarray(start, end);
    this.#inQuote = false;
    this.#ended++;
    yield { type: "quote-end", quote: { text: quote.toString(), sources: this.#findSources(quote), closed: !open } };
  }

  /** How much of the answer cannot be the beginning of a tag. */
  #settled(tag: Buffer): number {
    const { length } = this.#answer;
    let pending = Math.min(tag.length - 1, length);
    while (pending > 0 && !this.#answer.subarray(length - pending).equals(tag.subarray(0, pending))) pending--;
    return length - pending;
  }

  /** Shows the answer up to a byte; a character that is cut there is shown only where `whole`. */
  *#pass(end: number, whole: boolean): Generator<AnswerEvent> {
    let text = "";
    if (end > this.#done) {
      text = this.#decoder.write(this.#answer.subarray(this.#done, end));
      this.#done = end;
    }
    if (whole) text += this.#decoder.end();
    if (text !== "") yield { type: this.#inQuote ? "quote-text" : "text", text };
  }
}
