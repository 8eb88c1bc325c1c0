/** Bytes that share a count: a place's offset is looked up in one, and counted on in at most so many bytes. */
const BYTES_IN_BLOCK = 256;
const BITS = 8;

/** Where the bytes of a UTF-8 text stand in it as a string: offsets in UTF-16 units, as JavaScript counts them. */
export class Utf16Offsets {
  /** Bit `i % 8` of byte `i >> 3` is 1 where byte `i` of the text begins a unit; `null`: all do, and nothing is kept. */
  readonly #begins: Uint8Array | null;
  /** Units that begin before each block. */
  readonly #before: Int32Array;

  /**
   * @param text valid UTF-8
   * @param units the length of the same text as a string: as many as there are bytes, if these are all ASCII
   */
  constructor(text: Uint8Array, units: number) {
    this.#before = new Int32Array(0);
    this.#begins = null;
    if (units === text.length) return;
    const begins = new Uint8Array(Math.ceil(text.length / BITS));
    const before = new Int32Array(Math.ceil(text.length / BYTES_IN_BLOCK));
    let begun = 0;
    for (let i = 0; i < text.length; i++) {
      if (i % BYTES_IN_BLOCK === 0) before[i / BYTES_IN_BLOCK] = begun;
      // A character of four bytes is two units: its second byte stands for the second of them.
      if ((text[i] & 0xc0) === 0x80 && (i === 0 || text[i - 1] < 0xf0)) continue;
      begins[i >> 3] |= 1 << (i % BITS);
      begun++;
    }
    this.#begins = begins;
    this.#before = before;
  }

  /** How many units begin before byte `offset` of the text. */
  of(offset: number): number {
    const begins = this.#begins;
    if (begins === null || offset === 0) return offset;
    const block = Math.floor((offset - 1) / BYTES_IN_BLOCK);
    let units = this.#before[block];
    for (let i = block * BYTES_IN_BLOCK; i < offset; i++) units += (begins[i >> 3] >> (i % BITS)) & 1;
    return units;
  }
}

/** The offsets of a document; `null` where it is not UTF-8, so that no string is the same text. */
export function utf16OffsetsOf(text: Uint8Array): Utf16Offsets | null {
  try {
    const { length } = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
    return new Utf16Offsets(text, length);
  } catch {
    return null;
  }
}
