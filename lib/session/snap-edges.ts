import { expectUtf8 } from "./document-layout.js";
import { forEachEdge } from "../base/unicode-segments.js";

/** What a quote is made of whole units of. */
export type Snap = "word" | "line" | "sentence";

export const SNAPS: readonly Snap[] = ["word", "line", "sentence"];

/**
 * Where a quote of `text` may start and end: one entry per UTF-8 byte and one for the end, 1 at an edge. The two ends of
 * the text are edges.
 *
 * - `word`: the edges of words as Unicode defines them (`Intl.Segmenter`), so those of spaces and punctuation too.
 * - `line`: both ends of each line, and after its `\n` or `\r\n`.
 * - `sentence`: both ends of each sentence as Unicode defines it, without the white space around it, and the start of
 *   the next. A title such as "Mr." in front of a name ends a sentence by Unicode's rules.
 */
export function snapEdges(text: string, snap: Snap): Uint8Array {
  const edges = new Edges(text);
  if (snap === "line") markLines(text, edges);
  else if (snap === "word") markWords(text, edges);
  else markSentences(text, edges);
  edges.mark(text.length);
  return edges.bytes;
}

/**
 * The same for a document's bytes.
 * @throws RangeError where they are not UTF-8
 */
export function snapEdgesOf(text: Uint8Array, snap: Snap): Uint8Array {
  return snapEdges(expectUtf8(text, "snap"), snap);
}

function markLines(text: string, edges: Edges): void {
  edges.mark(0);
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    edges.mark(end > 0 && text[end - 1] === "\r" ? end - 1 : end);
    edges.mark(end + 1);
  }
}

function markWords(text: string, edges: Edges): void {
  edges.mark(0);
  forEachEdge(text, "word", (edge) => edges.mark(edge));
}

function markSentences(text: string, edges: Edges): void {
  let start = 0;
  forEachEdge(text, "sentence", (end) => {
    markSentence(text, start, end, edges);
    start = end;
  });
}

function markSentence(text: string, start: number, end: number, edges: Edges): void {
  const sentence = text.slice(start, end);
  edges.mark(start);
  const trimmed = sentence.trimEnd();
  const from = sentence.length - sentence.trimStart().length;
  if (trimmed.length === 0) return;
  if (!startsWithMark.test(sentence.slice(from, from + 2))) edges.mark(start + from);
  edges.mark(start + trimmed.length);
}

const startsWithMark = /^\p{Mark}/u;

/** Marks, by UTF-16 indices that do not decrease, at the bytes that these have in UTF-8. */
class Edges {
  readonly bytes: Uint8Array;
  readonly #text: string;
  readonly #isAscii: boolean;
  #index = 0;
  #byte = 0;

  constructor(text: string) {
    const length = new TextEncoder().encode(text).length;
    this.bytes = new Uint8Array(length + 1);
    this.#text = text;
    this.#isAscii = length === text.length;
  }

  mark(index: number): void {
    this.bytes[this.#isAscii ? index : this.#byteAt(index)] = 1;
  }

  /** An index inside a surrogate pair never comes up; a lone surrogate is encoded in three bytes, as U+FFFD. */
  #byteAt(index: number): number {
    while (this.#index < index) {
      const point = this.#text.codePointAt(this.#index)!;
      this.#index += point > 0xffff ? 2 : 1;
      this.#byte += point < 0x80 ? 1 : point < 0x800 ? 2 : point > 0xffff ? 4 : 3;
    }
    return this.#byte;
  }
}
