import { expectArray, expectOptions, expectString } from "../../base/arguments.js";
import { byteString, joinBytes } from "../../text-mode/bytes.js";
import { utf8 } from "../../vocabulary/spelling.js";
import type { HostVocabulary } from "./host-vocabulary.js";

/** A document that stands somewhere in the prompt. */
export interface RecallDocument {
  /** Under this name quotes report it as their source. */
  name: string;
  /** The text, exactly as it stands in the prompt. */
  text: string;
}

/** Tokens [start, end) of a prompt that lie wholly inside a document. */
export interface LocatedDocument {
  readonly document: RecallDocument;
  readonly start: number;
  readonly end: number;
  /** end - start + 1 byte offsets of these tokens in the document's UTF-8 text. */
  readonly offsets: Int32Array;
}

/**
 * Checks documents one by one: what is left to check of each is told what errors call it, and its name.
 * @throws TypeError, RangeError for what is no array of objects with a name, or where two share theirs
 */
export function expectNamed<Given extends object, Checked>(
  documents: unknown,
  check: (at: string, name: string, document: Partial<Given>) => Checked,
): Checked[] {
  const names = new Set<string>();
  return expectArray("documents", documents as Given[]).map((document, i) => {
    const at = `documents[${i}]`;
    const given = expectOptions(at, document);
    const name = expectString(`${at}.name`, (given as { name?: unknown }).name);
    const checked = check(at, name, given);
    if (names.has(name)) throw new RangeError(`Expected "${at}.name" to differ from the names of the other documents`);
    names.add(name);
    return checked;
  });
}

/**
 * @throws TypeError, RangeError for documents that are not as {@link RecallDocument} says, or share a name
 */
export function expectDocuments(documents: unknown): readonly RecallDocument[] {
  return expectNamed(documents, (at, name, { text }: Partial<RecallDocument>) => ({
    name,
    text: expectString(`${at}.text`, text),
  }));
}

/**
 * Finds documents among the tokens of a prompt by their bytes, so that it does not matter how a template or a merge
 * across an edge cut them into tokens. A token that lies across a document's edge is not in the document. White space
 * that a template trimmed from a document's ends is not missed.
 *
 * Longer documents are placed first, each at its first occurrence that is still free.
 *
 * @returns the documents that were found, in the order of the prompt
 */
export function locateDocuments(
  tokens: readonly number[],
  documents: readonly RecallDocument[],
  vocabulary: HostVocabulary,
): LocatedDocument[] {
  if (documents.length === 0) return [];
  const prompt = layOut(tokens, vocabulary);
  const longestFirst = documents
    .map((document) => ({ document, bytes: utf8(document.text) }))
    .sort((a, b) => b.bytes.length - a.bytes.length);
  const found: { located: LocatedDocument; from: number; to: number }[] = [];
  for (const { document, bytes } of longestFirst) {
    const place = findFree(prompt, document.text, bytes, found);
    if (place !== null) found.push({ located: tokensOf(document, place, prompt.offsets), ...place });
  }
  return found.map(({ located }) => located).sort((a, b) => a.start - b.start || a.end - b.end);
}

interface Place {
  /** Bytes [from, to) of the prompt are the document's, or all of it that is there. */
  readonly from: number;
  readonly to: number;
  /** Bytes of the document that its place does not have, at its beginning. */
  readonly missing: number;
}

interface Prompt {
  readonly bytes: Uint8Array;
  /** A character per byte. */
  readonly searched: string;
  /** Where each token begins, and the last one ends. */
  readonly offsets: Int32Array;
}

function layOut(tokens: readonly number[], vocabulary: HostVocabulary): Prompt {
  // An array for each distinct token: one for each place would be most of the work of a long prompt.
  const bytesOf = new Map(Array.from(new Set(tokens), (token) => [token, vocabulary.bytes(token)]));
  const pieces = tokens.map((token) => bytesOf.get(token)!);
  const offsets = new Int32Array(tokens.length + 1);
  pieces.forEach((piece, i) => (offsets[i + 1] = offsets[i] + piece.length));
  const bytes = joinBytes(pieces);
  return { bytes, searched: byteString(bytes), offsets };
}

function findFree(
  { bytes: prompt, searched }: Prompt,
  text: string,
  document: Uint8Array,
  taken: readonly { from: number; to: number }[],
): Place | null {
  const leading = document.length - utf8(text.trimStart()).length;
  const core = byteString(utf8(text.trim()));
  if (core.length === 0) return { from: 0, to: 0, missing: 0 };
  for (let at = searched.indexOf(core); at !== -1; at = searched.indexOf(core, at + 1)) {
    let [before, after] = [0, core.length];
    while (before < leading && prompt[at - before - 1] === document[leading - before - 1]) before++;
    while (leading + after < document.length && prompt[at + after] === document[leading + after]) after++;
    const [from, to] = [at - before, at + after];
    if (taken.every((other) => to <= other.from || other.to <= from)) return { from, to, missing: leading - before };
  }
  return null;
}

function tokensOf(document: RecallDocument, place: Place, offsets: Int32Array): LocatedDocument {
  const start = offsets.findIndex((offset) => offset >= place.from);
  let end = start;
  while (end + 1 < offsets.length && offsets[end + 1] <= place.to) end++;
  return {
    document,
    start,
    end,
    offsets: offsets.slice(start, end + 1).map((offset) => offset - place.from + place.missing),
  };
}
