import { expectBoolean, expectOptions, expectString, expectTokens, type TokenInput } from "./arguments.js";
import type { EngineContext, EngineMatcher } from "./engine/engine.js";
import { RecallError } from "./errors.js";
import { checkLayout, SegmentTable, type DocumentLayout } from "./segments.js";
import type { Vocabulary } from "./vocabulary.js";

/** How appended tokens join the context. */
export interface AppendOptions extends DocumentLayout {
  /** Makes the tokens a document of its own; sources are reported relative to it. */
  segment?: string;
  /** `false` keeps the tokens out of every match without losing them from the sequence. */
  recallable?: boolean;
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

  /** Appends a caller's tokens, all or none. Arguments are checked here. */
  append(
    tokens: TokenInput,
    options: AppendOptions | undefined,
    vocabulary: Vocabulary,
    maxContextTokens: number,
  ): void {
    const given = expectOptions("options", options);
    const ids = expectTokens("tokens", tokens, vocabulary.vocabSize);
    const { recallable = true } = given;
    const searchable = expectBoolean("recallable", recallable);
    const segment = given.segment === undefined ? undefined : expectString("segment", given.segment);
    const layout = checkLayout(given, segment !== undefined, ids.length);
    if (segment !== undefined && this.segments.has(segment)) {
      throw new RecallError("SEGMENT_EXISTS", `A segment named ${JSON.stringify(segment)} is in the context already`);
    }
    const start = this.length;
    if (start + ids.length > maxContextTokens) throw contextFull(maxContextTokens);
    const newRun = segment !== undefined || this.segments.endsAt(start);
    if (ids.length > 0) this.#tokens.append(ids, { searchable, newRun });
    if (segment !== undefined) this.segments.add(segment, start, start + ids.length, layout);
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

  fork(): TokenSequence {
    return new TokenSequence(this.#tokens.fork(), this.segments.fork());
  }

  close(): void {
    this.#tokens.close();
  }
}

export function contextFull(maxContextTokens: number): RecallError {
  return new RecallError("CONTEXT_FULL", `The context would grow past ${maxContextTokens} tokens`);
}
