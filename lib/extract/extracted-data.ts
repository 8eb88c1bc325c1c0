import type { RecallSource } from "../session/document-layout.js";
import type { WrittenQuote } from "./json/constraint.js";
import { stringPaths } from "./string-paths.js";

/** A string of the data that was copied. */
export interface ExtractedQuote {
  /** Where it stands in the data: a JSON pointer. */
  path: string;
  text: string;
  /** Every place in the documents that holds it, as far as they were listed; none for an empty quote. */
  sources: RecallSource[];
}

/** The data of a JSON text, and its quotes in the order of the text. */
export function readExtracted(
  text: string,
  quotes: readonly WrittenQuote[],
): { data: unknown; quotes: ExtractedQuote[] } {
  const paths = stringPaths(new TextEncoder().encode(text));
  return {
    data: JSON.parse(text) as unknown,
    quotes: quotes.map(({ start, text: quoted, sources }) => ({ path: paths.get(start)!, text: quoted, sources })),
  };
}
