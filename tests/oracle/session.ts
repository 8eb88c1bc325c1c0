import { charsBefore } from "./chars.js";
import { ContextOracle, type Range, Survivors } from "./oracle.js";
import { definedEdges, type Unit } from "./snap-edges.js";

/** Why a verb was refused: a `RecallError` code, or the argument error's class. */
export class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

export interface SessionOptions {
  vocabSize: number;
  startTokenId?: number;
  endTokenId?: number;
  maxSpanTokens: number;
  minSpanTokens: number;
  barrierTokenIds: readonly number[];
  recallGenerated: boolean;
  maxContextTokens?: number;
  /** What quotes are made of whole units of; absent: of tokens. */
  snap?: Unit;
}

/** A document's text and where in its UTF-8 bytes each token begins, and the last one ends. */
export interface Layout {
  offsets: readonly number[];
  text?: string;
}

/** Where a token leaves a session. */
export type SpanState = "outside" | "opened" | "inside" | "closed";

export interface Source {
  segment: string | null;
  start: number;
  end: number;
  bytes?: [start: number, end: number];
  chars?: [start: number, end: number];
  lines?: [first: number, last: number];
}

interface AppendOptions {
  segment?: string;
  recallable?: boolean;
  layout?: Layout;
}

interface Span {
  /** Position of the quote's first token. */
  readonly start: number;
  /** The quote is searched in positions below: those before the start token. */
  readonly opened: number;
  /** Names of the segments that are searched; null: everything. */
  readonly segments: readonly string[] | null;
  /** The ids that close the span. */
  readonly closing: readonly number[];
  /** null: the span is open, and ends where the sequence does. */
  readonly end: number | null;
}

/** All of a session's state that the sequence itself does not hold. */
interface State {
  readonly spans: readonly Span[];
  readonly segments: readonly string[];
  /** At the same indices: their layouts, where they were appended with one. */
  readonly layouts: readonly (Layout | undefined)[];
  /** The sequence ends with a segment: unnamed tokens start a run. */
  readonly afterSegment: boolean;
}

/**
 * The session of docs/semantics.md. For every length it remembers the state it had when it last had that length,
 * so undoing is looking it up.
 */
export class SessionOracle {
  readonly context: ContextOracle;
  /** For each position the index of its segment, -1 where it has none. */
  private readonly segmentOf: number[] = [];
  private history: State[] = [{ spans: [], segments: [], layouts: [], afterSegment: false }];
  private state: State = this.history[0]!;
  private initial: { length: number; state: State } = { length: 0, state: this.state };
  /** The candidates of the open span and the allowed ids, where they have been asked for since the last change. */
  private survivors: Survivors | null = null;
  private allowedIds: readonly number[] | null = null;

  constructor(
    readonly options: SessionOptions,
    base?: SessionOracle,
  ) {
    const { barrierTokenIds, startTokenId, endTokenId } = options;
    const delimiters = [startTokenId, endTokenId].filter((id) => id !== undefined);
    this.context = base ? base.context.fork() : new ContextOracle(new Set([...delimiters, ...barrierTokenIds]));
    if (base) {
      for (const segment of base.segmentOf) this.segmentOf.push(segment);
      this.history = [...base.history];
      this.state = base.state;
      this.initial = { length: this.length, state: this.state };
    }
  }

  fork(): SessionOracle {
    const copy = new SessionOracle(this.options, this);
    copy.initial = this.initial;
    return copy;
  }

  get length(): number {
    return this.context.length;
  }

  /** Tokens that were there when the session was made: those of the context that it builds on. */
  get initialLength(): number {
    return this.initial.length;
  }

  get inSpan(): boolean {
    return this.openSpan !== undefined;
  }

  get openSpan(): Span | undefined {
    const last = this.state.spans.at(-1);
    return last?.end === null ? last : undefined;
  }

  /** The k tokens of the open span. */
  get depth(): number {
    return this.length - this.openSpan!.start;
  }

  get segments(): readonly string[] {
    return this.state.segments;
  }

  get spans(): { tokens: number[]; start: number; end: number }[] {
    return this.state.spans.map((_, index) => this.span(index));
  }

  get spanCount(): number {
    return this.state.spans.length;
  }

  span(index: number): { tokens: number[]; start: number; end: number } {
    const { start, end } = this.state.spans[index]!;
    return { tokens: this.context.tokens.slice(start, end ?? this.length), start, end: end ?? this.length };
  }

