import { expectBytes, expectEach, expectIntegers, expectString, isArray } from "../arguments.js";
import { RecallError } from "../errors.js";

/** Byte offsets of a document are in [0, 2^31 - 1). */
const BYTES_LIMIT = 2 ** 31 - 1;
const NEWLINE = 0x0a;

/** What a caller tells about a document beside its tokens. */
export interface DocumentLayout {
  /** n + 1 non-decreasing UTF-8 byte offsets: token i of the document is its bytes [offsets[i], offsets[i + 1]). */
  offsets?: Int32Array | Uint32Array | BigInt64Array | readonly number[] | readonly bigint[];
  /** The document, as text or as its UTF-8 bytes: from its newlines, sources get lines. Only those are kept. */
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
  /** First and last line in the document, 1-based; present where it was appended with `offsets` and `text`. */
  lines?: [first: number, last: number];
}

interface Segment {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly offsets: Int32Array | null;
  /** Byte offsets at which lines start, the first one's 0 included. */
  readonly lineStarts: Int32Array | null;
}

/** The layout of a document, checked, as the table keeps it. */
export type CheckedLayout = Pick<Segment, "offsets" | "lineStarts">;

/** The named segments of a token sequence, in order. */
export class SegmentTable {
  readonly #segments: Segment[];
  readonly #names: Set<string>;

  constructor(segments: Segment[] = []) {
    this.#segments = segments;
    this.#names = new Set(segments.map((segment) => segment.name));
  }

  get count(): number {
    return this.#segments.length;
  }

  /** @throws RecallError `SEGMENT_EXISTS` where the name of a new segment is taken */
  expectFree(name: string | undefined): void {
    if (name !== undefined && this.has(name)) throw segmentExists(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether a segment ends at `position`, so that a token appended there starts a run of its own. */
  endsAt(position: number): boolean {
    return this.#segments.length > 0 && this.#segments[this.#segments.length - 1].end === position;
  }

  add(name: string, start: number, end: number, layout: CheckedLayout): void {
    this.#segments.push({ name, start, end, ...layout });
    this.#names.add(name);
  }

  /** Forgets what is past `length`. A segment cut in the middle keeps its name; cut at its start, it is gone. */
  truncate(length: number): void {
    while (this.#segments.length > 0) {
      const last = this.#segments[this.#segments.length - 1];
      if (last.end <= length) return;
      this.#segments.pop();
      if (last.start < length) {
        this.#segments.push({ ...last, end: length });
        return;
      }
      this.#names.delete(last.name);
    }
  }

  /** Forgets all segments but the first `count`: empty ones have no length to be truncated by. */
  keep(count: number): void {
    for (const { name } of this.#segments.splice(count)) this.#names.delete(name);
  }

  fork(): SegmentTable {
    return new SegmentTable(this.#segments.slice());
  }

  /**
   * The ranges of the named segments, in the order of the sequence, as an engine takes them.
   * @throws RecallError `SEGMENT_UNKNOWN`
   */
  rangesOf(names: readonly string[]): Int32Array {
    const unknown = names.find((name) => !this.has(name));
    if (unknown !== undefined) {
      throw new RecallError("SEGMENT_UNKNOWN", `No segment is named ${JSON.stringify(unknown)}`);
    }
    const chosen = new Set(names);
    return toRanges(this.#segments.filter((segment) => chosen.has(segment.name)));
  }

  /** The ranges of all segments before `position`, and the ranges between them. */
  split(position: number): { named: Int32Array; unnamed: Int32Array } {
    const named = this.#segments.filter((segment) => segment.end <= position);
    const starts = [0, ...named.map((segment) => segment.end)];
    const ends = [...named.map((segment) => segment.start), position];
    return { named: toRanges(named), unnamed: toRanges(starts.map((start, i) => ({ start, end: ends[i] }))) };
  }

  /** The tokens [start, start + count) of the sequence as a place in their document. */
  locate(start: number, count: number): RecallSource {
    const segment = this.#at(start);
    if (segment === undefined) return { segment: null, start, end: start + count };
    const first = start - segment.start;
    const source: RecallSource = { segment: segment.name, start: first, end: first + count };
    if (segment.offsets !== null) {
      const [from, to] = [segment.offsets[first], segment.offsets[first + count]];
      source.bytes = [from, to];
      if (segment.lineStarts !== null) {
        source.lines = [lineOf(segment.lineStarts, from), lineOf(segment.lineStarts, Math.max(from, to - 1))];
      }
    }
    return source;
  }

  #at(position: number): Segment | undefined {
    const index = countUpTo(this.#segments.length, (i) => this.#segments[i].start <= position) - 1;
    return index >= 0 && position < this.#segments[index].end ? this.#segments[index] : undefined;
  }
}

export function segmentExists(name: string): RecallError {
  return new RecallError("SEGMENT_EXISTS", `A segment named ${JSON.stringify(name)} is in the context already`);
}

/** The names of segments to be searched. */
export function expectSegmentNames(names: unknown): string[] {
  if (!isArray(names)) throw new TypeError('Expected "segments" to be an array of strings');
  return expectEach("segments", names, expectString);
}

/** A document's layout, read. */
export interface ReadLayout extends CheckedLayout {
  /** `null` where there is no text. */
  readonly text: Uint8Array | null;
}

/** Reads a document's layout. What is kept of it is a copy. */
export function readLayout({ offsets, text }: DocumentLayout, named: boolean): ReadLayout {
  if (offsets === undefined) {
    if (text !== undefined) throw new RangeError('Expected "text" only together with "offsets"');
    return { offsets: null, lineStarts: null, text: null };
  }
  if (!named) throw new RangeError('Expected "offsets" only together with "segment"');
  const bytes = text === undefined ? null : readText(text);
  return {
    offsets: expectIntegers("offsets", offsets, BYTES_LIMIT),
    lineStarts: bytes === null ? null : lineStartsOf(bytes),
    text: bytes,
  };
}

/** Checks a layout against its document's number of tokens. */
export function fitLayout({ offsets, lineStarts, text }: ReadLayout, tokenCount: number): CheckedLayout {
  if (offsets === null) return { offsets, lineStarts };
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
  return { offsets, lineStarts };
}

/** A document as UTF-8 bytes, a copy. */
export function readText(text: unknown): Uint8Array {
  if (typeof text === "string") return new TextEncoder().encode(text);
  return expectBytes("text", text, { either: "a string or " });
}

/** Byte offsets at which lines start. */
export function lineStartsOf(text: Uint8Array): Int32Array {
  const starts = [0];
  for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, at + 1)) starts.push(at + 1);
  return Int32Array.from(starts);
}

/** The 1-based line of a byte. */
export function lineOf(lineStarts: Int32Array, byte: number): number {
  return countUpTo(lineStarts.length, (i) => lineStarts[i] <= byte);
}

/** How many of `count` ordered entries satisfy a condition that holds for the first ones and for none after them. */
export function countUpTo(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The stretches that hold something, as an engine takes them. Where none does, one range that holds nothing. */
function toRanges(stretches: readonly { start: number; end: number }[]): Int32Array {
  const held = stretches.filter(({ start, end }) => start < end);
  return held.length === 0 ? Int32Array.of(0, 0) : Int32Array.from(held.flatMap(({ start, end }) => [start, end]));
}
