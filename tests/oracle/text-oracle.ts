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

/** What was generated in a span, and where in it a closing tag may have begun that it ends in the middle of. */
export interface Generated {
  readonly bytes: readonly number[];
  readonly tags: readonly number[];
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

  /** Whether the quote q may be closed by a tag, where it is not too short. */
  mayEnd(q: readonly number[]): boolean {
    return q.length === 0 || this.occurrences(q).some((i) => this.isEdge(i, i + q.length));
  }

  /** Where in g the closing tag may have begun: where it had before, and in the last bytes of g, from `from` on. */
  tagStarts({ bytes, tags }: Generated, from: number, minBytes = this.minBytes): number[] {
    const may = (j: number): boolean => (j < from ? tags.includes(j) : j >= minBytes && this.mayEnd(bytes.slice(0, j)));
    return [...bytes.keys()].filter((j) => startsWith(this.tag, bytes.slice(j)) && may(j));
  }

  /**
   * Rules 3 and 4: what was generated, after a piece of these bytes; null where it is not allowed. It is closed where
   * the tag is first complete in some reading.
   */
  after(g: Generated, piece: readonly number[], minBytes = this.minBytes): (Generated & { closedAt: number }) | null {
    const from = g.bytes.length;
    const readings = (n: number): Generated => {
      const begun = { bytes: [...g.bytes, ...piece.slice(0, n)], tags: g.tags };
      return { bytes: begun.bytes, tags: this.tagStarts(begun, from, minBytes) };
    };
    const whole = readings(piece.length);
    if (piece.length === 0 || (!this.occurs(whole.bytes) && whole.tags.length === 0)) return null;
    for (let n = 1; n <= piece.length; n++) {
      const closedAt = from + n - this.tag.length;
      if (readings(n).tags.includes(closedAt)) return { ...whole, closedAt };
    }
    return { ...whole, closedAt: -1 };
  }

  /** The least length at which the tag may begin now: none, where nothing else is a way on. */
  leastBytes(g: Generated, tokens: readonly (readonly number[])[]): number {
    if (g.bytes.length >= this.minBytes) return this.minBytes;
    return tokens.some((bytes) => this.after(g, bytes) !== null) ? this.minBytes : 0;
  }

  /** How much of what was generated is the quote: all of it, or what is before the shortest beginning of the tag. */
  quoteLength({ bytes, tags }: Generated): number {
    return this.occurs(bytes) ? bytes.length : Math.max(...tags);
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