  append(tokens: readonly number[], { segment, recallable = true, layout }: AppendOptions = {}): void {
    if (this.inSpan) throw new Refusal("IN_SPAN");
    for (const token of tokens) this.checkId(token);
    if (segment !== undefined && this.segments.includes(segment)) throw new Refusal("SEGMENT_EXISTS");
    if (this.length + tokens.length > this.capacity) throw new Refusal("CONTEXT_FULL");
    if (segment === undefined) {
      this.join(tokens, recallable);
      return;
    }
    const segments = [...this.segments, segment];
    const state = { ...this.state, segments, layouts: [...this.state.layouts, layout], afterSegment: true };
    this.context.append(tokens, { searchable: recallable, newRun: true, edges: this.edgesOf(tokens, layout) });
    for (let count = 0; count < tokens.length; count++) {
      this.segmentOf.push(state.segments.length - 1);
      this.history.push(state);
    }
    this.become(state);
  }

  accept(token: number): SpanState {
    this.checkId(token);
    const span = this.openSpan;
    if (this.length + 1 > this.capacity) throw new Refusal("CONTEXT_FULL");
    if (span && !this.allowed()!.includes(token)) throw new Refusal("TOKEN_NOT_ALLOWED");
    const survivors = this.survivors;
    this.join([token], this.options.recallGenerated);
    if (!span) {
      if (token !== this.options.startTokenId) return "outside";
      this.open(this.length, this.length - 1, null, null);
      return "opened";
    }
    if (span.closing.includes(token)) {
      this.closeSpan(this.length - 1);
      return "closed";
    }
    this.survivors = survivors!.advance(token);
    return "inside";
  }

  acceptAll(tokens: readonly number[]): SpanState {
    for (const token of tokens) this.checkId(token);
    const before = this.length;
    try {
      return tokens.map((token) => this.accept(token)).at(-1) ?? (this.inSpan ? "inside" : "outside");
    } catch (refusal) {
      this.truncate(before);
      throw refusal;
    }
  }

  validate(tokens: readonly number[]): number {
    for (const token of tokens) this.checkId(token);
    const before = this.length;
    try {
      for (const token of tokens) this.accept(token);
    } catch {
      // The length says how far it came.
    }
    const accepted = this.length - before;
    this.truncate(before);
    return accepted;
  }

  beginSpan({
    segments = null,
    end = null,
  }: {
    segments?: readonly string[] | null;
    end?: readonly number[] | null;
  }): void {
    if (this.inSpan) throw new Refusal("IN_SPAN");
    for (const id of end ?? []) this.checkId(id);
    if (segments?.some((name) => !this.segments.includes(name))) throw new Refusal("SEGMENT_UNKNOWN");
    this.open(this.length, this.length, segments, end);
  }

  endSpan(): void {
    if (!this.inSpan) throw new Refusal("NOT_IN_SPAN");
    this.closeSpan(this.length);
  }

  truncate(length: number): void {
    if (!(Number.isInteger(length) && length >= this.initial.length && length <= this.length)) {
      throw new Refusal("RangeError");
    }
    this.context.truncate(length);
    this.segmentOf.length = length;
    this.history.length = length + 1;
    this.become(this.history[length]!);
  }

  rollback(count: number): void {
    this.truncate(this.length - count);
  }

  reset(): void {
    this.truncate(this.initial.length);
    this.become(this.initial.state);
  }

  /** The allowed ids, ascending; null outside a span. */
  allowed(): readonly number[] | null {
    const span = this.openSpan;
    if (!span) return null;
    return (this.allowedIds ??= this.allowedIn(span));
  }

  private allowedIn(span: Span): readonly number[] {
    const { maxSpanTokens, minSpanTokens } = this.options;
    const quotable =
      this.depth === maxSpanTokens
        ? []
        : this.candidates()
            .continuations()
            .filter((token) => !span.closing.includes(token));
    const mayEnd = this.options.snap === undefined || this.candidates().mayEnd();
    const withheld = (this.depth < minSpanTokens || !mayEnd) && quotable.length > 0;
    return [...new Set([...quotable, ...(withheld ? [] : span.closing)])].sort((a, b) => a - b);
  }

  draft(max: number, latest: boolean): number[] {
    const span = this.openSpan;
    if (!span) return [];
    const drafted = this.candidates().draft(Math.min(max, this.options.maxSpanTokens - this.depth), latest);
    const closing = drafted.findIndex((token) => span.closing.includes(token));
    return closing === -1 ? drafted : drafted.slice(0, closing);
  }

