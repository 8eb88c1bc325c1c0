import type { EngineMatcher } from "../engine/engine.js";
import type { SpanOpening } from "./open-span.js";
import type { RecallSource } from "./segments.js";
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
    return listStarts(matcher, sequence, opening, limit).map((start) => sequence.segments.locate(start, tokens.length));
  } finally {
    matcher.close();
  }
}

/** Candidates in what the span searched: the sequence may have grown since. */
function listStarts(matcher: EngineMatcher, sequence: TokenSequence, opening: SpanOpening, limit: number): number[] {
  if (opening.ranges !== null) return [...matcher.sources(null, limit)];
  const { named, unnamed } = sequence.segments.split(opening.openedAt);
  const starts = [...matcher.sources(named, limit)];
  return [...starts, ...matcher.sources(unnamed, limit - starts.length)];
}
