import { expectBoolean, expectOptions, expectString } from "../base/arguments.js";
import { expectUtf8, readText, TextPlaces, type RecallSource, type SegmentLayout } from "../session/document-layout.js";
import { snapEdgesOf, type Snap } from "../session/snap-edges.js";
import { EscapedText } from "./json-escape.js";

/** How appended text joins the context. */
export interface AppendTextOptions {
  /** Makes the text a document of its own; sources are reported relative to it. */
  segment?: string;
  /** `false` keeps the text out of every match without losing it from the sequence. */
  recallable?: boolean;
}

/** How documents are searched. */
export interface DocumentForm {
  /** As the inside of a JSON string. */
  readonly json: boolean;
  /** Quotes start and end at the edges of these; `null`: of characters. */
  readonly snap: Snap | null;
}

/** Text to be appended, checked, as the engine takes it. */
export interface CheckedText {
  readonly bytes: Uint8Array;
  readonly edges: Uint8Array | null;
  readonly searchable: boolean;
  readonly segment: string | undefined;
  /** Of a segment. */
  readonly layout: TextLayout | null;
}

/** What is kept of a document to report sources in it. */
export class TextLayout implements SegmentLayout {
  readonly #places: TextPlaces;
  readonly #escaped: EscapedText | null;

  constructor(text: Uint8Array, escaped: EscapedText | null) {
    this.#places = new TextPlaces(text);
    this.#escaped = escaped;
  }

  /** A place given in searched bytes of the document, in bytes, characters and lines of the original. */
  locate(segment: string, start: number, end: number): RecallSource {
    const from = this.#escaped?.toOriginal(start) ?? start;
    const to = this.#escaped?.toOriginal(end) ?? end;
    return { segment, start: from, end: to, bytes: [from, to], ...this.#places.locate(from, to) };
  }
}

/** Checks the arguments of an `append` and brings the text into its searched form. */
export function checkText(text: unknown, options: AppendTextOptions | undefined, form: DocumentForm): CheckedText {
  const { recallable = true, segment } = expectOptions("options", options);
  const searchable = expectBoolean("recallable", recallable);
  const name = segment === undefined ? undefined : expectString("segment", segment);
  const original = readText(text);
  if (form.json && typeof text !== "string") expectUtf8(original, "json");
  const escaped = form.json ? new EscapedText(original) : null;
  const bytes = escaped?.bytes ?? original;
  const edges = form.snap === null || !searchable ? null : edgesOf(original, form.snap, escaped);
  return {
    bytes,
    edges,
    searchable,
    segment: name,
    layout: name === undefined ? null : new TextLayout(original, escaped),
  };
}

/** An entry per searched byte; the text's own end is an edge without one. */
function edgesOf(original: Uint8Array, snap: Snap, escaped: EscapedText | null): Uint8Array {
  const edges = snapEdgesOf(original, snap);
  return (escaped?.spread(edges) ?? edges).subarray(0, (escaped?.bytes ?? original).length);
}
