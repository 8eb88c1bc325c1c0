import type { QuoteSource } from "../../answer/reader.js";
import { shownNumber } from "../../base/count.js";
import type { FoundDocument } from "../input/document-folder.js";
import { placeProblem, writtenProblem } from "./written-problems.js";
import { sha256, type QuotedDocument, type QuotesFile, type SavedQuote } from "../input/quotes-file.js";

const NEWLINE = 0x0a;

/** Something that does not check out. */
export interface Failure {
  /** The document's name; `null` where it is what was written, or a quote without a document, that is wrong. */
  file: string | null;
  /** The index of the quote; `null` where it is no quote that is wrong. */
  quote: number | null;
  problem: string;
}

/** How many there are, and how many of them do not check out. */
export interface Tally {
  total: number;
  failed: number;
}

/** What a check has found. */
export interface VerifyReport {
  documents: Tally;
  quotes: Tally;
  /** What is wrong with what was written; `null` where nothing is. */
  written: string | null;
  /** That first, then those of documents, then those of quotes, each in the order of the saved answer. */
  failures: Failure[];
}

/** A document's bytes now, or why there are none. */
export type ReadDocument = (name: string) => Promise<FoundDocument>;

/**
 * Checks a saved answer against its documents, without a model: that these and what was written are as they were, and
 * that each quote stands where it is said to stand, in both. An empty quote needs no source. Nothing of what made the
 * quotes is used.
 */
export async function verifyQuotes(file: QuotesFile, read: ReadDocument): Promise<VerifyReport> {
  const { documents, quotes } = file;
  const written = writtenProblem(file);
  const failures: Failure[] = written === null ? [] : [{ file: null, quote: null, problem: written }];
  let failedDocuments = 0;
  const failedQuotes = new Set<number>();
  const contents = new Map<string, Content | null>();
  for (const document of documents) {
    const bytes = await read(document.name);
    const problem = documentProblem(document, bytes);
    if (problem !== null) {
      failures.push({ file: document.name, quote: null, problem });
      failedDocuments++;
    }
    contents.set(document.name, bytes instanceof Uint8Array ? new Content(bytes) : null);
  }
  for (const [quote, saved] of quotes.entries()) {
    const misplaced = placeProblem(file, saved);
    const problems = misplaced === null ? [] : [{ name: null, problem: misplaced }];
    for (const { name, problem } of [...problems, ...quoteProblems(saved, contents)]) {
      failedQuotes.add(quote);
      if (problem !== null) failures.push({ file: name, quote, problem });
    }
  }
  return {
    documents: { total: documents.length, failed: failedDocuments },
    quotes: { total: quotes.length, failed: failedQuotes.size },
    written,
    failures,
  };
}

function documentProblem(document: QuotedDocument, found: FoundDocument): string | null {
  if (!(found instanceof Uint8Array)) return found.problem;
  if (found.length !== document.bytes) {
    const [now, then] = [found.length, document.bytes].map(shownNumber);
    return `it has changed: its size in bytes is ${now}, not ${then}`;
  }
  return sha256(found) === document.sha256 ? null : "it has changed: its SHA-256 is another";
}

/** What is wrong with a quote; `null` for a problem of its document, which is told once. */
function* quoteProblems(
  { text, sources }: SavedQuote,
  contents: ReadonlyMap<string, Content | null>,
): Generator<{ name: string | null; problem: string | null }> {
  if (text !== "" && sources.length === 0) yield { name: null, problem: "it has no source" };
  for (const source of sources) {
    const { file: name } = source;
    const content = contents.get(name);
    if (content === undefined) yield { name, problem: "this is none of the documents" };
    else if (content === null) yield { name, problem: null };
    else {
      const problem = content.textProblem(text, source) ?? content.linesProblem(source);
      if (problem !== null) yield { name, problem };
    }
  }
}

/** A document's bytes. */
class Content {
  readonly #bytes: Buffer;
  /** Bytes at which lines start, the first one's 0 included. */
  readonly #lineStarts = [0];

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) this.#lineStarts.push(at + 1);
  }

  /** Decoding loses nothing, so equal texts are equal bytes. */
  textProblem(text: string, { bytes: [start, end] }: QuoteSource): string | null {
    const length = this.#bytes.length;
    if (end > length) return `bytes ${start} to ${end} go past the end of the file, at ${length}`;
    const found = decode(this.#bytes.subarray(start, end));
    if (found === null) return `bytes ${start} to ${end} are not whole characters`;
    if (found === text) return null;
    const quote = Buffer.from(text);
    const elsewhere = this.#bytes.indexOf(quote);
    const hint = elsewhere === -1 ? ", nor do any others" : `; bytes ${elsewhere} to ${elsewhere + quote.length} do`;
    return `bytes ${start} to ${end} do not hold the quote${hint}`;
  }

  linesProblem({ bytes: [start, end], lines: [first, last] }: QuoteSource): string | null {
    const [foundFirst, foundLast] = [this.#lineOf(start), this.#lineOf(Math.max(start, end - 1))];
    if (foundFirst === first && foundLast === last) return null;
    return `it stands in ${linesText(foundFirst, foundLast)}, not in ${linesText(first, last)}`;
  }

  #lineOf(position: number): number {
    let [low, high] = [0, this.#lineStarts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#lineStarts[middle] <= position) low = middle;
      else high = middle;
    }
    return high;
  }
}

/** Bytes as UTF-8 text; `null` where they are none. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function linesText(first: number, last: number): string {
  return first === last ? `line ${first}` : `lines ${first} to ${last}`;
}
