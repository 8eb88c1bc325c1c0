import type { SegmentTable } from "./segments.js";

/** What a span searched: the sequence may have grown since. */
export interface SearchedPart {
  /** Units in the sequence before the span. */
  readonly openedAt: number;
  /** The searched segments' ranges; `null`: everything before the span. */
  readonly ranges: Int32Array | null;
}

/**
 * Where a quote starts in what its span searched, at most `limit` places: in named segments first, then the earliest.
 * @param list the starts inside some ranges, ascending, at most `limit`
 */
export function listStarts(
  segments: SegmentTable,
  { openedAt, ranges }: SearchedPart,
  limit: number,
  list: (ranges: Int32Array, limit: number) => Int32Array,
): number[] {
  if (ranges !== null) return [...list(ranges, limit)];
  const starts: number[] = [];
  const { named, unnamed } = segments.split(openedAt);
  for (const part of [...named, ...unnamed]) {
    if (starts.length === limit) break;
    starts.push(...list(part, limit - starts.length));
  }
  return starts;
}
