/**
 * Looks for a tag in bytes as they come (Knuth, Morris and Pratt). A state is the length of the longest end of what
 * was read that the tag begins with.
 */
export class TagScanner {
  readonly tag: Uint8Array;
  /** At index n: the state next in length below n, for the same bytes. */
  readonly #shorter: Int32Array;

  constructor(tag: Uint8Array) {
    this.tag = tag;
    this.#shorter = new Int32Array(tag.length + 1);
    for (let length = 2; length <= tag.length; length++) {
      this.#shorter[length] = this.#next(this.#shorter[length - 1], tag[length - 1]);
    }
  }

  /** The state after `bytes`, and where in them the tag first ended; -1 where it did not: then only the state counts. */
  scan(state: number, bytes: Uint8Array): { state: number; end: number } {
    for (let i = 0; i < bytes.length; i++) {
      state = this.#next(state, bytes[i]);
      if (state === this.tag.length) return { state: 0, end: i + 1 };
    }
    return { state, end: -1 };
  }

  /** What the tag still lacks: after its longest pending beginning, and after every shorter one. */
  missing(state: number): Uint8Array[] {
    const ends: Uint8Array[] = [];
    for (; state > 0; state = this.#shorter[state]) ends.push(this.tag.subarray(state));
    return ends;
  }

  #next(state: number, byte: number): number {
    while (state > 0 && this.tag[state] !== byte) state = this.#shorter[state];
    return this.tag[state] === byte ? state + 1 : 0;
  }
}
