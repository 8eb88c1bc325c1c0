import { expectIntegers, expectOptions, type TokenInput } from "../base/arguments.js";
import { expectSegmentNames, type SegmentTable } from "../session/segments.js";
import { readStream, type CudaStreamOption } from "./device-arguments.js";

/** What one span can have: VBT_MAX_RANGES and VBT_MAX_ENDS. */
const MAX_RANGES = 8;
const MAX_ENDS = 4;

/** Options of {@link CudaRecallEngine.beginSpan}. */
export interface CudaBeginSpanOptions extends CudaStreamOption {
  /** Search these segments only. Those that are neighbours count as one; at most 8 may be left then. */
  segments?: readonly string[];
  /** Token ids that close the span, in place of the end token; at most 4. */
  end?: TokenInput;
}

/** The options, read. */
export interface SpanScope {
  readonly segments: readonly string[] | null;
  readonly ends: Int32Array | null;
  readonly stream: bigint;
}

export function readSpanScope(options: CudaBeginSpanOptions | undefined, vocabSize: number): SpanScope {
  const { segments, end } = expectOptions("options", options);
  const stream = readStream(options);
  return {
    segments: segments === undefined ? null : expectSegmentNames(segments),
    ends: end === undefined ? null : expectEnds(end, vocabSize),
    stream,
  };
}

/**
 * The positions that the named segments take up, as `[start0, end0, start1, …]`.
 * @throws RangeError where they are too many; RecallError `SEGMENT_UNKNOWN`
 */
export function rangesOf(names: readonly string[], table: SegmentTable): Int32Array {
  const ranges = joinNeighbours(table.rangesOf(names));
  if (ranges.length <= 2 * MAX_RANGES) return Int32Array.from(ranges);
  throw new RangeError(
    `Expected "segments" to take up at most ${MAX_RANGES} stretches of the sequence, got ${ranges.length / 2}`,
  );
}

/** Ranges that touch become one: no match crosses a segment's edge, so that nothing more is found. */
function joinNeighbours(ranges: Int32Array): number[] {
  const joined: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    if (joined.at(-1) === ranges[i]) joined[joined.length - 1] = ranges[i + 1];
    else joined.push(ranges[i], ranges[i + 1]);
  }
  return joined;
}

function expectEnds(end: TokenInput, vocabSize: number): Int32Array {
  const ends = Int32Array.from(new Set(expectIntegers("end", end, vocabSize))).sort();
  if (ends.length <= MAX_ENDS) return ends;
  throw new RangeError(`Expected "end" to have at most ${MAX_ENDS} different entries, got ${ends.length}`);
}
