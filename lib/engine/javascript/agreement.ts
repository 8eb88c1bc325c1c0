import { repeatsOf } from "./repeats.js";

/**
 * The longest run of symbols (tokens or bytes), at most `max`, on which all candidates agree that have as many: one
 * that ends before has no say in what follows.
 *
 * Candidates are compared with the longest run known so far, and only as far as all before them agree. Where a
 * candidate stands inside what the one before it was compared with, most is known without looking: what is there is a
 * part of that run (the Z algorithm). So the text is looked at once, even where it repeats itself, if candidates come
 * in ascending order; any order gives the same.
 * @param starts of the candidates
 * @param symbolAt the symbol of the candidate at `start` that stands at `position`; -1 where it does not go so far
 * @param quoted symbols of each candidate that are quoted already
 */
export function agreement(
  starts: Iterable<number>,
  quoted: number,
  max: number,
  symbolAt: (position: number, start: number) => number,
): number[] {
  const longest = new LongestRun();
  let agreed = max;
  // The symbols at [windowStart, windowEnd) are the first ones of the longest run.
  let [windowStart, windowEnd] = [0, 0];
  for (const start of starts) {
    const first = start + quoted;
    let same = 0;
    if (windowStart < first && first < windowEnd) {
      same = longest.sameFrom(first - windowStart);
      if (first + same < windowEnd) {
        agreed = Math.min(agreed, same);
        if (agreed === 0) break;
        continue;
      }
      same = windowEnd - first;
    }
    while (same < agreed) {
      const symbol = symbolAt(first + same, start);
      if (symbol === -1) break;
      if (!longest.holds(same, symbol)) agreed = same;
      else same++;
    }
    [windowStart, windowEnd] = [first, first + same];
    if (agreed === 0) break;
  }
  return longest.symbols.slice(0, agreed);
}

/** The longest run of symbols known so far, and how it repeats its own beginning. */
class LongestRun {
  readonly symbols: number[] = [];
  /** At index `offset`: how many symbols from there on are those the run begins with. */
  #repeats: number[] = [];

  /** Whether `symbol` is the one at `index`, at most one past the end: there it becomes the run's last. */
  holds(index: number, symbol: number): boolean {
    if (index === this.symbols.length) this.symbols.push(symbol);
    return this.symbols[index] === symbol;
  }

  /** How many symbols from `offset`, which is not 0, on are those the run begins with. */
  sameFrom(offset: number): number {
    if (this.#repeats.length < this.symbols.length) this.#repeats = repeatsOf(this.symbols);
    return this.#repeats[offset];
  }
}
