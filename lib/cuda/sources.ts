import type { RecallSource } from "../session/document-layout.js";
import type { SegmentTable } from "../session/segments.js";

/** How many positions are asked for at first; the next time so many times more. */
const FEW = 64;

/** A quote in a sequence. */
export interface Quote {
  /** Tokens of the quote. */
  readonly count: number;
  /** The named segments of the sequence. */
  readonly segments: SegmentTable;
  /** No more positions than this can be sources. */
  readonly positions: number;
  /** Lists the positions of the sources' first tokens, ascending, at most `limit`. */
  list(limit: number): Int32Array;
}

/** Where a quote stands: in named segments first, then the earliest, at most `limit`. */
export function listSources({ count, segments, positions, list }: Quote, limit: number): RecallSource[] {
  // Positions come in order, whatever segments they are in: more are asked for until enough are in named ones.
  for (let room = Math.min(positions, FEW); ; room = Math.min(positions, room * FEW)) {
    const starts = list(room);
    const sources = Array.from(starts, (start) => segments.locate(start, count));
    const named = sources.filter(({ segment }) => segment !== null);
    const enough = segments.count === 0 ? sources : named;
    if (starts.length < room || room === positions || enough.length >= limit) {
      return [...named, ...sources.filter(({ segment }) => segment === null)].slice(0, limit);
    }
  }
}
