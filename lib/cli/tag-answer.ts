import { StringDecoder } from "node:string_decoder";
import type { Token } from "node-llama-cpp";
import type { RecallTextSession } from "../hosts/node-llama-cpp.js";
import type { TokenVocabulary } from "../vocabulary/token-vocabulary.js";
import type { AnswerEvent, QuoteSource } from "./answer.js";
import type { Tags } from "./tag-prompt.js";

/** A quote's bytes in an answer, its tags around them. */
export interface TaggedSpan {
  start: number;
  end: number;
  /** Whether its closing tag is still to come. */
  open: boolean;
}

/** The quotes of an answer so far, in order. */
export type FindSpans = (answer: Buffer) => readonly TaggedSpan[];

/** The quotes between tags in a text, wherever they come from. */
export function searchTags(tags: Tags): FindSpans {
  const startLength = Buffer.byteLength(tags.start);
  const endLength = Buffer.byteLength(tags.end);
  return (answer) => {
    const spans: TaggedSpan[] = [];
    let at = answer.indexOf(tags.start);
    while (at !== -1) {
      const start = at + startLength;
      const end = answer.indexOf(tags.end, start);
      spans.push({ start, end: end === -1 ? answer.length : end, open: end === -1 });
      at = end === -1 ? -1 : answer.indexOf(tags.start, end + endLength);
    }
    return spans;
  };
}

/** The quotes as the session knows them: a closing tag may be a part of what is quoted. */
export function copiedSpans(session: RecallTextSession): FindSpans {
  let answerStart: number | undefined;
  return (answer) => {
    answerStart ??= session.contextLength - answer.length;
    const from = answerStart;
    return session.spans
      .filter(({ start }) => start >= from)
      .map(({ start, end, open }) => ({ start: start - from, end: end - from, open }));
  };
}

/** Makes text and quotes of an answer's tokens; tags are not shown. */
export class TagAnswerReader {
  readonly #vocabulary: TokenVocabulary;
  readonly #startTag: Buffer;
  readonly #endTag: Buffer;
  readonly #findSpans: FindSpans;
  readonly #findSources: (quote: Buffer) => QuoteSource[];
  readonly #decoder = new StringDecoder("utf8");
  #answer = Buffer.alloc(0);
  /** Bytes of the answer that were shown or left out. */
  #done = 0;
  /** Quotes that have ended. */
  #ended = 0;
  #inQuote = false;

  /** @param findSources where the quote that was generated last stands */
  constructor(
    vocabulary: TokenVocabulary,
    tags: Tags,
    findSpans: FindSpans,
    findSources: (quote: Buffer) => QuoteSource[],
  ) {
    this.#vocabulary = vocabulary;
    this.#startTag = Buffer.from(tags.start);
    this.#endTag = Buffer.from(tags.end);
    this.#findSpans = findSpans;
    this.#findSources = findSources;
  }

  *read(token: Token): Generator<AnswerEvent> {
    this.#answer = Buffer.concat([this.#answer, this.#vocabulary.bytes(token)]);
    yield* this.#show(false);
  }

  /** No token follows. */
  *end(): Generator<AnswerEvent> {
    yield* this.#show(true);
  }

  *#show(last: boolean): Generator<AnswerEvent> {
    if (this.#answer.length === 0) return;
    const spans = this.#findSpans(this.#answer);
    for (let span = spans[this.#ended]; span !== undefined; span = spans[this.#ended]) {
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
