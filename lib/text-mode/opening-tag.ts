import type { TokenVocabulary } from "../vocabulary/token-vocabulary.js";
import { byteString, joinBytes } from "./bytes.js";
import { QuoteBeginnings } from "./quote-beginnings.js";
import { SharedValues } from "./shared-values.js";
import { TagScanner } from "./tag-scanner.js";

/** A token that completes the opening tag and goes on after it. */
export interface OverlongToken {
  readonly id: number;
  /** What is text of the bytes before the tag: those that were there, and the token's. */
  readonly before: Uint8Array;
  /** The same, a character per byte. */
  readonly beforeString: string;
  /** The bytes after the tag: one of {@link OverlongTokens.beginnings}. */
  readonly piece: number;
}

/** The tokens that complete the tag where a part of it is there, and go on. */
export interface OverlongTokens {
  /** Ascending. */
  readonly tokens: readonly OverlongToken[];
  readonly beginnings: QuoteBeginnings;
}

/** By vocabulary and both tags: what is known of an opening tag is the same for all sessions, while one of them is there. */
const known = new WeakMap<TokenVocabulary, SharedValues<OpeningTag>>();

/** The tag that opens a span, and the tokens that can do more than complete it. */
export class OpeningTag {
  readonly bytes: Uint8Array;
  /** Tells opening tags of a vocabulary apart. */
  readonly key: string;
  readonly #closingTag: Uint8Array;
  readonly #scanner: TagScanner;
  readonly #vocabulary: TokenVocabulary;
  /** At index `state`: the tokens that complete the tag from there and go on. */
  readonly #overlong: (OverlongTokens | undefined)[] = [];

  private constructor(tag: Uint8Array, closingTag: Uint8Array, vocabulary: TokenVocabulary, key: string) {
    this.bytes = tag;
    this.key = key;
    this.#closingTag = closingTag;
    this.#scanner = new TagScanner(tag);
    this.#vocabulary = vocabulary;
  }

  /** The opening tag of sessions with this closing tag (empty where none closes): one object for all of them. */
  static of(tag: Uint8Array, closingTag: Uint8Array, vocabulary: TokenVocabulary): OpeningTag {
    const tags = known.get(vocabulary) ?? new SharedValues();
    known.set(vocabulary, tags);
    const key = `${tag.join(" ")}, ${closingTag.join(" ")}`;
    return tags.get(key, () => new OpeningTag(tag, closingTag, vocabulary, key));
  }

  /** See {@link TagScanner.scan}. */
  scan(state: number, bytes: Uint8Array): { state: number; end: number } {
    return this.#scanner.scan(state, bytes);
  }

  /** The tokens that complete the tag in this state and have bytes after it. */
  overlong(state: number): OverlongTokens {
    return (this.#overlong[state] ??= this.#findOverlong(state));
  }

  #findOverlong(state: number): OverlongTokens {
    const ids = new Set(this.#vocabulary.tokensContaining(this.bytes));
    for (const missing of this.#scanner.missing(state)) {
      for (const id of this.#vocabulary.tokensStartingWith(missing)) ids.add(id);
    }
    const pieces = new Map<string, { index: number; bytes: Uint8Array }>();
    const tokens: OverlongToken[] = [];
    for (const id of Int32Array.from(ids).sort()) {
      const bytes = this.#vocabulary.view(id);
      const { end } = this.scan(state, bytes);
      if (end === -1 || end === bytes.length) continue;
      const rest = bytes.subarray(end);
      const key = byteString(rest);
      const piece = pieces.get(key) ?? { index: pieces.size, bytes: rest };
      pieces.set(key, piece);
      const before = this.#textBefore(state, bytes, end);
      tokens.push({ id, before, beforeString: byteString(before), piece: piece.index });
    }
    const distinct = [...pieces.values()].map(({ bytes }) => bytes);
    return { tokens, beginnings: new QuoteBeginnings(distinct, this.#closingTag, this.#vocabulary) };
  }

  #textBefore(state: number, bytes: Uint8Array, end: number): Uint8Array {
    const length = state + end - this.bytes.length;
    return length === 0 ? NO_BYTES : joinBytes([this.bytes.subarray(0, state), bytes]).subarray(0, length);
  }
}

const NO_BYTES = new Uint8Array(0);
