import type { TokenVocabulary } from "../vocabulary/token-vocabulary.js";
import { byteString } from "./bytes.js";

/**
 * Pieces of bytes that a quote may be asked to begin with. A piece is text as a whole, or text and then a beginning of
 * the closing tag: what is text of it in either reading is a *stem*, and without an occurrence of one no quote begins so.
 */
export class QuoteBeginnings {
  readonly pieces: readonly Uint8Array[];
  /** For each piece the token that it is; -1 where there is none. */
  readonly tokens: Int32Array;
  /** At index `piece`: 1 where it is a beginning of the closing tag, and needs no text. */
  readonly isTag: Uint8Array;
  /** Bytes of the longest stem. */
  readonly longest: number;
  readonly #stems: readonly (readonly string[])[];
  readonly #byStem = new Map<string, number[]>();
  /** The lengths that stems have. */
  readonly #lengths: readonly number[];

  constructor(pieces: readonly Uint8Array[], closingTag: Uint8Array, vocabulary: TokenVocabulary) {
    const tag = byteString(closingTag);
    this.pieces = pieces;
    this.tokens = vocabulary.tokensOf(pieces);
    this.#stems = pieces.map((piece) => stemsOf(byteString(piece), tag));
    this.isTag = Uint8Array.from(this.#stems, (stems) => (stems.includes("") ? 1 : 0));
    this.#stems.forEach((stems, index) => {
      for (const stem of stems) this.#byStem.set(stem, [...(this.#byStem.get(stem) ?? []), index]);
    });
    this.#lengths = [...new Set([...this.#byStem.keys()].map(({ length }) => length))];
    this.longest = this.#lengths.reduce((longest, length) => Math.max(longest, length), 0);
  }

  /** The pieces that have a stem in `text` that ends past `from`. */
  endingPast(from: number, text: string): Set<number> {
    const found = new Set<number>();
    for (const length of this.#lengths) {
      for (let start = Math.max(0, from - length + 1); start + length <= text.length; start++) {
        for (const index of this.#byStem.get(text.slice(start, start + length)) ?? []) found.add(index);
      }
    }
    return found;
  }

  /** Whether this piece is one of them. */
  endsPast(from: number, text: string, piece: number): boolean {
    return this.#stems[piece].some((stem) => text.includes(stem, Math.max(0, from - stem.length + 1)));
  }
}

function stemsOf(piece: string, tag: string): string[] {
  const stems = [piece];
  for (let length = 0; length < piece.length; length++) {
    if (tag.startsWith(piece.slice(length))) stems.push(piece.slice(0, length));
  }
  return stems;
}
