import { StringDecoder } from "node:string_decoder";
import type { Token } from "node-llama-cpp";
import type { ModelVocabulary } from "../hosts/node-llama-cpp/model-vocabulary.js";

/** Where a quote stands in a file. */
export interface QuoteSource {
  file: string;
  /** First and last line, 1-based. */
  lines: [first: number, last: number];
  /** First byte and one past the last. */
  bytes: [start: number, end: number];
}

/** A quote in an answer. */
export interface Quote {
  text: string;
  /** Every place in the documents that holds it, as far as they were listed; none where it is not in them. */
  sources: QuoteSource[];
  /** Whether the model ended it, rather than a limit or an interruption. */
  closed: boolean;
}

/** A piece of an answer, as it is generated. */
export type AnswerEvent =
  | { type: "text"; text: string }
  | { type: "quote-start" }
  | { type: "quote-text"; text: string }
  | { type: "quote-end"; quote: Quote };

/** Makes text and quotes of an answer's tokens. */
export class AnswerReader {
  readonly #vocabulary: ModelVocabulary;
  readonly #delimiters: { start: number; end: number };
  readonly #findSources: (quote: Buffer) => QuoteSource[];
  readonly #decoder = new StringDecoder("utf8");
  /** The bytes of the open quote; `null` outside one. */
  #quote: Buffer[] | null = null;

  /** @param findSources where the quote that was generated last stands */
  constructor(
    vocabulary: ModelVocabulary,
    delimiters: { start: number; end: number },
    findSources: (quote: Buffer) => QuoteSource[],
  ) {
    this.#vocabulary = vocabulary;
    this.#delimiters = delimiters;
    this.#findSources = findSources;
  }

  *read(token: Token): Generator<AnswerEvent> {
    if (token === this.#delimiters.start && this.#quote === null) {
      yield* this.#text(this.#decoder.end());
      this.#quote = [];
      yield { type: "quote-start" };
    } else if (token === this.#delimiters.end && this.#quote !== null) {
      yield* this.#closeQuote(true);
    } else if (!this.#vocabulary.isBarrier(token)) {
      const bytes = Buffer.from(this.#vocabulary.bytes(token));
      this.#quote?.push(bytes);
      yield* this.#text(this.#decoder.write(bytes));
    }
  }

  /** No token follows. */
  *end(): Generator<AnswerEvent> {
    if (this.#quote !== null) yield* this.#closeQuote(false);
    else yield* this.#text(this.#decoder.end());
  }

  *#closeQuote(closed: boolean): Generator<AnswerEvent> {
    yield* this.#text(this.#decoder.end());
    const bytes = Buffer.concat(this.#quote!);
    this.#quote = null;
    yield { type: "quote-end", quote: { text: bytes.toString(), sources: this.#findSources(bytes), closed } };
  }

  *#text(text: string): Generator<AnswerEvent> {
    if (text !== "") yield { type: this.#quote === null ? "text" : "quote-text", text };
  }
}
