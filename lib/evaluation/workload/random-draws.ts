import { uniformAt } from "../../base/random.js";

/** Draws that a seed determines, the same on every machine. */
export class RandomDraws {
  readonly #seed: number;
  #count = 0;

  /** @param seed an integer in [0, 2^53) */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A number in [0, 1). */
  unit(): number {
    return uniformAt(this.#seed, this.#count++);
  }

  /** An integer in [low, high]. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  /** An integer in [-most, most], never 0. */
  nonzero(most: number): number {
    return this.integer(1, most) * (this.unit() < 0.5 ? -1 : 1);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(0, items.length - 1)];
  }
}

/** A seed of its own for each index. */
export function derivedSeed(seed: number, index: number): number {
  return Math.floor(uniformAt(seed, index) * 2 ** 53);
}
