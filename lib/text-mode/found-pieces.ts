/** Pieces in the order in which they were found. It never changes, so that many may share it. */
export class FoundPieces {
  readonly #pieces: Int32Array;
  /** At index `piece`: its place in the order; -1, or nothing past the last that was found, where it has none. */
  readonly #places: Int32Array;

  constructor(pieces: Int32Array) {
    this.#pieces = pieces;
    this.#places = new Int32Array(pieces.reduce((most, piece) => Math.max(most, piece + 1), 0)).fill(-1);
    pieces.forEach((piece, place) => (this.#places[piece] = place));
  }

  get count(): number {
    return this.#pieces.length;
  }

  /** Whether the piece is among the first `count`. */
  has(piece: number, count: number): boolean {
    if (piece >= this.#places.length) return false;
    const place = this.#places[piece];
    return place >= 0 && place < count;
  }

  /** The first `count`, and more after them. */
  extend(count: number, more: readonly number[]): FoundPieces {
    const pieces = new Int32Array(count + more.length);
    pieces.set(this.#pieces.subarray(0, count));
    pieces.set(more, count);
    return new FoundPieces(pieces);
  }
}

export const NOTHING_FOUND = new FoundPieces(new Int32Array(0));
