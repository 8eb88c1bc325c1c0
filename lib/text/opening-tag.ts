import type { TokenVocabulary } from "../vocabulary/token-vocabulary.js";
import { TagScanner } from "./tag-scanner.js";

/** A token that completes the opening tag and goes on after it. */
export interface OverlongToken {
  readonly id: number;
  /** Where in the token the tag ends. */
  readonly end: number;
  /** The token that is the bytes after the tag; -1 where there is none. */
  readonly rest: number;
}

/** The tag that opens a span, and the tokens that can do more than complete it. */
export class OpeningTag {
  readonly bytes: Uint8Array;
  readonly #scanner: TagScanner;
  readonly #vocabulary: TokenVocabulary;
  /** At index `state`: the tokens that complete the tag from there and go on. */
  readonly #overlong: (OverlongToken[] | undefined)[] = [];

  constructor(tag: Uint8Array, vocabulary: TokenVocabulary) {
    this.bytes = tag;
    this.#scanner = new TagScanner(tag);
    this.#vocabulary = vocabulary;
  }

  /** See {@link TagScanner.scan}. */
  scan(state: number, bytes: Uint8Array): { state: number; end: number } {
    return this.#scanner.scan(state, bytes);
  }

  /** The tokens that complete the tag in this state and have bytes after it, ascending. */
  overlong(state: number): readonly OverlongToken[] {
    return (this.#overlong[state] ??= this.#findOverlong(state));
  }

  #findOverlong(state: number): OverlongToken[] {
    const ids = new Set(this.#vocabulary.tokensContaining(this.bytes));
    for (const missing of this.#scanner.missing(state)) {
      for (const id of this.#vocabulary.tokensStartingWith(missing)) ids.add(id);
    }
    const overlong = [...Int32Array.from(ids).sort()]
      .map((id) => ({ id, end: this.scan(state, this.#vocabulary.view(id)).end }))
      .filter(({ id, end }) => end < this.#vocabulary.byteLength(id));
    const rests = this.#vocabulary.tokensOf(overlong.map(({ id, end }) => this.#vocabulary.view(id).subarray(end)));
    return overlong.map((token, index) => ({ ...token, rest: rests[index] }));
  }
}
