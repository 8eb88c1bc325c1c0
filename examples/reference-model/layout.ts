/**
 * Where everything is: the named dimensions of the residual stream and of the attention heads.
 *
 * A *feature* is one dimension that is either 0 or its amplitude. Features that stand for a whole
 * token have amplitude 4, whose square, 16, is the square norm of a byte's code: swapping one for
 * the other leaves the norm as it was. Other features are small, so that they hardly move it.
 */

import { CODE_LENGTH } from "./byte-code.js";

export const RESIDUAL_SIZE = 512;
export const HEAD_SIZE = 256;
export const HEAD_COUNT = 3;
export const LAYER_COUNT = 3;
export const HIDDEN_SIZE = 256;
export const CONTEXT_LENGTH = 16_384;

/** From layer 2 on each position knows its last 12 tokens, its own included. */
export const WINDOW = 12;

/** A position is matched by the tokens before it: the window less its own token. */
export const MATCH_LENGTH = WINDOW - 1;

/** Layer 1 gathers tokens in groups of three; layer 2 gathers four groups. */
export const GROUP = 3;

/** Pairs of head dimensions that rotary position encoding turns: see `position.ts`. */
export const OFFSET_PAIRS = 16;
export const RECENCY_PAIRS = 3;

export const TOKEN_AMPLITUDE = 4;
export const FLAG_AMPLITUDE = 0.25;

export interface Feature {
  readonly at: number;
  readonly amplitude: number;
}

/** A token: its byte's code, or one of the features for the tokens that are not bytes. */
export interface TokenRegion {
  readonly code: number;
  readonly lineStart: Feature;
  readonly startRecall: Feature;
  readonly endRecall: Feature;
}

/** Hands out consecutive dimensions. */
class Allocator {
  #next = 0;

  constructor(
    readonly owner: string,
    readonly size: number,
  ) {}

  take(count: number): number {
    const start = this.#next;
    this.#next += count;
    if (this.#next > this.size) {
      throw new RangeError(`The ${this.owner} has ${this.size} dimensions, ${this.#next} are needed`);
    }
    return start;
  }

  feature(amplitude: number): Feature {
    return { at: this.take(1), amplitude };
  }

  flags(count: number): Feature[] {
    return Array.from({ length: count }, () => this.feature(FLAG_AMPLITUDE));
  }
}

export const TOKEN_REGION_SIZE = CODE_LENGTH + 3;

const stream = new Allocator("residual stream", RESIDUAL_SIZE);

function tokenRegion(): TokenRegion {
  return {
    code: stream.take(CODE_LENGTH),
    lineStart: stream.feature(TOKEN_AMPLITUDE),
    startRecall: stream.feature(TOKEN_AMPLITUDE),
    endRecall: stream.feature(TOKEN_AMPLITUDE),
  };
}

function lineRegion(): Omit<TokenRegion, "endRecall"> {
  return {
    code: stream.take(CODE_LENGTH),
    lineStart: stream.feature(TOKEN_AMPLITUDE),
    startRecall: stream.feature(TOKEN_AMPLITUDE),
  };
}

/** The residual stream. Lists are indexed by age: 0 is the position's own token, 1 the one before. */
export const residual = {
  /** The last tokens. The regions are adjacent, so that a group of them is copied as one. */
  token: Array.from({ length: WINDOW }, tokenRegion),
  /** The same tokens as far as they belong to the current line, span or answer; else all zero. */
  line: Array.from({ length: MATCH_LENGTH }, lineRegion),
  /** On where `line` is zero: the two take turns, so the norm stays constant. */
  outsideLine: Array.from({ length: MATCH_LENGTH }, () => stream.feature(TOKEN_AMPLITUDE)),
  /** The question's text begins right after the token of this age. */
  questionStart: stream.flags(WINDOW),
  /** A value begins right after the token of this age; the clearer the sign, the larger. */
  valueStart: stream.flags(WINDOW),
  /** The most recent delimiter is a start of recall. */
  inSpan: stream.feature(FLAG_AMPLITUDE),
  /** The most recent delimiter is an end of recall. */
  afterSpan: stream.feature(FLAG_AMPLITUDE),
  /** This is the first token of the sequence. */
  isFirst: stream.feature(FLAG_AMPLITUDE),
  /** Always on: the bias that llama's matrices lack. */
  constant: stream.feature(TOKEN_AMPLITUDE),
  /** The line so far is `A:`, so a space is due. */
  answerOpened: stream.feature(FLAG_AMPLITUDE),
  /** The line so far is `A: `, so a recall is due. */
  recallDue: stream.feature(FLAG_AMPLITUDE),
  /** What layer 3 finds out about the next token. */
  next: {
    code: stream.take(CODE_LENGTH),
    lineEnds: stream.take(1),
    valueEnds: stream.take(1),
    keyEnds: stream.take(1),
  },
} as const;

const head = new Allocator("attention head", HEAD_SIZE);

/** Query and key dimensions of a head. Keys that are on have amplitude 4. */
export const headKey = {
  offsetPairs: head.take(2 * OFFSET_PAIRS),
  recencyPairs: head.take(2 * RECENCY_PAIRS),
  /** The tokens before this position: entry 0 is one back. Only bytes and line starts are kept. */
  before: Array.from({ length: MATCH_LENGTH }, () => ({
    code: head.take(CODE_LENGTH),
    lineStart: head.take(1),
  })),
  questionStart: Array.from({ length: WINDOW }, () => head.take(1)),
  valueStart: Array.from({ length: WINDOW }, () => head.take(1)),
  delimiter: head.take(1),
  inSpan: head.take(1),
  sink: head.take(1),
} as const;

/** Value dimensions of a head that carries one token; they follow `TokenRegion`. */
export const headValue = {
  code: 0,
  lineStart: CODE_LENGTH,
  startRecall: CODE_LENGTH + 1,
  endRecall: CODE_LENGTH + 2,
} as const;
