import { createHash } from "node:crypto";
import type { QuoteSource } from "../../answer/reader.js";
import { fileBytes } from "./documents.js";
import type { AskDocument } from "../../answer/document.js";
import { InputError } from "../../base/command-error.js";
import { decodeInput } from "../../base/input-file.js";
import { visibleJson } from "../output/visible.js";

/** A document as it was when it was quoted. */
export interface QuotedDocument {
  /** The path it was given by; `<stdin>` for standard input. */
  name: string;
  /** Of the file's bytes, in hexadecimal digits. */
  sha256: string;
  /** The file's size. */
  bytes: number;
}

/** A quote as it is saved. */
export interface SavedQuote {
  text: string;
  sources: QuoteSource[];
  /** Where the quote stands in the answer: the first UTF-16 unit, and one past the last. */
  start?: number;
  end?: number;
  /** Where the quote stands in the data that was extracted: a JSON pointer. */
  path?: string;
}

/** What was written: the text of an answer, or data that was extracted. */
export interface Written {
  answer?: string;
  data?: unknown;
}

/** What is checked of a saved answer. Whatever else there is is not looked at. */
export interface QuotesFile extends Written {
  documents: QuotedDocument[];
  quotes: SavedQuote[];
  /** Of what was written, as it was then: {@link digestOf}. */
  sha256?: string;
}

const SHA256 = /^[0-9a-f]{64}$/i;
/** RFC 6901: a tilde is written ~0, a slash ~1. */
const JSON_POINTER = { test: (text: string) => /^(\/|$)/.test(text) && !/~(?![01])/.test(text) };

/** The text of a saved answer, with whatever members it has beside documents and quotes. */
export function quotesFileText<File extends QuotesFile>(file: File): string {
  return visibleJson({ ...file, sha256: digestOf(file) }) + "\n";
}

/** The SHA-256 of an answer's text as UTF-8, or of data as JSON without spaces; none where nothing was written. */
export function digestOf({ answer, data }: Written): string | undefined {
  const text = answer ?? (data === undefined ? undefined : JSON.stringify(data));
  return text === undefined ? undefined : sha256(Buffer.from(text));
}

export function describeDocuments(documents: readonly AskDocument[]): QuotedDocument[] {
  return documents.map((document) => {
    const bytes = fileBytes(document);
    return { name: document.name, sha256: sha256(bytes), bytes: bytes.length };
  });
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Reads a saved answer of unknown content. Members that are not of {@link QuotesFile} are ignored.
 * @param name of the file, for messages
 * @throws InputError which names the member that is wrong and what was expected there
 */
export function parseQuotesFile(name: string, content: Uint8Array): QuotesFile {
  const value = parseJson(name, content);
  try {
    const { documents, quotes, answer, data, sha256 } = readObject(value, "");
    const file = {
      documents: readList(documents, "documents", readDocument),
      quotes: readList(quotes, "quotes", readQuote),
      ...(answer !== undefined && { answer: readString(answer, "answer") }),
      ...(data !== undefined && { data }),
      ...(sha256 !== undefined && { sha256: readDigest(sha256, "sha256") }),
    };
    expectUniqueNames(file.documents);
    return file;
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    throw new InputError(`${name}: ${error.message}`);
  }
}

function parseJson(name: string, content: Uint8Array): unknown {
  const text = decodeInput(name, content);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${name} is not JSON: ${(error as Error).message}`);
  }
}

/** A member is not what it should be. */
class Unexpected extends Error {
  constructor(path: string, expected: string) {
    super(path === "" ? `Expected ${expected}` : `Expected "${path}" to be ${expected}`);
  }
}

function readDocument(value: unknown, path: string): QuotedDocument {
  const { name, sha256, bytes } = readObject(value, path);
  return {
    name: readString(name, `${path}.name`, /./s, "a string that is not empty"),
    sha256: readDigest(sha256, `${path}.sha256`),
    bytes: readInteger(bytes, `${path}.bytes`, 0),
  };
}

function readQuote(value: unknown, path: string): SavedQuote {
  const { text, sources, start, end, path: pointer } = readObject(value, path);
  const first = start === undefined ? undefined : readInteger(start, `${path}.start`, 0);
  return {
    text: readString(text, `${path}.text`),
    sources: readList(sources, `${path}.sources`, readSource),
    ...(first !== undefined && { start: first, end: readInteger(end, `${path}.end`, first) }),
    ...(pointer !== undefined && { path: readString(pointer, `${path}.path`, JSON_POINTER, "a JSON pointer") }),
  };
}

function readSource(value: unknown, path: string): QuoteSource {
  const { file, lines, bytes } = readObject(value, path);
  return {
    file: readString(file, `${path}.file`),
    lines: readPair(lines, `${path}.lines`, 1),
    bytes: readPair(bytes, `${path}.bytes`, 0),
  };
}

function readObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unexpected(path, "an object");
  return value as Record<string, unknown>;
}

function readList<T>(value: unknown, path: string, read: (item: unknown, path: string) => T): T[] {
  if (!Array.isArray(value)) throw new Unexpected(path, "an array");
  return value.map((item, i) => read(item, `${path}[${i}]`));
}

function readDigest(value: unknown, path: string): string {
  return readString(value, path, SHA256, "64 hexadecimal digits").toLowerCase();
}

function readString(value: unknown, path: string, pattern?: Pick<RegExp, "test">, expected = "a string"): string {
  if (typeof value !== "string" || pattern?.test(value) === false) throw new Unexpected(path, expected);
  return value;
}

function readInteger(value: unknown, path: string, least: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw new Unexpected(path, `an integer of at least ${least}`);
  }
  return value as number;
}

/** Two integers, the second not less than the first. */
function readPair(value: unknown, path: string, least: number): [number, number] {
  if (!Array.isArray(value) || value.length !== 2) throw new Unexpected(path, "an array of two integers");
  const first = readInteger(value[0], `${path}[0]`, least);
  return [first, readInteger(value[1], `${path}[1]`, first)];
}

/** A name that two documents have would not tell which one a source means. */
function expectUniqueNames(documents: readonly QuotedDocument[]): void {
  const seen = new Map<string, number>();
  for (const [i, { name }] of documents.entries()) {
    const earlier = seen.get(name);
    if (earlier !== undefined) throw new Unexpected(`documents[${i}].name`, `unlike "documents[${earlier}].name"`);
    seen.set(name, i);
  }
}
