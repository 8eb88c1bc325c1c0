import { END_RECALL, START_RECALL } from "../../examples/reference-model/vocabulary.js";
import { QUOTE_TOKENS } from "./searched-dictionary.js";

/** The way in which nothing holds a model to the document. */
export const NO_CONSTRAINT = "no constraint";

/** No answer goes on for longer: it begins with a quote. */
export const ANSWER_TOKENS = QUOTE_TOKENS + 4;

/** The first quote of an answer, and what it took in milliseconds. */
export interface Answer {
  readonly quote: string;
  /** Whether the quote came to its end, and not the answer in the middle of it. */
  readonly isClosed: boolean;
  /** To the answer's first token, which stands before the quote. */
  readonly first: number;
  /** The delimiter and the quote's first token, before which every place of the document is a candidate. */
  readonly opening: number;
  /** Each later token of the quote and its end, on the average. */
  readonly perToken: number;
}

/**
 * @param tokens of an answer, to the end of its first quote
 * @param times when the answer began, and when each token was there
 * @throws Error where there is no quote
 */
export function readAnswer(
  tokens: readonly number[],
  times: readonly number[],
  detokenize: (tokens: readonly number[]) => string,
): Answer {
  const start = tokens.indexOf(START_RECALL);
  if (start < 0 || tokens.length < start + 3) throw new Error(`quotes nothing: ${JSON.stringify(detokenize(tokens))}`);
  const isClosed = tokens.at(-1) === END_RECALL;
  const opened = times[start + 2]!;
  return {
    quote: detokenize(tokens.slice(start + 1, isClosed ? -1 : undefined)),
    isClosed,
    first: times[1]! - times[0]!,
    opening: opened - times[start]!,
    perToken: (times.at(-1)! - opened) / (tokens.length - start - 2),
  };
}

/** What is wrong with a quote; `null` where it stands in the document, byte by byte, and is closed. */
export function remarkOn({ quote, isClosed }: Answer, document: string): string | null {
  if (!document.includes(quote)) return `quotes ${JSON.stringify(quote)}, which is not in the document`;
  return isClosed ? null : `ends the answer in the quote ${JSON.stringify(quote)}`;
}
