/**
 * The candidates of a quote by their starts, one set for each step, each within the one before it. One list holds them
 * all, partitioned in place: the first entries, as many as a step has left, are its set. So memory does not grow with
 * the steps, and going back restores a count.
 */
export class Survivors {
  #starts: Int32Array = new Int32Array(0);
  /** At index `step - 1`: how many candidates the step has left. */
  readonly #counts: number[] = [];
  /** Whether the latest set is ascending: what a step dropped comes back in any order. */
  #ascending = true;

  get steps(): number {
    return this.#counts.length;
  }

  /** How many candidates the latest step has left. At least one step has been made. */
  get count(): number {
    return this.#counts[this.#counts.length - 1];
  }

  /** The set of the latest step, in any order; valid until the next call. At least one step has been made. */
  get latest(): Int32Array {
    return this.#starts.subarray(0, this.count);
  }

  /** The same, ascending. */
  get ascending(): Int32Array {
    if (!this.#ascending) this.latest.sort();
    this.#ascending = true;
    return this.latest;
  }

  clear(): void {
    this.#starts = new Int32Array(0);
    this.#counts.length = 0;
  }

  /** The first step's set, ascending; the list becomes this one's. */
  begin(starts: Int32Array): void {
    this.#starts = starts;
    this.#counts.length = 0;
    this.#counts.push(starts.length);
    this.#ascending = true;
  }

  /** One more step, after which the candidates are left that `keeps` holds for, and how many those are. */
  narrow(keeps: (start: number) => boolean): number {
    const [starts, count] = [this.#starts, this.count];
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const start = starts[i];
      if (!keeps(start)) continue;
      starts[i] = starts[kept];
      starts[kept++] = start;
    }
    this.#counts.push(kept);
    return kept;
  }

  /** Back to the first steps. */
  rewind(steps: number): void {
    if (steps > 0 && this.#counts[steps - 1] !== this.count) this.#ascending = false;
    if (steps < this.steps) this.#counts.length = steps;
  }
}
