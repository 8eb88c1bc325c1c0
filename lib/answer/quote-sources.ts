import type { RecallSampler } from "../hosts/node-llama-cpp/recall-sampler.js";
import type { RecallSource } from "../session/document-layout.js";
import type { QuoteSource } from "./reader.js";
import type { AskDocument } from "./document.js";

/** Places of a quote that are looked up. */
const SOURCE_LIMIT = 16;
const NEWLINE = 0x0a;

/**
 * Where the quote that was generated last was copied from, as the session knows it. A quote that was cut off between
 * the edges that quotes snap to has no source there, and is looked up by its text.
 */
export function copiedSources(
  recall: Pick<RecallSampler, "lastQuote">,
  documents: readonly AskDocument[],
): (quote: Buffer) => QuoteSource[] {
  const search = searchSources(documents);
  const inFile = placedIn(documents);
  return (quote) => {
    const sources = recall.lastQuote?.sources({ limit: SOURCE_LIMIT }) ?? [];
    if (sources.length === 0) return search(quote);
    return sources.map(inFile);
  };
}

/** Where a source stands in its file: a byte order mark is no part of a document's text. */
export function placedIn(documents: readonly AskDocument[]): (source: RecallSource) => QuoteSource {
  const shiftOf = new Map(documents.map(({ name, textStart }) => [name, textStart]));
  return ({ segment, lines, bytes }) => {
    const shift = shiftOf.get(segment!)!;
    return { file: segment!, lines: lines!, bytes: [bytes![0] + shift, bytes![1] + shift] };
  };
}

/** Where a quote that was generated freely stands, if anywhere: by its text. */
export function searchSources(documents: readonly AskDocument[]): (quote: Buffer) => QuoteSource[] {
  const files = documents.map(({ name, text, textStart }) => ({ name, bytes: Buffer.from(text), textStart }));
  return (quote) => {
    if (quote.length === 0) return [];
    const sources: QuoteSource[] = [];
    for (const { name, bytes, textStart } of files) {
      for (
        let at = bytes.indexOf(quote);
        at !== -1 && sources.length < SOURCE_LIMIT;
        at = bytes.indexOf(quote, at + 1)
      ) {
        const end = at + quote.length;
        const lines: [number, number] = [lineOf(bytes, at), lineOf(bytes, end - 1)];
        sources.push({ file: name, lines, bytes: [at + textStart, end + textStart] });
      }
    }
    return sources;
  };
}

function lineOf(bytes: Buffer, position: number): number {
  let line = 1;
  for (let at = bytes.indexOf(NEWLINE); at !== -1 && at < position; at = bytes.indexOf(NEWLINE, at + 1)) line++;
  return line;
}
