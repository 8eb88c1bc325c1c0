/**
 * The oracle of text mode: the formulas of docs/semantics.md over plain arrays of bytes, read aloud. It shares no line
 * with the library, and nothing is remembered from one question to the next.
 */

/** Positions [start, end). */
export type ByteRange = readonly [start: number, end: number];

export interface ByteJoining {
  searchable: boolean;
  newRun: boolean;
  /** For each byte whether an edge is before it; `null`: wherever a character begins. */
  edges: readonly boolean[] | null;
}

/** The searchable context c: bytes, the runs they are in, and the edges between them. */
export class TextContextOracle {
  readonly bytes: number[] = [];
  /** For each byte the start of its run; -1 where no match may contain it. */
  readonly run: number[] = [];
  /** For each byte whether an edge is before it. */
  readonly edge: boolean[] = [];

  get length(): number {
    return this.bytes.length;
  }

  append(bytes: readonly number[], { searchable, newRun, edges }: ByteJoining): void {
    bytes.forEach((byte, index) => {
      const position = this.length;
      const before = position === 0 || (newRun && index === 0) ? -1 : this.run[position - 1]!;
      this.bytes.push(byte);
      this.run.push(!searchable ? -1 : before === -1 ? position : before);
      this.edge.push(edges ? edges[index]! : beginsCharacter(byte));
    });
  }

  /** A context of its own with the first `length` bytes. */
  first(length: number): TextContextOracle {
    const copy = new TextContextOracle();
    copy.bytes.push(...this.bytes.slice(0, length));
    copy.run.push(...this.run.slice(0, length));
    copy.edge.push(...this.edge.slice(0, length));
    return copy;
  }
}

export function beginsCharacter(byte: number): boolean {
  return byte < 0x80 || byte > 0xbf;
}

/** What a quote is constrained by, and the formulas over it. */
export class QuoteOracle {
  constructor(
    readonly context: TextContextOracle,
    readonly ranges: readonly ByteRange[],
    readonly tag: readonly number[],
    readonly minBytes: number,
    readonly maxBytes: number,
  ) {}

  /** Where q stands, from a start at an edge, in one run and one range, and no further than a quote from there may go. */
  occurrences(q: readonly number[]): number[] {
    return this.starts().filter((i) => q.length <= this.reach(i) && this.standsAt(q, i));
  }

  /** The places where q stands between two edges. */
  places(q: readonly number[]): number[] {
    return this.starts().filter((i) => this.standsAt(q, i) && this.isEdge(i, i + q.length));
  }

  /** (a) of rule 3: q occurs. */
  occurs(q: readonly number[]): boolean {
    return q.length === 0 || this.occurrences(q).length > 0;
  }

  /** Whether the closing tag may begin after the quote q. */
  tagMayFollow(q: readonly number[]): boolean {
    const here = this.occurrences(q);
    if (q.length > 0 && !here.some((i) => this.isEdge(i, i + q.length))) return false;
    return this.tag.length > 0 && (q.length >= this.minBytes || !here.some((i) => q.length < this.reach(i)));
  }

  /** Where in g a closing tag may have begun that g ends in the middle of, or at the end of. */
  tagStarts(g: readonly number[]): number[] {
    return g.map((_, j) => j).filter((j) => startsWith(this.tag, g.slice(j)) && this.tagMayFollow(g.slice(0, j)));
  }

  /** (a) or (b) of rule 3, for all that was generated. */
  isLive(g: readonly number[]): boolean {
    return this.occurs(g) || this.tagStarts(g).length > 0;
  }

  /** Rule 4: the length of the shortest beginning of g, longer than `from`, that completes a closing tag; -1 for none. */
  completion(g: readonly number[], from: number): number {
    for (let n = from + 1; n <= g.length; n++) {
      const begun = g.slice(0, n);
      if (this.tagStarts(begun).includes(n - this.tag.length)) return n;
    }
    return -1;
  }

  /** Whether the quote may go on with these bytes. */
  allows(g: readonly number[], bytes: readonly number[]): boolean {
    return bytes.length > 0 && this.isLive([...g, ...bytes]);
  }

  /** Bytes on which all candidates that go on agree; or those after the latest such candidate. */
  agreed(g: readonly number[], latest: boolean): number[] {
    const going = this.occurrences(g).filter((i) => g.length < this.reach(i));
    let candidates = latest ? going.slice(-1) : going;
    const drafted: number[] = [];
    for (;;) {
      const at = g.length + drafted.length;
      candidates = candidates.filter((i) => at < this.reach(i));
      const next = new Set(candidates.map((i) => this.context.bytes[i + at]!));
      if (next.size !== 1) return drafted;
      drafted.push(...next);
    }
  }

  /** Positions before searchable bytes where a quote may start. */
  private starts(): number[] {
    const { edge, run, bytes } = this.context;
    return bytes.map((_, i) => i).filter((i) => edge[i] && run[i] !== -1 && this.rangeOf(i) !== undefined);
  }

  private rangeOf(i: number): ByteRange | undefined {
    return this.ranges.find(([start, end]) => start <= i && i < end);
  }

  /** Where the text that a quote from i may contain ends. */
  private endOf(i: number): number {
    let end = i;
    while (end < this.rangeOf(i)![1] && this.context.run[end] === this.context.run[i]) end++;
    return end;
  }

  private isEdge(i: number, end: number): boolean {
    return end === this.endOf(i) || this.context.edge[end]!;
  }

  /** Rule 6: bytes up to the last edge within `maxBytes`. */
  private reach(i: number): number {
    let length = Math.min(this.maxBytes, this.endOf(i) - i);
    while (!this.isEdge(i, i + length)) length--;
    return length;
  }

  private standsAt(q: readonly number[], i: number): boolean {
    return i + q.length <= this.endOf(i) && q.every((byte, k) => this.context.bytes[i + k] === byte);
  }
}

export function startsWith(whole: readonly number[], part: readonly number[]): boolean {
  return part.length <= whole.length && part.every((byte, index) => whole[index] === byte);
}
