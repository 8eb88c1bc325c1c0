/** Flags take so many bits. */
const FLAG_BITS = 2;
const LAST_ROUND = 2 ** 32 - 2 ** FLAG_BITS;

/** Flags of a trie's nodes. All are taken back at once, at no cost: new memory for each walk would cost more than it. */
export class NodeMarks {
  /** At index `node`: the round in which it was marked, and its flags. */
  readonly #marks: Uint32Array;
  #round = 0;

  constructor(nodes: number) {
    this.#marks = new Uint32Array(nodes);
  }

  /** Takes back all marks. */
  clear(): void {
    if (this.#round === LAST_ROUND) {
      this.#marks.fill(0);
      this.#round = 0;
    }
    this.#round += 2 ** FLAG_BITS;
  }

  /** Marks a node; whether it was not marked so yet. */
  mark(node: number, flag: 1 | 2): boolean {
    const known = Math.max(this.#marks[node], this.#round);
    if ((known & flag) !== 0) return false;
    this.#marks[node] = known + flag;
    return true;
  }
}
