import type { EngineVocabulary } from "./token-table.js";

/**
 * What an engine of text mode is: a *context* (bytes in runs) and a *matcher* over it, for models without delimiter
 * tokens. Candidates are byte offsets, and any tokenisation of a quote is legal (docs/semantics.md, "Text mode").
 *
 * Arguments reach an engine already checked.
 */

/** How appended bytes join the sequence. */
export interface TextAppendOptions {
  /** Whether matches may contain these bytes. */
  searchable: boolean;
  /** Whether the first of these bytes starts a run of its own: no match crosses from the byte before it. */
  newRun: boolean;
  /** Whether the bytes are JSON-escaped text: an escape sequence is one character. */
  json: boolean;
  /**
   * One entry per byte: 1 where a quote may start before it and end before it, `EDGE_END` where it may only end; `null`:
   * at every character's edge.
   */
  edges: Uint8Array | null;
}

/** An edge before which a quote may end, and none may start. */
export const EDGE_END = 2;

/** The searchable context: one ordered byte sequence, cut into runs. */
export interface EngineTextContext {
  /** Bytes in the sequence, searchable or not. */
  readonly length: number;
  /** Bytes of memory held by text and index; what is shared with other contexts is counted whole. */
  readonly bytes: number;
  append(text: Uint8Array, options: TextAppendOptions): void;
  /** Forgets every byte from position `length` on. */
  truncate(length: number): void;
  /** A copy of the bytes at positions [start, end). */
  read(start: number, end: number): Uint8Array;
  /** An independent context with the same bytes; what is indexed is shared, later changes are not. */
  fork(): EngineTextContext;
  /** Brings the index up to date, before many sessions build on this context. */
  compact(): void;
  /** The same on another thread, where the engine has one. Until it is done the context may be forked, but not change. */
  compactInBackground(): Promise<void>;
  /** A matcher over this context. It is valid until the context changes; `begin` makes it valid again. */
  matcher(): EngineTextMatcher;
  close(): void;
}

/** What a quote is constrained by, beside the text. */
export interface TextSpanOptions {
  /** `[start0, end0, …]`, ascending and disjoint: candidates must lie inside one of these. `null`: everywhere. */
  ranges: Int32Array | null;
  /** The closing tag; empty: no tag closes the quote. */
  tag: Uint8Array;
  /** The closing tag is withheld while the quote has fewer bytes, unless it is the only way on. */
  minBytes: number;
  /** A quote goes no further than the last edge within so many bytes of its start. */
  maxBytes: number;
}

/** One quote: its candidates, and how far the closing tag has come. */
export interface EngineTextMatcher {
  /** Pieces accepted so far: tokens, and the bytes that `advanceBytes` took. */
  readonly depth: number;
  /** Starts a new quote. */
  begin(options: TextSpanOptions): void;
  /** Accepts a token. False, and nothing changes, where it is not allowed, or the quote is closed. */
  advance(token: number): boolean;
  /** The same for the bytes of one piece that is not a token: what an opening token has after its tag. */
  advanceBytes(bytes: Uint8Array): boolean;
  /** Bytes of all pieces so far: the quote's and the tag's. */
  readonly byteLength: number;
  /** Bytes of the quote, once the closing tag is complete; -1 before. The rest of the last piece follows the tag. */
  readonly closedAt: number;
  /** Goes back to the first `depth` pieces. */
  rewind(depth: number): void;
  /** Whether `token` may come next. */
  allows(token: number): boolean;
  /** The tokens that may come next, ascending; empty once closed. Valid until the next call on any matcher. */
  allowed(): Int32Array;
  /** Whether the quote may end here: its last byte is at an edge, and no part of the tag is pending. */
  mayEnd(): boolean;
  /** Tokens whose bytes all candidates agree on, or (`latest`) the bytes after the latest one; longest tokens first. */
  draft(max: number, latest: boolean): Int32Array;
  /** Lets go of what is held for the quote, which is over: `begin` comes next. */
  forget(): void;
  close(): void;
}

/** A text engine. */
export interface TextEngine {
  readonly name: "native" | "javascript";
  createTextContext(vocabulary: EngineVocabulary): EngineTextContext;
  /**
   * Start positions of `quote` in a context, ascending, at most `limit`: places that start and end at edges.
   * @param ranges as in {@link TextSpanOptions}
   */
  findText(context: EngineTextContext, quote: Uint8Array, ranges: Int32Array | null, limit: number): Int32Array;
}
