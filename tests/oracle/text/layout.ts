import { charsBefore } from "../chars.js";
import { beginsCharacter } from "./oracle.js";

export interface TextSource {
  segment: string | null;
  start: number;
  end: number;
  bytes?: [start: number, end: number];
  chars?: [start: number, end: number];
  lines?: [first: number, last: number];
}

/** A document: a named segment, as far as it has not been cut. */
export interface Document {
  readonly name: string;
  readonly start: number;
  readonly length: number;
  /** The offset in the original text of each byte that is searched, cut ones too; and one past the last. */
  readonly origins: readonly number[];
  readonly original: readonly number[];
}

export interface Layout {
  bytes: readonly number[];
  /** For each byte the offset in the original that it stands for; and the original's length. */
  origins: readonly number[];
  edges: readonly boolean[];
}

/** Bytes as they are searched: as they are, or as `JSON.stringify` escapes them. */
export function layOut(original: readonly number[], json: boolean): Layout {
  const bytes: number[] = [];
  const origins: number[] = [];
  const edges: boolean[] = [];
  original.forEach((byte, offset) => {
    const escaped = json && byte < 0x80 ? JSON.stringify(String.fromCharCode(byte)).slice(1, -1) : null;
    const written = escaped === null ? [byte] : [...new TextEncoder().encode(escaped)];
    written.forEach((each, index) => {
      bytes.push(each);
      origins.push(offset);
      edges.push(index === 0 && beginsCharacter(byte));
    });
  });
  return { bytes, origins: [...origins, original.length], edges };
}

/** The bytes [start, end) of the sequence as a place in the original of their document. */
export function placeIn(document: Document, start: number, end: number): TextSource {
  const bytes: [number, number] = [document.origins[start - document.start]!, document.origins[end - document.start]!];
  const lineOf = (byte: number): number => document.original.slice(0, byte).filter((each) => each === 0x0a).length + 1;
  const lines: [number, number] = [lineOf(bytes[0]), lineOf(Math.max(bytes[0], bytes[1] - 1))];
  const chars = charsBefore(Uint8Array.from(document.original), bytes);
  return { segment: document.name, start: bytes[0], end: bytes[1], bytes, ...chars, lines };
}
