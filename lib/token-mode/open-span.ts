import { contains } from "../engine/ascending.js";
import type { EngineMatcher } from "../engine/engine.js";
import type { IdBuffer } from "../session/id-set.js";

/** How a span came to be open; the same from its first token until it is undone. */
export interface SpanOpening {
  /** Tokens in the sequence before the span: what it searches. */
  readonly openedAt: number;
  /** Position of the span's first token: past the start token, if one opened it. */
  readonly start: number;
  /** The searched segments' ranges; `null`: everything before the span. */
  readonly ranges: Int32Array | null;
  /** The ids that close the span, ascending. */
  readonly ends: Int32Array;
}

/** A span that was closed, by a closing token at position `end` or by `endSpan`. */
export interface ClosedSpan {
  readonly opening: SpanOpening;
  readonly tokens: Int32Array;
  readonly end: number;
  readonly closedByToken: boolean;
}

export interface SpanLimits {
  readonly maxSpanTokens: number;
  readonly minSpanTokens: number;
  /** Whether a closing token may come only where a quote may end. */
  readonly snaps: boolean;
}

/** The span that is being quoted: its tokens, and which may come next. */
export class OpenSpan {
  readonly opening: SpanOpening;
  readonly #limits: SpanLimits;
  readonly #matcher: EngineMatcher;
  readonly #buffer: IdBuffer;
  readonly #tokens: number[] = [];
  /** The set for the present depth, once somebody has asked for it. */
  #allowed: Int32Array | null = null;

  /** `matcher` and `buffer` are the session's; they serve one open span at a time. */
  constructor(opening: SpanOpening, limits: SpanLimits, matcher: EngineMatcher, buffer: IdBuffer) {
    this.opening = opening;
    this.#limits = limits;
    this.#matcher = matcher;
    this.#buffer = buffer;
    matcher.begin(opening.ranges);
  }

  get depth(): number {
    return this.#tokens.length;
  }

  get tokens(): Int32Array {
    return new Int32Array(this.#tokens);
  }

  /** One past the span's last token in the sequence. */
  get end(): number {
    return this.opening.start + this.#tokens.length;
  }

  closesWith(token: number): boolean {
    return contains(this.opening.ends, token);
  }

  /** Whether a closing token may come next. */
  mayClose(): boolean {
    if (this.depth >= this.#limits.maxSpanTokens || !this.#isWithheld()) return true;
    return this.#matcher.continuations().every((token) => this.closesWith(token));
  }

  /** Extends the quote; false, and nothing changes, where no candidate continues with `token`. */
  advance(token: number): boolean {
    if (this.depth >= this.#limits.maxSpanTokens || !this.#matcher.advance(token)) return false;
    this.#tokens.push(token);
    this.#allowed = null;
    return true;
  }

  rewind(depth: number): void {
    this.#matcher.rewind(depth);
    this.#tokens.length = depth;
    this.#allowed = null;
  }

  allows(token: number): boolean {
    if (this.closesWith(token)) return this.mayClose();
    return this.depth < this.#limits.maxSpanTokens && this.#matcher.allows(token);
  }

  /** Every id that may come next, ascending. */
  allowed(): Int32Array {
    if (this.#allowed === null || !this.#buffer.holds(this.#allowed)) this.#allowed = this.#collectAllowed();
    return this.#allowed;
  }

  /** Tokens to propose: never a closing one, never past the longest span. */
  draft(max: number, latest: boolean): Int32Array {
    // No draft is longer than what is searched: room for more need not be made.
    const room = Math.min(max, this.#limits.maxSpanTokens - this.depth, this.opening.openedAt);
    const draft = this.#matcher.draft(room, latest);
    const closing = draft.findIndex((token) => this.closesWith(token));
    return closing === -1 ? draft : draft.slice(0, closing);
  }

  /** Whether a closing token is not allowed here unless it is the only way on. */
  #isWithheld(): boolean {
    const { minSpanTokens, snaps } = this.#limits;
    return this.depth < minSpanTokens || (snaps && !this.#matcher.mayEnd());
  }

  #collectAllowed(): Int32Array {
    const { ends } = this.opening;
    if (this.depth >= this.#limits.maxSpanTokens) return this.#buffer.union(ends, NO_IDS);
    const continuations = this.#matcher.continuations();
    if (!this.#isWithheld()) return this.#buffer.union(continuations, ends);
    const open = this.#buffer.difference(continuations, ends);
    return open.length > 0 ? open : this.#buffer.union(ends, NO_IDS);
  }
}

const NO_IDS = new Int32Array(0);
