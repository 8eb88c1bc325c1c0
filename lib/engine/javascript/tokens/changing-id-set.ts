/** Up to so many ids are listed; more are marked by bits. */
const FEW = 256;

/** A set of ids that grows and shrinks. As long as it is small it takes room for its ids, not for the vocabulary. */
export class ChangingIdSet {
  readonly #vocabSize: number;
  /** Ascending, unless there are bits. */
  #few: number[] = [];
  #bits: Int32Array | null = null;
  /** The set as it was handed out. */
  #ids: Int32Array | null = null;

  /** @param vocabSize ids are in [0, vocabSize) */
  constructor(vocabSize: number) {
    this.#vocabSize = vocabSize;
  }

  get bytes(): number {
    return 8 * this.#few.length + (this.#bits?.byteLength ?? 0) + (this.#ids?.byteLength ?? 0);
  }

  /** Adds an id that is not in the set. */
  add(id: number): void {
    this.#ids = null;
    if (this.#bits === null && this.#few.length < FEW) {
      this.#few.splice(this.#indexOf(id), 0, id);
      return;
    }
    this.#bits ??= this.#marked();
    this.#bits[id >> 5] |= 1 << id;
  }

  /** Takes out an id that is in the set. */
  delete(id: number): void {
    this.#ids = null;
    if (this.#bits === null) this.#few.splice(this.#indexOf(id), 1);
    else this.#bits[id >> 5] &= ~(1 << id);
  }

  /** The ids, ascending; not to be written to. */
  get ids(): Int32Array {
    return (this.#ids ??= Int32Array.from(this.#bits === null ? this.#few : idsOf(this.#bits)));
  }

  /** Where an id stands among few, or is to be put. */
  #indexOf(id: number): number {
    let [low, high] = [0, this.#few.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#few[middle] < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #marked(): Int32Array {
    const bits = new Int32Array((this.#vocabSize + 31) >> 5);
    for (const id of this.#few) bits[id >> 5] |= 1 << id;
    this.#few = [];
    return bits;
  }
}

function idsOf(bits: Int32Array): number[] {
  const ids: number[] = [];
  bits.forEach((word, index) => {
    for (let rest = word; rest !== 0; rest &= rest - 1) ids.push(index * 32 + 31 - Math.clz32(rest & -rest));
  });
  return ids;
}
