import { contains } from "../engine/ascending.js";
import type { EngineTextMatcher } from "../engine/text-engine.js";
import { byteString } from "./bytes.js";
import { isContinuation, KnownBeginnings } from "./known-beginnings.js";
import type { OverlongToken } from "./opening-tag.js";
import type { QuoteBeginnings } from "./quote-beginnings.js";
import { beginQuote } from "./open-span.js";
import type { TextSettings } from "./options.js";
import type { TextSequence } from "./sequence.js";
import type { SetDifference } from "./shared-openings.js";

/** Looks at a quote that has just begun, with these bytes as more of the text that it searches. */
export type LookAtQuote = <Answer>(before: Uint8Array, look: (matcher: EngineTextMatcher) => Answer) => Answer;

/** Which tokens may not open a span: those that complete the opening tag and go on with bytes that no quote begins with. */
export class OpeningTokens {
  readonly #settings: TextSettings;
  readonly #sequence: TextSequence;
  readonly #lookAtQuote: LookAtQuote;
  /** By bytes of the tag that are there: what quotes of the sequence can begin with, where the sequence only grows. */
  readonly #known = new Map<number, KnownBeginnings>();
  /** By bytes of the tag that are there: the answer, while nothing changes, by its difference from a shared one. */
  readonly #refused = new Map<number, SetDifference>();

  constructor(
    settings: TextSettings,
    sequence: TextSequence,
    lookAtQuote: LookAtQuote,
    copied: OpeningTokens | null = null,
  ) {
    this.#settings = settings;
    this.#sequence = sequence;
    this.#lookAtQuote = lookAtQuote;
    if (copied === null) return;
    for (const [state, known] of copied.#known) this.#known.set(state, known.fork());
  }

  /** The ids of those tokens, ascending, where so many bytes of the tag are there. */
  refused(state: number): Int32Array {
    const { openings } = this.#settings;
    const known = this.#refused.get(state);
    if (known !== undefined) return openings.restore(state, known);
    const refused = idsOf(this.#findRefused(state));
    this.#refused.set(state, openings.differ(state, refused));
    return refused;
  }

  /** What is searched has grown. */
  grow(): void {
    this.#refused.clear();
  }

  /** The sequence has been cut to the length that it has. */
  truncate(): void {
    this.#refused.clear();
    for (const known of this.#known.values()) known.truncate(this.#sequence.length);
  }

  #findRefused(state: number): OverlongToken[] {
    const { openingTag, recallGenerated, minSpanBytes } = this.#settings;
    if (openingTag === null) return [];
    const { tokens, beginnings } = openingTag.overlong(state);
    if (tokens.length === 0) return [];
    // Only text without edges of its own is sure to have them where characters begin.
    if (!recallGenerated || minSpanBytes > 0) return this.#refusedOf(tokens, beginnings);
    return this.#refusedAsKnown(tokens, beginnings, this.#grown(state, beginnings));
  }

  /** What quotes of the sequence can begin with. */
  #grown(state: number, beginnings: QuoteBeginnings): KnownBeginnings {
    const { openings } = this.#settings;
    const known = this.#known.get(state) ?? openings.known(state, () => this.#knownOfBase(beginnings));
    this.#known.set(state, known);
    known.grow(this.#sequence, (pieces) =>
      this.#lookAtQuote(NO_BYTES, (matcher) => findAllowed(matcher, pieces, beginnings)),
    );
    return known;
  }

  /** What quotes can begin with in what the session was built on. */
  #knownOfBase(beginnings: QuoteBeginnings): KnownBeginnings {
    const { base, endTag } = this.#settings;
    if (base.length === 0) return new KnownBeginnings(beginnings);
    const built = this.#sequence.fork();
    try {
      built.truncate(base.length, base.segments);
      const matcher = built.matcher();
      beginQuote(matcher, { ranges: null, tag: endTag }, this.#settings);
      const known = KnownBeginnings.of(built, beginnings, (pieces) => findAllowed(matcher, pieces, beginnings));
      matcher.close();
      return known;
    } finally {
      built.close();
    }
  }

  /** Those of the tokens: only where what is before the tag may take part in a match, the text is searched again. */
  #refusedAsKnown(tokens: readonly OverlongToken[], beginnings: QuoteBeginnings, known: KnownBeginnings) {
    const { length } = this.#sequence;
    const tail = byteString(this.#sequence.read(Math.max(0, length - beginnings.longest + 1), length));
    const unsure: OverlongToken[] = [];
    const refused = tokens.filter((token) => {
      const { piece, before, beforeString } = token;
      const cutsCharacter = before.length > 0 && isContinuation(before);
      if (known.has(piece) && !cutsCharacter) return false;
      const isUnsure = before.length > 0 && beginnings.endsPast(tail.length, tail + beforeString, piece);
      if (isUnsure || cutsCharacter) unsure.push(token);
      return !isUnsure && !cutsCharacter;
    });
    return unsure.length === 0 ? refused : [...refused, ...this.#refusedOf(unsure, beginnings)];
  }

  /** Those of the tokens, worked out. */
  #refusedOf(tokens: readonly OverlongToken[], beginnings: QuoteBeginnings): OverlongToken[] {
    // Tokens with the same text before the tag search the same.
    const groups = new Map<string, OverlongToken[]>();
    for (const token of tokens) {
      const group = groups.get(token.beforeString);
      if (group === undefined) groups.set(token.beforeString, [token]);
      else group.push(token);
    }
    return [...groups.values()].flatMap((group) => {
      const pieces = group.map(({ piece }) => piece);
      const allowed = this.#lookAtQuote(group[0].before, (matcher) => findAllowed(matcher, pieces, beginnings));
      const isAllowed = new Set(allowed);
      return group.filter(({ piece }) => !isAllowed.has(piece));
    });
  }
}

/** The ids of tokens, ascending. */
function idsOf(tokens: readonly OverlongToken[]): Int32Array {
  const ids = new Int32Array(tokens.length);
  let isAscending = true;
  tokens.forEach(({ id }, i) => {
    ids[i] = id;
    isAscending &&= i === 0 || ids[i - 1] < id;
  });
  return isAscending ? ids : ids.sort();
}

const NO_BYTES = new Uint8Array(0);
/** From so many pieces on, the set of all tokens that may begin a quote is sooner made than each is asked for. */
const MANY = 32;

/** Those of the pieces that the quote, which has just begun, may begin with. */
function findAllowed(matcher: EngineTextMatcher, pieces: readonly number[], beginnings: QuoteBeginnings): number[] {
  const first = pieces.length >= MANY ? matcher.allowed().slice() : null;
  return pieces.filter((piece) => {
    const token = beginnings.tokens[piece];
    if (first !== null && token !== -1) return contains(first, token);
    const allowed = matcher.advanceBytes(beginnings.pieces[piece]);
    if (allowed) matcher.rewind(0);
    return allowed;
  });
}
