/**
 * The oracle of text mode: the formulas of docs/semantics.md over plain arrays of bytes, read aloud. It shares no line
 * with the library, and works out each answer from the first byte of the quote on.
 */

/** Positions [start, end). */
export type ByteRange = readonly [start: number, end: number];

export interface ByteJoining {
  searchable: boolean;
  newRun: boolean;
  /** For each byte whether an edge is before it; `null`: wherever a character begins. */
  edges: readonly boolean[] | null;
  /** For each byte whether no quote may start before it, edge or not; none where it is left out. */
  noStart?: readonly boolean[];
}

/** What is known of a byte of the sequence. */
interface Place {
  readonly byte: number;
  /** The start of its run; -1 where no match may contain it. */
  readonly run: number;
  /** Whether an edge is before it. */
  readonly edge: boolean;
  /** Whether a quote may start before it, where an edge is. */
  readonly start: boolean;
}

/** The searchable context c: bytes, the runs they are in, and the edges between them. Never changed once made. */
export class TextContextOracle {
  /** `places` may be longer: contexts that begin alike share it. */
  constructor(
    private readonly places: Place[] = [],
    readonly length = 0,
  ) {}

  get bytes(): number[] {
    return this.places.slice(0, this.length).map(({ byte }) => byte);
  }

  /** A place of the sequence; undefined past its end. */
  at(position: number): Place | undefined {
    return position < this.length ? this.places[position] : undefined;
  }

  /** The context with more bytes. */
  with(bytes: readonly number[], { searchable, newRun, edges, noStart }: ByteJoining): TextContextOracle {
    const places = this.places.length === this.length ? this.places : this.places.slice(0, this.length);
    bytes.forEach((byte, index) => {
      const position = places.length;
      const before = position === 0 || (newRun && index === 0) ? -1 : places[position - 1]!.run;
      const run = !searchable ? -1 : before === -1 ? position : before;
      places.push({ byte, run, edge: edges ? edges[index]! : beginsCharacter(byte), start: !noStart?.[index] });
    });
    return new TextContextOracle(places, places.length);
  }

  /** The context with the first `length` bytes. */
  first(length: number): TextContextOracle {
    return new TextContextOracle(this.places, Math.min(length, this.length));
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
  private readonly ends: readonly number[];
  /** Where a quote may start: searchable bytes that an edge is before which is not for ends only. */
  private readonly starts: readonly number[];

  constructor(
    readonly context: TextContextOracle,
    readonly ranges: readonly ByteRange[],
    readonly tag: readonly number[],
    readonly minBytes: number,
    readonly maxBytes: number,
  ) {
    this.ends = endsOf(context, ranges);
    this.starts = [...this.ends.keys()].filter((i) => {
      return this.ends[i] !== undefined && context.at(i)!.edge && context.at(i)!.start;
    });
  }

  /** Where q stands, from a start at an edge, in one run and one range, and no further than a quote from there may go. */
  occurrences(q: readonly number[]): number[] {
    return this.starts.filter((i) => this.standsAt(q, i) && q.length <= this.reach(i));
  }

  /** The places where q stands between two edges. */
  places(q: readonly number[]): number[] {
    return this.starts.filter((i) => this.standsAt(q, i) && this.isEdge(i, i + q.length));
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
      const isTag = closedAt >= 0 && startsWith(whole.bytes.slice(closedAt), this.tag);
      if (isTag && readings(n).tags.includes(closedAt)) return { ...whole, closedAt };
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
      const next = new Set(candidates.map((i) => this.context.at(i + at)!.byte));
      if (next.size !== 1) return drafted;
      drafted.push(...next);
    }
  }

  /** Where the text that a quote from i may contain ends. */
  private endOf(i: number): number {
    return this.ends[i]!;
  }

  private isEdge(i: number, end: number): boolean {
    return end === this.endOf(i) || this.context.at(end)!.edge;
  }

  /** Rule 6: bytes up to the last edge within `maxBytes`. */
  private reach(i: number): number {
    let length = Math.min(this.maxBytes, this.endOf(i) - i);
    while (!this.isEdge(i, i + length)) length--;
    return length;
  }

  private standsAt(q: readonly number[], i: number): boolean {
    return q.every((byte, k) => this.context.at(i + k)?.byte === byte) && i + q.length <= this.endOf(i);
  }
}

/** For each searchable byte in a range, where its run or its range ends. */
function endsOf(context: TextContextOracle, ranges: readonly ByteRange[]): number[] {
  const ends: number[] = [];
  for (const [start, end] of ranges) {
    for (let i = end - 1; i >= start; i--) {
      const { run } = context.at(i)!;
      if (run !== -1) ends[i] = i + 1 < end && context.at(i + 1)!.run === run ? ends[i + 1]! : i + 1;
    }
  }
  return ends;
}

export function startsWith(whole: readonly number[], part: readonly number[]): boolean {
  return part.length <= whole.length && part.every((byte, index) => whole[index] === byte);
}
