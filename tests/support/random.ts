/** A small seeded generator: the same seed gives the same numbers on every machine, so that a failure can be replayed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A 32-bit unsigned integer: a counter, mixed. */
  #next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b5);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.#next() / 0x1_0000_0000;
  }

  /** An integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(items: ArrayLike<T>): T {
    if (items.length === 0) throw new RangeError("There is nothing to pick from");
    return items[this.below(items.length)]!;
  }

  /** One of the keys, as often as its weight says; a weight of 0 is never drawn. */
  weighted<Key extends string>(weights: Partial<Record<Key, number>>): Key {
    const entries = Object.entries(weights) as [Key, number][];
    let ticket = this.unit() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      ticket -= weight;
      if (ticket < 0) return key;
    }
    return entries.find(([, weight]) => weight > 0)![0];
  }

  /** An integer in [1, high], small ones as likely as large ones on a logarithmic scale. */
  magnitude(high: number): number {
    return Math.min(high, Math.floor(Math.exp(this.unit() * Math.log(high + 1))));
  }
}

/** The seed of a test's random input: 1 unless `VERBATIM_SEED` says otherwise. Printed, so that a failure names it. */
export function seedOfRun(): number {
  const seed = Number(process.env.VERBATIM_SEED || 1);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError("Expected VERBATIM_SEED to be a natural number");
  console.log(`VERBATIM_SEED=${seed}`);
  return seed;
}
