/**
 * The oracle: RecaLLM's formulas over plain arrays, read aloud. It shares no line with the library, so that a mistake
 * would have to be made twice, in two different ways, to go unnoticed.
 */

/** Positions [start, end). */
export type Range = readonly [start: number, end: number];

export interface Joining {
  searchable: boolean;
  newRun: boolean;
  /** For each token whether a quote may start before it, as it may before the first of a run; absent: before all. */
  edges?: readonly boolean[];
}

/** The searchable context c, and S_k and A(c, r) over it. */
export class ContextOracle {
  readonly tokens: number[] = [];
  /** For each position the start of its run; -1 where no match may contain it. */
  readonly run: number[] = [];
  /** For each position whether a quote may start there. */
  readonly edge: boolean[] = [];

  constructor(readonly barriers: ReadonlySet<number>) {}

  get length(): number {
    return this.tokens.length;
  }

  append(tokens: ArrayLike<number>, { searchable, newRun, edges }: Joining): void {
    for (let index = 0; index < tokens.length; index++) {
      const position = this.tokens.length;
      const token = tokens[index]!;
      const before = position === 0 || (newRun && index === 0) ? -1 : this.run[position - 1]!;
      this.tokens.push(token);
      this.edge.push(before === -1 || edges === undefined || edges[index]!);
      this.run.push(!searchable || this.barriers.has(token) ? -1 : before === -1 ? position : before);
    }
  }

  truncate(length: number): void {
    this.tokens.length = length;
    this.run.length = length;
    this.edge.length = length;
  }

  fork(): ContextOracle {
    const copy = new ContextOracle(this.barriers);
    for (let position = 0; position < this.length; position++) {
      copy.tokens.push(this.tokens[position]!);
      copy.run.push(this.run[position]!);
      copy.edge.push(this.edge[position]!);
    }
    return copy;
  }

  /** S_k = { i : c[i..i+k-1] = r, i at an edge }, i and i + k - 1 inside the same run and the same range. */
  candidates(quote: readonly number[], ranges: readonly Range[]): number[] {
    const k = quote.length;
    const found: number[] = [];
    for (const [start, end] of ranges) {
      for (let i = start; i < end && i + k <= end; i++) {
        if (this.run[i] === -1 || !this.edge[i] || (k > 0 && this.run[i + k - 1] !== this.run[i])) continue;
        let matched = 0;
        while (matched < k && this.tokens[i + matched] === quote[matched]) matched++;
        if (matched === k) found.push(i);
      }
    }
    return found;
  }

  /** Whether some candidate i ends at an edge: i + k is outside its run, or a quote may start there. */
  mayEnd(quote: readonly number[], ranges: readonly Range[]): boolean {
    return new Survivors(this, ranges, this.candidates(quote, ranges), quote.length).mayEnd();
  }

  /** A(c, r) = { c[i+k] : i in S_k, i + k inside the same run and the same range }, ascending. */
  continuations(quote: readonly number[], ranges: readonly Range[]): readonly number[] {
    return new Survivors(this, ranges, this.candidates(quote, ranges), quote.length).continuations();
  }

  /** Tokens on which all candidates that have a continuation agree; or those after the latest such candidate. */
  draft(quote: readonly number[], ranges: readonly Range[], max: number, latest: boolean): number[] {
    return new Survivors(this, ranges, this.candidates(quote, ranges), quote.length).draft(max, latest);
  }
}

/** S_k, one k after the other: S_{k+1} = { i in S_k : c[i+k] = r_k }. */
export class Survivors {
  private known: readonly number[] | undefined;

  constructor(
    readonly context: ContextOracle,
    readonly ranges: readonly Range[],
    readonly positions: readonly number[],
    readonly depth: number,
  ) {}

  /** S_0: every position that a match may contain. */
  static all(context: ContextOracle, ranges: readonly Range[]): Survivors {
    return new Survivors(context, ranges, context.candidates([], ranges), 0);
  }

  /** Whether candidate i has a continuation. */
  continues(i: number): boolean {
    const next = i + this.depth;
    if (this.context.run[next] !== this.context.run[i]) return false;
    for (const range of this.ranges) if (range[0] <= i && next < range[1]) return true;
    return false;
  }

  advance(token: number): Survivors {
    const { context, depth } = this;
    const kept = this.positions.filter((i) => context.tokens[i + depth] === token && this.continues(i));
    return new Survivors(context, this.ranges, kept, depth + 1);
  }

  /** See {@link ContextOracle.mayEnd}. */
  mayEnd(): boolean {
    const { run, edge } = this.context;
    const k = this.depth;
    return k === 0 || this.positions.some((i) => run[i + k] !== run[i] || edge[i + k]!);
  }

  /** Each token by which a candidate continues, ascending. */
  continuations(): readonly number[] {
    return (this.known ??= this.distinctContinuations());
  }

  private distinctContinuations(): readonly number[] {
    const next = new Set<number>();
    for (const i of this.positions) if (this.continues(i)) next.add(this.context.tokens[i + this.depth]!);
    return Array.from(Int32Array.from(next).sort());
  }

  draft(max: number, latest: boolean): number[] {
    const drafted: number[] = [];
    const chosen = latest ? this.positions.filter((i) => this.continues(i)).slice(-1) : this.positions;
    let survivors = new Survivors(this.context, this.ranges, chosen, this.depth);
    while (drafted.length < max) {
      const next = survivors.continuations();
      if (next.length !== 1) break;
      drafted.push(next[0]!);
      survivors = survivors.advance(next[0]!);
    }
    return drafted;
  }
}
