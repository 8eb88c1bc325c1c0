/**
 * What an engine is: a *context* (tokens in runs) and a *matcher* over it. The native and the JavaScript engine
 * both implement these interfaces; everything above them (sessions, spans, segments, delimiters) is backend-free.
 *
 * Arguments reach an engine already checked: ids are integers in [0, vocabSize), positions are inside the context.
 */

/** How appended tokens join the sequence. */
export interface AppendOptions {
  /** Whether matches may contain these tokens. Barrier ids never are searchable, whatever this says. */
  searchable: boolean;
  /** Whether the first of these tokens starts a run of its own: no match crosses from the token before it. */
  newRun: boolean;
  /** For each token whether a quote may start before it: 1 or 0. The first of a run always may. Absent: before each. */
  edges?: Uint8Array | null;
}

/** The searchable context: one ordered token sequence, cut into runs. */
export interface EngineContext {
  /** Tokens in the sequence, searchable or not. */
  readonly length: number;
  /** Bytes held by the token store and the index; what is shared with other contexts is counted whole. */
  readonly bytes: number;
  append(tokens: Int32Array, options: AppendOptions): void;
  /** Forgets every token from position `length` on. */
  truncate(length: number): void;
  /** A copy of the tokens at positions [start, end). */
  read(start: number, end: number): Int32Array;
  /** An independent context with the same tokens; what is indexed is shared, later changes are not. */
  fork(): EngineContext;
  /** Rearranges the index for reading: worth its cost before many sessions build on this context. */
  compact(): void;
  /** The same on another thread, where the engine has one. Until it is done the context may be forked, but not change. */
  compactInBackground(): Promise<void>;
  /** A matcher over this context. It is valid until the context changes; `begin` makes it valid again. */
  matcher(): EngineMatcher;
  close(): void;
}

/**
 * The candidates of one quote: after `begin` and `k` times `advance`, the set
 * `S_k = { i : c[i..i+k-1] = r }`, i and i + k - 1 inside the same run.
 */
export interface EngineMatcher {
  /** Tokens matched so far: k. */
  readonly depth: number;
  /**
   * Starts a new quote: k = 0, every searchable position with an edge before it is a candidate.
   * @param ranges `[start0, end0, start1, end1, …]`, ascending and disjoint: only candidates and continuations
   *   inside one of these ranges count. `null`: the whole context.
   */
  begin(ranges: Int32Array | null): void;
  /** Keeps the candidates that continue with `token`. False, and nothing changes, where none does. */
  advance(token: number): boolean;
  /** Goes back to the first `depth` tokens of the quote. */
  rewind(depth: number): void;
  /** Whether some candidate continues with `token`. */
  allows(token: number): boolean;
  /** Whether some candidate ends where its run does, or where a quote may start; at depth 0 always. */
  mayEnd(): boolean;
  /** The tokens by which candidates continue, ascending, each once. Valid until the next call on any matcher. */
  continuations(): Int32Array;
  /**
   * The longest run of tokens, at most `max`, on which all candidates that have a continuation agree; with
   * `latest`, the tokens that follow the latest candidate that has a continuation. Stops at run edges.
   */
  draft(max: number, latest: boolean): Int32Array;
  /**
   * Start positions of the candidates, ascending, at most `limit`. At depth 0 there are none to report.
   * @param ranges as in `begin`: only candidates [start, start + depth) that lie inside one of them.
   */
  sources(ranges: Int32Array | null, limit: number): Int32Array;
  /** Lets go of what is held for the quote, which is over: `begin` comes next. */
  forget(): void;
  close(): void;
}

/** How a token is drawn from a row of logits. */
export interface Sampling {
  /** 0 takes the largest logit, the lowest id among equals. */
  temperature: number;
  /** Keep the `topK` largest logits; 0 keeps all. */
  topK: number;
  /** Keep the most probable tokens until their probabilities sum to `topP`; 1 keeps all. */
  topP: number;
  /** Keep tokens at least `minP` times as probable as the most probable one; 0 keeps all. */
  minP: number;
}

export interface ContextOptions {
  vocabSize: number;
  /** Ids that are never part of a match: delimiters, end of text, template markers. */
  barriers: Int32Array;
}

export interface Engine {
  readonly name: "native" | "javascript";
  createContext(options: ContextOptions): EngineContext;
  /** Assigns `value` to every entry of `row` whose index is not in `allowed` (ascending). Allowed entries keep their bits. */
  maskedFill(row: Float32Array, allowed: Int32Array, value: number): void;
  /**
   * Draws an id; entries that are not finite are never drawn.
   * @param ids the ids to choose from, ascending; `null`: [0, width).
   * @param uniform a number in [0, 1) that decides the draw.
   * @returns the id, or -1 where no entry is finite.
   */
  sample(row: Float32Array, width: number, ids: Int32Array | null, sampling: Sampling, uniform: number): number;
}
