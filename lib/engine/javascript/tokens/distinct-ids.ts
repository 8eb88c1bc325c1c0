/** Collects ids, each once. Emptying it costs what it held, so that one collection serves every step. */
export class DistinctIds {
  /** Bit per id: whether it is held. As long as the largest id so far needs. */
  #bits = new Int32Array(0);
  readonly #ids: number[] = [];

  add(id: number): void {
    const word = id >> 5;
    if (word >= this.#bits.length) this.#grow(word + 1);
    if ((this.#bits[word] & (1 << id)) !== 0) return;
    this.#bits[word] |= 1 << id;
    this.#ids.push(id);
  }

  /** The ids, ascending. None is held after that. */
  drain(): Int32Array {
    const ids = Int32Array.from(this.#ids).sort();
    for (const id of this.#ids) this.#bits[id >> 5] = 0;
    this.#ids.length = 0;
    return ids;
  }

  #grow(words: number): void {
    const bits = new Int32Array(2 * words);
    bits.set(this.#bits);
    this.#bits = bits;
  }
}
