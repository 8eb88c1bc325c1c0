import { expectBytes, expectIntegers } from "../base/arguments.js";
import { countUpTo } from "../base/search.js";
import { utf16OffsetsOf, type Utf16Offsets } from "./utf16-offsets.js";

/** Byte offsets of a document are in [0, 2^31 - 1). */
const BYTES_LIMIT = 2 ** 31 - 1;
const NEWLINE = 0x0a;

/** What a caller tells about a document beside its tokens. */
export interface DocumentLayout {
  /** n + 1 non-decreasing UTF-8 byte offsets: token i of the document is its bytes [offsets[i], offsets[i + 1]). */
  offsets?: Int32Array | Uint32Array | BigInt64Array | readonly number[] | readonly bigint[];
  /** The document, as text or as its UTF-8 bytes: sources get lines and characters from it. The text is not kept. */
  text?: string | Uint8Array;
}

/** Where a quote was copied from. */
export interface RecallSource {
  /** The segment's name; `null` for tokens that were appended without one, or generated. */
  segment: string | null;
  /** First token, counted from the start of the segment (of the whole sequence where `segment` is `null`). */
  start: number;
  /** One past the last token. */
  end: number;
  /** UTF-8 bytes [first, one past the last] in the document; present where it was appended with `offsets`. */
  bytes?: [start: number, end: number];
  /**
   * UTF-16 units [first, one past the last] of the document as a string: `text.slice(...chars)` is the quote. Present
   * where it was appended with `offsets` and `text`, and is UTF-8. In token mode a quote may begin or end inside a
   * character: then these are the units that begin in it.
   */
  chars?: [start: number, end: number];
  /** First and last line in the document, 1-based; present where it was appended with `offsets` and `text`. */
  lines?: [first: number, last: number];
}

/** What a segment knows of its document, to tell where a part of it stands there. */
export interface SegmentLayout {
  /** The units [start, end) of the segment, tokens or searched bytes, as a place in its document. */
  locate(segment: string, start: number, end: number): RecallSource;
}

/** What is kept of a document's text: where its lines and characters stand. */
export class TextPlaces {
  /** Byte offsets at which lines start, the first one's 0 included. */
  readonly #lineStarts: Int32Array;
  readonly #utf16Offsets: Utf16Offsets | null;

  constructor(text: Uint8Array) {
    this.#lineStarts = lineStartsOf(text);
    this.#utf16Offsets = utf16OffsetsOf(text);
  }

  /** The bytes [from, to) in characters, where the text has any, and in lines. */
  locate(from: number, to: number): Pick<RecallSource, "chars" | "lines"> {
    const lines = linesOf(this.#lineStarts, from, to);
    const offsets = this.#utf16Offsets;
    return offsets === null ? { lines } : { chars: [offsets.of(from), offsets.of(to)], lines };
  }
}

/** The layout of a document of tokens: their byte offsets and, where its text was given, the places in it. */
export class TokenLayout implements SegmentLayout {
  readonly #offsets: Int32Array;
  readonly #places: TextPlaces | null;

  constructor(offsets: Int32Array, places: TextPlaces | null) {
    this.#offsets = offsets;
    this.#places = places;
  }

  locate(segment: string, start: number, end: number): RecallSource {
    const [from, to] = [this.#offsets[start], this.#offsets[end]];
    return { segment, start, end, bytes: [from, to], ...this.#places?.locate(from, to) };
  }
}

/** A document's layout, read. */
export interface ReadLayout {
  readonly offsets: Int32Array | null;
  /** `null` where there is no text. */
  readonly text: Uint8Array | null;
}

/** Reads a document's layout. What is kept of it is a copy. */
export function readLayout({ offsets, text }: DocumentLayout, named: boolean): ReadLayout {
  if (offsets === undefined) {
    if (text !== undefined) throw new RangeError('Expected "text" only together with "offsets"');
    return { offsets: null, text: null };
  }
  if (!named) throw new RangeError('Expected "offsets" only together with "segment"');
  const bytes = text === undefined ? null : readText(text);
  return { offsets: expectIntegers("offsets", offsets, BYTES_LIMIT), text: bytes };
}

/** Checks a layout against its document's number of tokens. Without offsets there is nothing to keep. */
export function fitLayout({ offsets, text }: ReadLayout, tokenCount: number): TokenLayout | null {
  if (offsets === null) return null;
  if (offsets.length !== tokenCount + 1) {
    throw new RangeError(`Expected "offsets" to have ${tokenCount + 1} entries, one more than there are tokens`);
  }
  for (let i = 1; i < offsets.length; i++) {
    if (offsets[i] < offsets[i - 1])
      throw new RangeError(`Expected "offsets[${i}]" to be at least "offsets[${i - 1}]"`);
  }
  if (text !== null && offsets[tokenCount] > text.length) {
    throw new RangeError(`Expected "offsets[${tokenCount}]" to be at most ${text.length}, the bytes of "text"`);
  }
  return new TokenLayout(offsets, text === null ? null : new TextPlaces(text));
}

/** A document as UTF-8 bytes, a copy. */
export function readText(text: unknown): Uint8Array {
  if (typeof text === "string") return new TextEncoder().encode(text);
  return expectBytes("text", text, { either: "a string or " });
}

/** A document's text; `option` is the one that needs the bytes to be UTF-8. */
export function expectUtf8(bytes: Uint8Array, option: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RangeError(`Expected "text" to be valid UTF-8, as "${option}" needs it`);
  }
}

/** Byte offsets at which lines start. */
function lineStartsOf(text: Uint8Array): Int32Array {
  const starts = [0];
  for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, at + 1)) starts.push(at + 1);
  return Int32Array.from(starts);
}

/** The first and the last line, 1-based, of the bytes [from, to). */
function linesOf(lineStarts: Int32Array, from: number, to: number): [first: number, last: number] {
  return [lineOf(lineStarts, from), lineOf(lineStarts, Math.max(from, to - 1))];
}

function lineOf(lineStarts: Int32Array, byte: number): number {
  return countUpTo(lineStarts.length, (i) => lineStarts[i] <= byte);
}
