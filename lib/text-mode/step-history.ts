/** One thing that happened to a session. */
export interface Step {
  readonly kind: "append" | "token" | "begin" | "end";
  /** Bytes in the sequence before and after it. */
  readonly before: number;
  readonly after: number;
  /** The token that was accepted; -1 for other steps. */
  readonly token: number;
  /** Segments there were before it. */
  readonly segments: number;
}

/** What has happened to a session, in order: enough to go back to every state it was in. */
export class StepHistory {
  /** Bytes the session was built on. */
  readonly #base: number;
  readonly #steps: Step[];

  constructor(base: number, steps: Step[] = []) {
    this.#base = base;
    this.#steps = steps;
  }

  get count(): number {
    return this.#steps.length;
  }

  /** Bytes in the sequence now. */
  get length(): number {
    return this.#steps.at(-1)?.after ?? this.#base;
  }

  at(index: number): Step {
    return this.#steps[index];
  }

  push(kind: Step["kind"], bytes: number, segments: number, token = -1): void {
    const before = this.length;
    this.#steps.push({ kind, before, after: before + bytes, token, segments });
  }

  /** Forgets all steps but the first `count`. */
  cut(count: number): void {
    this.#steps.length = count;
  }

  /** Tokens without bytes among the steps from `from` on. */
  countBreaks(from: number): number {
    let breaks = 0;
    for (let i = from; i < this.count; i++) if (this.#steps[i].kind === "token" && !isText(this.#steps[i])) breaks++;
    return breaks;
  }

  /** How many of the first steps make the latest state of at most this length. */
  countUpTo(length: number): number {
    let count = this.count;
    while (count > 0 && this.#steps[count - 1].after > length) count--;
    return count;
  }

  /** The number of steps before the last `tokens` tokens; -1 where there are fewer. */
  countBefore(tokens: number): number {
    let count = this.count;
    while (tokens > 0) {
      if (--count < 0) return -1;
      if (this.#steps[count].kind === "token") tokens--;
    }
    return count;
  }

  /** Tokens accepted. */
  countTokens(): number {
    return this.#steps.reduce((sum, { kind }) => sum + (kind === "token" ? 1 : 0), 0);
  }

  /** The ids of the tokens among the steps [from, to). */
  tokens(from: number, to: number): number[] {
    return this.#steps
      .slice(from, to)
      .filter(({ kind }) => kind === "token")
      .map(({ token }) => token);
  }

  /** The tokens generated last, without anything between them, oldest first: no more than make `bytes` bytes. */
  recentTokens(from: number, bytes: number): number[] {
    let start = this.count;
    while (start > from && this.length - this.#beforeOf(start) < bytes && isText(this.#steps[start - 1])) start--;
    return this.tokens(start, this.count);
  }

  fork(): StepHistory {
    return new StepHistory(this.#base, this.#steps.slice());
  }

  #beforeOf(index: number): number {
    return index === this.count ? this.length : this.#steps[index].before;
  }
}

function isText({ kind, before, after }: Step): boolean {
  return kind === "token" && after > before;
}
