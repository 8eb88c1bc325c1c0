import type { EngineTextMatcher } from "../engine/text-engine.js";
import type { IdBuffer } from "../session/id-set.js";
import type { TokenVocabulary } from "../vocabulary/token-vocabulary.js";
import { joinBytes } from "./bytes.js";

/** How a span came to be open; the same from its first byte until it is undone. */
export interface TextOpening {
  /** The step that opened it. */
  readonly step: number;
  /** Bytes in the sequence before the span and its opening tag: what it searches. */
  readonly openedAt: number;
  /** Position of the span's first byte: past the opening tag, if one opened it. */
  readonly start: number;
  /** The searched segments' ranges; `null`: everything before the span. */
  readonly ranges: Int32Array | null;
  /** The tag that closes the span; empty where none does. */
  readonly tag: Uint8Array;
  /** The quote's bytes in the token that completed the opening tag. */
  readonly firstBytes: Uint8Array;
}

/** A span that was closed, by a step. */
export interface ClosedTextSpan {
  readonly opening: TextOpening;
  readonly step: number;
  readonly quote: Uint8Array;
}

export interface TextSpanLimits {
  readonly maxSpanBytes: number;
  readonly minSpanBytes: number;
}

/** Starts the quote of an opening; its first bytes are still to come. */
export function beginQuote(
  matcher: EngineTextMatcher,
  { ranges, tag }: Pick<TextOpening, "ranges" | "tag">,
  limits: TextSpanLimits,
): void {
  matcher.begin({ ranges, tag, minBytes: limits.minSpanBytes, maxBytes: limits.maxSpanBytes });
}

/** The span that is being quoted: its tokens, and which may come next. */
export class OpenTextSpan {
  readonly opening: TextOpening;
  readonly #matcher: EngineTextMatcher;
  readonly #buffer: IdBuffer;
  readonly #vocabulary: TokenVocabulary;
  readonly #tokens: number[] = [];
  #byteLength: number;
  /** The set for the present depth, once somebody has asked for it. */
  #allowed: Int32Array | null = null;

  /** `matcher` and `buffer` are the session's; they serve one open span at a time. */
  constructor(
    opening: TextOpening,
    limits: TextSpanLimits,
    vocabulary: TokenVocabulary,
    matcher: EngineTextMatcher,
    buffer: IdBuffer,
  ) {
    this.opening = opening;
    this.#vocabulary = vocabulary;
    this.#matcher = matcher;
    this.#buffer = buffer;
    this.#byteLength = opening.firstBytes.length;
    beginQuote(matcher, opening, limits);
    if (opening.firstBytes.length > 0) matcher.advanceBytes(opening.firstBytes);
  }

  /** Bytes of the quote once the closing tag is complete; -1 before. */
  get closedAt(): number {
    return this.#matcher.closedAt;
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  /** The bytes of the quote, and those of the closing tag that are there, and what follows it. */
  get bytes(): Uint8Array {
    return joinBytes([this.opening.firstBytes, ...this.#tokens.map((token) => this.#vocabulary.view(token))]);
  }

  /** How many bytes these are. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** The last of these bytes, at least `count` where there are so many. */
  tail(count: number): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let i = this.#tokens.length - 1; i >= 0 && count > 0; i--) {
      parts.unshift(this.#vocabulary.view(this.#tokens[i]));
      count -= parts[0].length;
    }
    return joinBytes(count > 0 ? [this.opening.firstBytes, ...parts] : parts);
  }

  /** Takes a token; false, and nothing changes, where it is not allowed. */
  advance(token: number): boolean {
    if (!this.#matcher.advance(token)) return false;
    this.#tokens.push(token);
    this.#byteLength += this.#vocabulary.byteLength(token);
    this.#allowed = null;
    return true;
  }

  /** Goes back to the first tokens. */
  rewind(tokens: number): void {
    this.#matcher.rewind(tokens + (this.opening.firstBytes.length > 0 ? 1 : 0));
    while (this.#tokens.length > tokens) this.#byteLength -= this.#vocabulary.byteLength(this.#tokens.pop()!);
    this.#allowed = null;
  }

  allows(token: number): boolean {
    return this.#matcher.allows(token);
  }

  /** Every id that may come next, ascending. */
  allowed(): Int32Array {
    if (this.#allowed === null || !this.#buffer.holds(this.#allowed))
      this.#allowed = this.#buffer.union(this.#matcher.allowed(), NO_IDS);
    return this.#allowed;
  }

  /** Tokens to propose: never part of a closing tag. */
  draft(max: number, latest: boolean): Int32Array {
    return this.#matcher.draft(max, latest);
  }
}

const NO_IDS = new Int32Array(0);

/**
 * How much of an open span is the quote: where its end may be the beginning of the closing tag, the text decides.
 * @param scratch a matcher over what the span searches
 */
export function quoteLength(open: OpenTextSpan, limits: TextSpanLimits, scratch: () => EngineTextMatcher) {
  const { opening } = open;
  const pending = pendingLengths(open.tail(opening.tag.length - 1), opening.tag);
  if (pending.length === 0) return open.byteLength;
  const { bytes } = open;
  const matcher = scratch();
  try {
    for (const length of [0, ...pending]) {
      const quote = bytes.subarray(0, bytes.length - length);
      beginQuote(matcher, { ...opening, tag: NO_BYTES }, { ...limits, minSpanBytes: 0 });
      if (quote.length === 0) return 0;
      if (matcher.advanceBytes(quote) && (length === 0 || matcher.mayEnd())) return quote.length;
    }
  } finally {
    matcher.close();
  }
  return bytes.length;
}

const NO_BYTES = new Uint8Array(0);

/** The lengths of the beginnings of `tag` that `bytes` ends with, ascending. */
function pendingLengths(bytes: Uint8Array, tag: Uint8Array): number[] {
  const longest = Math.min(bytes.length, tag.length - 1);
  const lengths = Array.from({ length: Math.max(longest, 0) }, (_, i) => i + 1);
  return lengths.filter((length) =>
    tag.subarray(0, length).every((byte, i) => byte === bytes[bytes.length - length + i]),
  );
}
