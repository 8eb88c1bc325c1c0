import { expectBoolean, expectIntegers, expectOptions, expectString, type TokenInput } from "../base/arguments.js";
import type { EngineContext, EngineMatcher } from "../engine/engine.js";
import { contextFull } from "../session/context-full.js";
import {
  fitLayout,
  readLayout,
  type DocumentLayout,
  type ReadLayout,
  type TokenLayout,
} from "../session/document-layout.js";
import { SegmentTable } from "../session/segments.js";
import { snapEdgesOf, type Snap } from "../session/snap-edges.js";

/** How appended tokens join the context. */
export interface AppendOptions extends DocumentLayout {
  /** Makes the tokens a document of its own; sources are reported relative to it. */
  segment?: string;
  /** `false` keeps the tokens out of every match without losing them from the sequence. */
  recallable?: boolean;
}

/** What is to be appended, checked. */
export interface CheckedAppend {
  readonly tokens: Int32Array;
  readonly searchable: boolean;
  readonly segment: string | undefined;
  /** Of a segment; `null` where nothing is known of its document. */
  readonly layout: TokenLayout | null;
  /** For each token whether a quote may start before it; `null`: before all of them. */
  readonly edges: Uint8Array | null;
}

/**
 * Checks the arguments of an `append`. Getters among the options run here, and the tokens are read after the last of
 * them: what happens to sequence or tokens meanwhile, the checks that follow see.
 */
export function checkAppend(
  tokens: TokenInput,
  options: AppendOptions | undefined,
  { vocabSize, snap }: { vocabSize: number; snap?: Snap },
): CheckedAppend {
  const { recallable = true, segment, offsets, text } = expectOptions("options", options);
  const searchable = expectBoolean("recallable", recallable);
  const name = segment === undefined ? undefined : expectString("segment", segment);
  const layout = readLayout({ offsets, text }, name !== undefined);
  const ids = expectIntegers("tokens", tokens, vocabSize);
  const fitted = fitLayout(layout, ids.length);
  const edges = snap === undefined ? null : edgesOf(layout, ids.length, snap);
  return { tokens: ids, searchable, segment: name, layout: fitted, edges };
}

/** For each token whether its first byte stands at an edge of the text. Without offsets and text none is known to. */
function edgesOf({ offsets, text }: ReadLayout, tokenCount: number, snap: Snap): Uint8Array {
  const edges = new Uint8Array(tokenCount);
  if (offsets === null || text === null) return edges;
  const byteEdges = snapEdgesOf(text, snap);
  for (let i = 0; i < tokenCount; i++) edges[i] = byteEdges[offsets[i]];
  return edges;
}

/** One ordered token sequence with its named segments: what contexts and sessions are built on. */
export class TokenSequence {
  readonly segments: SegmentTable;
  readonly #tokens: EngineContext;
  /** Appends of generated tokens pass one token each: they share this array. */
  readonly #single = new Int32Array(1);

  constructor(tokens: EngineContext, segments = new SegmentTable()) {
    this.#tokens = tokens;
    this.segments = segments;
  }

  get length(): number {
    return this.#tokens.length;
  }

  /** Appends a caller's tokens, all or none. */
  append({ tokens, searchable, segment, layout, edges }: CheckedAppend, maxContextTokens: number): void {
    this.segments.expectFree(segment);
    const start = this.length;
    if (start + tokens.length > maxContextTokens) throw contextFull(maxContextTokens, "tokens");
    const newRun = segment !== undefined || this.segments.endsAt(start);
    if (tokens.length > 0) this.#tokens.append(tokens, { searchable, newRun, edges });
    if (segment !== undefined) this.segments.add(segment, start, start + tokens.length, layout);
  }

  /** Appends generated tokens: they continue the unnamed run, or start one after a segment. */
  appendGenerated(tokens: Int32Array, searchable: boolean): void {
    if (tokens.length > 0) this.#tokens.append(tokens, { searchable, newRun: this.segments.endsAt(this.length) });
  }

  appendGeneratedToken(token: number, searchable: boolean): void {
    this.#single[0] = token;
    this.appendGenerated(this.#single, searchable);
  }

  truncate(length: number): void {
    this.#tokens.truncate(length);
    this.segments.truncate(length);
  }

  read(start: number, end: number): Int32Array {
    return this.#tokens.read(start, end);
  }

  matcher(): EngineMatcher {
    return this.#tokens.matcher();
  }

  compact(): void {
    this.#tokens.compact();
  }

  compactInBackground(): Promise<void> {
    return this.#tokens.compactInBackground();
  }

  fork(): TokenSequence {
    return new TokenSequence(this.#tokens.fork(), this.segments.fork());
  }

  close(): void {
    this.#tokens.close();
  }
}
