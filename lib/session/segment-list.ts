import type { SegmentLayout } from "./document-layout.js";
import { countUpTo } from "../base/search.js";

/** A named part of a sequence: units [start, end), tokens or bytes. */
export interface Segment {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly layout: SegmentLayout | null;
}

/** Where named segments stand, and what lies between them, as ranges an engine takes; neighbours are one range. */
interface Stretches {
  readonly named: Int32Array;
  readonly unnamed: Int32Array;
}

/** Named segments in the order of their sequence, which may begin before the first of them: after another list. */
export class SegmentList {
  readonly #segments: Segment[] = [];
  readonly #indices = new Map<string, number>();
  #stretches: Stretches | null = null;

  get count(): number {
    return this.#segments.length;
  }

  at(index: number): Segment {
    return this.#segments[index];
  }

  /** The index of a name; `undefined` where no segment has it. */
  indexOf(name: string): number | undefined {
    return this.#indices.get(name);
  }

  /** The index of the last segment that starts at `position` or before; -1 where there is none. */
  lastFrom(position: number): number {
    return countUpTo(this.count, (i) => this.#segments[i].start <= position) - 1;
  }

  push(segment: Segment): void {
    this.#indices.set(segment.name, this.count);
    this.#segments.push(segment);
    this.#stretches = null;
  }

  pop(): Segment | undefined {
    const last = this.#segments.pop();
    if (last !== undefined) this.#indices.delete(last.name);
    this.#stretches = null;
    return last;
  }

  copy(): SegmentList {
    const copy = new SegmentList();
    for (const segment of this.#segments) copy.push(segment);
    return copy;
  }

  /**
   * The ranges of all segments, and those between them from `begin` on, where the list begins. They are worked out
   * once, so a list has one `begin` as long as it does not change.
   */
  stretches(begin: number): Stretches {
    return (this.#stretches ??= this.#findStretches(begin));
  }

  #findStretches(begin: number): Stretches {
    const [named, unnamed]: [number[], number[]] = [[], []];
    let end = begin;
    for (const segment of this.#segments) {
      pushRange(unnamed, end, segment.start);
      pushRange(named, segment.start, segment.end);
      end = segment.end;
    }
    return { named: Int32Array.from(named), unnamed: Int32Array.from(unnamed) };
  }
}

/** Adds [start, end) to ascending ranges, unless it is empty; to the last of them where it follows that. */
function pushRange(ranges: number[], start: number, end: number): void {
  if (start === end) return;
  if (ranges.at(-1) === start) ranges[ranges.length - 1] = end;
  else ranges.push(start, end);
}