  /** Where a span's tokens stand in what it searched: in named segments first, then the earliest. */
  sources(index: number, limit: number): Source[] {
    const span = this.state.spans[index]!;
    const { tokens } = this.span(index);
    if (tokens.length === 0) return [];
    const candidates = this.context.candidates(tokens, this.ranges(span));
    const named = candidates.filter((i) => this.segmentOf[i] !== -1);
    const unnamed = candidates.filter((i) => this.segmentOf[i] === -1);
    return [...named, ...unnamed].slice(0, limit).map((i) => {
      const segment = this.segmentOf[i]!;
      const origin = segment === -1 ? 0 : this.segmentOf.indexOf(segment);
      const start = i - origin;
      const source = { segment: segment === -1 ? null : this.segments[segment]!, start, end: start + tokens.length };
      return { ...source, ...placeIn(this.state.layouts[segment], source) };
    });
  }

  /** S_k of the open span. */
  candidates(): Survivors {
    const span = this.openSpan!;
    this.survivors ??= this.context.tokens
      .slice(span.start)
      .reduce((survivors, token) => survivors.advance(token), Survivors.all(this.context, this.ranges(span)));
    return this.survivors;
  }

  private get capacity(): number {
    return this.options.maxContextTokens ?? Infinity;
  }

  private checkId(token: number): void {
    if (!(Number.isInteger(token) && token >= 0 && token < this.options.vocabSize)) throw new Refusal("RangeError");
  }

  /** Unnamed tokens, appended or generated, join the sequence. */
  private join(tokens: readonly number[], searchable: boolean): void {
    if (tokens.length === 0) return;
    this.context.append(tokens, { searchable, newRun: this.state.afterSegment, edges: this.edgesOf(tokens) });
    const state = { ...this.state, afterSegment: false };
    for (let count = 0; count < tokens.length; count++) {
      this.segmentOf.push(-1);
      this.history.push(state);
    }
    this.become(state);
  }

  /** Rule 13: for each token whether its first byte is at an edge; without its text none is known to be. */
  private edgesOf(tokens: readonly number[], layout?: Layout): boolean[] | undefined {
    const { snap } = this.options;
    if (snap === undefined) return undefined;
    const edges = layout?.text === undefined ? [] : definedEdges(layout.text, snap);
    return tokens.map((_, index) => edges[layout?.offsets[index] ?? -1] === 1);
  }

  private open(
    start: number,
    opened: number,
    segments: readonly string[] | null,
    closing: readonly number[] | null,
  ): void {
    const { endTokenId } = this.options;
    const span = {
      start,
      opened,
      segments,
      closing: closing ?? (endTokenId === undefined ? [] : [endTokenId]),
      end: null,
    };
    this.become({ ...this.state, spans: [...this.state.spans, span] });
  }

  private closeSpan(end: number): void {
    const closed = { ...this.openSpan!, end };
    this.become({ ...this.state, spans: [...this.state.spans.slice(0, -1), closed] });
  }

  /** Remembers `state` as the one that the session last had at this length. */
  private become(state: State): void {
    this.state = state;
    this.history[this.length] = state;
    this.survivors = null;
    this.allowedIds = null;
  }

  /** What a span searches: everything before it, or some segments of that. */
  private ranges({ opened, segments }: Span): Range[] {
    if (segments === null) return [[0, opened]];
    return this.segments.flatMap((name, index): Range[] => {
      const start = segments.includes(name) ? this.segmentOf.indexOf(index) : -1;
      return start === -1 ? [] : [[start, this.segmentOf.lastIndexOf(index) + 1]];
    });
  }
}

/** The tokens [start, end) of a document in its bytes and its lines, as far as these are known. */
function placeIn(layout: Layout | undefined, { start, end }: Source): Pick<Source, "bytes" | "chars" | "lines"> {
  if (!layout) return {};
  const { offsets, text } = layout;
  const [from, to] = [offsets[start]!, offsets[end]!];
  if (text === undefined) return { bytes: [from, to] };
  const lineOf = (byte: number): number => Buffer.from(text).subarray(0, byte).toString().split("\n").length;
  const chars = charsBefore(text, [from, to]);
  return { bytes: [from, to], ...chars, lines: [lineOf(from), lineOf(Math.max(from, to - 1))] };
}
