import type { TextEngine } from "../engine/text-engine.js";
import type { RecallSource } from "../session/segments.js";
import type { TextOpening } from "./open-span.js";
import type { TextSequence } from "./text-sequence.js";

/** Where a quote stands in what its span searched: in named segments first, then the earliest. */
export function findTextSources(
  engine: TextEngine,
  sequence: TextSequence,
  opening: TextOpening,
  quote: Uint8Array,
  limit: number,
): RecallSource[] {
  if (quote.length === 0 || limit === 0) return [];
  return listStarts(engine, sequence, opening, quote, limit).map((start) => sequence.locate(start, quote.length));
}

/** Places in what the span searched: the sequence may have grown since. */
function listStarts(
  engine: TextEngine,
  sequence: TextSequence,
  { openedAt, ranges }: TextOpening,
  quote: Uint8Array,
  limit: number,
): number[] {
  if (ranges !== null) return [...sequence.find(engine, quote, ranges, limit)];
  const { named, unnamed } = sequence.segments.split(openedAt);
  const starts = [...sequence.find(engine, quote, named, limit)];
  if (starts.length === limit) return starts;
  return [...starts, ...sequence.find(engine, quote, unnamed, limit - starts.length)];
}
