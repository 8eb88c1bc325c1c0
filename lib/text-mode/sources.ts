import type { TextEngine } from "../engine/text-engine.js";
import type { RecallSource } from "../session/document-layout.js";
import { listStarts } from "../session/list-starts.js";
import type { TextOpening } from "./open-span.js";
import type { TextSequence } from "./sequence.js";

/** Where a quote stands in what its span searched: in named segments first, then the earliest. */
export function findTextSources(
  engine: TextEngine,
  sequence: TextSequence,
  opening: TextOpening,
  quote: Uint8Array,
  limit: number,
): RecallSource[] {
  if (quote.length === 0 || limit === 0) return [];
  const list = (ranges: Int32Array, count: number) => sequence.find(engine, quote, ranges, count);
  const starts = listStarts(sequence.segments, opening, limit, list);
  return starts.map((start) => sequence.segments.locate(start, quote.length));
}
