import type { RecallSource } from "../session/document-layout.js";
import { listStarts } from "../session/list-starts.js";
import type { SpanOpening } from "./open-span.js";
import type { TokenSequence } from "./sequence.js";

/**
 * Where a quote stands in what its span searched: in named segments first, then the earliest. Nothing is kept for
 * this: the quote is matched again, and listed in the part of the sequence that was there when the span opened.
 */
export function findSources(
  sequence: TokenSequence,
  opening: SpanOpening,
  tokens: Int32Array,
  limit: number,
): RecallSource[] {
  if (tokens.length === 0) return [];
  const matcher = sequence.matcher();
  try {
    matcher.begin(opening.ranges);
    for (const token of tokens) matcher.advance(token);
    const list = (ranges: Int32Array, count: number) => matcher.sources(ranges, count);
    const starts = listStarts(sequence.segments, opening, limit, list);
    return starts.map((start) => sequence.segments.locate(start, tokens.length));
  } finally {
    matcher.close();
  }
}
