import { expectEach, expectString, isArray } from "../base/arguments.js";
import { RecallError } from "../base/errors.js";
import type { RecallSource, SegmentLayout } from "./document-layout.js";
import { countUpTo } from "../base/search.js";
import { SegmentList, type Segment } from "./segment-list.js";

/** Own segments are copied by a fork up to this many, and while they are fewer than the shared ones. */
const FEW_SEGMENTS = 32;

/**
 * The named segments of a sequence, in order. The first ones may be shared with other tables, and are then never
 * changed: of those a table keeps only how many are its own too. So a fork costs no more than what it adds.
 */
export class SegmentTable {
  #shared = NO_SEGMENTS;
  /** How many of the shared segments are in this table. */
  #sharedCount = 0;
  /** Those that follow them. */
  #own = new SegmentList();

  get count(): number {
    return this.#sharedCount + this.#own.count;
  }

  /** @throws RecallError `SEGMENT_EXISTS` where the name of a new segment is taken */
  expectFree(name: string | undefined): void {
    if (name !== undefined && this.has(name)) throw segmentExists(name);
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** Whether a segment ends at `position`, so that what is appended there starts a run of its own. */
  endsAt(position: number): boolean {
    return this.count > 0 && this.#endOf(this.count) === position;
  }

  add(name: string, start: number, end: number, layout: SegmentLayout | null): void {
    this.#own.push({ name, start, end, layout });
  }

  /** Forgets what is past `length`. A segment cut in the middle keeps its name; cut at its start, it is gone. */
  truncate(length: number): void {
    while (this.#endOf(this.count) > length) {
      const last = this.#pop();
      if (last.start < length) {
        this.#own.push({ ...last, end: length });
        return;
      }
    }
  }

  /** Forgets all segments but the first `count`: empty ones have no length to be truncated by. */
  keep(count: number): void {
    while (this.count > count) this.#pop();
  }

  /** A table of the same segments; what either adds or forgets later, the other does not see. */
  fork(): SegmentTable {
    if (this.#own.count > Math.max(FEW_SEGMENTS, this.#sharedCount) || this.#sharedCount === 0) this.#share();
    const fork = new SegmentTable();
    fork.#shared = this.#shared;
    fork.#sharedCount = this.#sharedCount;
    if (this.#own.count > 0) fork.#own = this.#own.copy();
    return fork;
  }

  /**
   * The ranges of the named segments, in the order of the sequence, as an engine takes them. Where none holds anything,
   * one range that does not either.
   * @throws RecallError `SEGMENT_UNKNOWN`
   */
  rangesOf(names: readonly string[]): Int32Array {
    const segments = Array.from(new Set(names), (name) => {
      const segment = this.#find(name);
      if (segment === undefined) {
        throw new RecallError("SEGMENT_UNKNOWN", `No segment is named ${JSON.stringify(name)}`);
      }
      return segment;
    });
    const held = segments.filter(({ start, end }) => start < end).sort((left, right) => left.start - right.start);
    return held.length === 0 ? Int32Array.of(0, 0) : Int32Array.from(held.flatMap(({ start, end }) => [start, end]));
  }

  /** The ranges of all segments before `position`, and those between them, each in a few parts, ascending. */
  split(position: number): { named: Int32Array[]; unnamed: Int32Array[] } {
    const sharedEnd = this.#endOf(this.#sharedCount);
    const lastEnd = this.#endOf(countUpTo(this.count, (i) => this.#at(i).end <= position));
    const [shared, own] = [this.#shared.stretches(0), this.#own.stretches(sharedEnd)];
    const parts = (inShared: Int32Array, inOwn: Int32Array) => [
      ...rangesBefore(inShared, Math.min(sharedEnd, lastEnd)),
      ...rangesBefore(inOwn, lastEnd),
    ];
    const unnamed = parts(shared.unnamed, own.unnamed);
    if (lastEnd < position) unnamed.push(Int32Array.of(lastEnd, position));
    return { named: parts(shared.named, own.named), unnamed };
  }

  /** The units [start, start + count) of the sequence as a place in their document. */
  locate(start: number, count: number): RecallSource {
    const segment = this.#around(start);
    if (segment === undefined) return { segment: null, start, end: start + count };
    const first = start - segment.start;
    const place = segment.layout?.locate(segment.name, first, first + count);
    return place ?? { segment: segment.name, start: first, end: first + count };
  }

  #at(index: number): Segment {
    return index < this.#sharedCount ? this.#shared.at(index) : this.#own.at(index - this.#sharedCount);
  }

  /** Where the first `count` segments end. */
  #endOf(count: number): number {
    return count === 0 ? 0 : this.#at(count - 1).end;
  }

  /** The segment of a name. A shared one that is gone from this table may have left its name to an own one. */
  #find(name: string): Segment | undefined {
    const own = this.#own.indexOf(name);
    if (own !== undefined) return this.#own.at(own);
    const shared = this.#shared.indexOf(name);
    return shared !== undefined && shared < this.#sharedCount ? this.#shared.at(shared) : undefined;
  }

  /** The segment that holds `position`. */
  #around(position: number): Segment | undefined {
    const own = this.#own.lastFrom(position);
    const index = own >= 0 ? this.#sharedCount + own : Math.min(this.#shared.lastFrom(position), this.#sharedCount - 1);
    const segment = index < 0 ? undefined : this.#at(index);
    return segment !== undefined && position < segment.end ? segment : undefined;
  }

  #pop(): Segment {
    const own = this.#own.pop();
    if (own !== undefined) return own;
    const last = this.#shared.at(--this.#sharedCount);
    if (this.#sharedCount === 0) this.#shared = NO_SEGMENTS;
    return last;
  }

  /** Makes all segments shared ones. */
  #share(): void {
    let shared = this.#own;
    if (this.#sharedCount > 0) {
      shared = new SegmentList();
      for (let i = 0; i < this.count; i++) shared.push(this.#at(i));
    }
    this.#sharedCount = shared.count;
    this.#shared = shared;
    this.#own = new SegmentList();
  }
}

const NO_SEGMENTS = new SegmentList();

/** The parts of ascending ranges before `position`: whole ranges, and the one that it cuts. */
function rangesBefore(ranges: Int32Array, position: number): Int32Array[] {
  const whole = countUpTo(ranges.length / 2, (i) => ranges[2 * i + 1] <= position);
  const parts = whole === 0 ? [] : [ranges.subarray(0, 2 * whole)];
  if (2 * whole < ranges.length && ranges[2 * whole] < position) {
    parts.push(Int32Array.of(ranges[2 * whole], position));
  }
  return parts;
}

export function segmentExists(name: string): RecallError {
  return new RecallError("SEGMENT_EXISTS", `A segment named ${JSON.stringify(name)} is in the context already`);
}

/** The names of segments to be searched. */
export function expectSegmentNames(names: unknown): string[] {
  if (!isArray(names)) throw new TypeError('Expected "segments" to be an array of strings');
  return expectEach("segments", names, expectString);
}
