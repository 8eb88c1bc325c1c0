/**
 * Token mode by its definition: what was generated is looked for in the documents as a whole, at every step. Of the
 * documents alone something is quoted.
 */
export class TokenQuoting {
  readonly #documents: readonly (readonly number[])[];
  readonly #delimiters: { readonly start: number; readonly end: number };
  readonly #maxSpanTokens: number;
  #quoted: number[] | null = null;
  readonly quotes: number[][] = [];

  constructor(
    documents: readonly (readonly number[])[],
    delimiters: { readonly start: number; readonly end: number },
    maxSpanTokens = 128,
  ) {
    this.#documents = documents;
    this.#delimiters = delimiters;
    this.#maxSpanTokens = maxSpanTokens;
  }

  get inSpan(): boolean {
    return this.#quoted !== null;
  }

  /** The tokens that may come next; `null`: all. */
  allowed(): Set<number> | null {
    const quoted = this.#quoted;
    if (quoted === null) return null;
    const allowed = new Set([this.#delimiters.end]);
    if (quoted.length === this.#maxSpanTokens) return allowed;
    for (const document of this.#documents) {
      for (let at = 0; at + quoted.length < document.length; at++) {
        if (quoted.every((token, i) => document[at + i] === token)) allowed.add(document[at + quoted.length]);
      }
    }
    return allowed;
  }

  accept(token: number): void {
    if (this.#quoted === null) {
      if (token === this.#delimiters.start) this.#quoted = [];
    } else if (token === this.#delimiters.end) {
      this.quotes.push(this.#quoted);
      this.#quoted = null;
    } else this.#quoted.push(token);
  }
}
