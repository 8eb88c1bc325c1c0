import { median } from "../harness/median.js";
import { isFullRun, type Measurement } from "../harness/results.js";

/** An odd number: the first, which warms up, is seldom the one in the middle. */
const ROUNDS = isFullRun() ? 9 : 3;

/** A way that has taken so many milliseconds at one size measures no more rounds there. */
const ENOUGH = isFullRun() ? 10_000 : 1_500;

/** What one round found: figures by subject, and what is wrong with a quote of it. */
export interface Round {
  readonly figures: Readonly<Record<string, number>>;
  readonly remark: string | null;
}

/** What was measured of one way at one size, round by round; or why it does not work there. */
export class Figures {
  readonly way: string;
  /** Megabytes, where they were measured. */
  memory: number | null = null;
  /** What a check of its quotes found first, where it found something. */
  remark: string | null = null;
  /** Why there are no figures. */
  failure: string | null = null;
  readonly #runs = new Map<string, number[]>();
  #rounds = 0;
  #spent = 0;

  constructor(way: string) {
    this.way = way;
  }

  /** Whether there is more to measure. */
  get wantsMore(): boolean {
    return this.failure === null && this.#rounds < ROUNDS && this.#spent < ENOUGH;
  }

  /** Measures memory; the way fails at this size where that throws. */
  async probe(measure: () => Promise<number>): Promise<void> {
    try {
      this.memory = await measure();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Measures one round; the way fails at this size where that throws. */
  async round(measure: () => Promise<Round>): Promise<void> {
    const start = performance.now();
    try {
      const { figures, remark } = await measure();
      this.remark ??= remark;
      for (const [subject, value] of Object.entries(figures)) {
        this.#runs.set(subject, [...(this.#runs.get(subject) ?? []), value]);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#rounds++;
    this.#spent += performance.now() - start;
  }

  measurements(
    about: Pick<Measurement, "text" | "tokens" | "vocabulary">,
    units: Readonly<Record<string, string>>,
  ): Measurement[] {
    if (this.failure !== null) return [];
    return Object.entries(units).flatMap(([subject, unit]) => {
      const value = subject === "memory" ? this.memory : this.#value(subject, unit);
      return value === null ? [] : [{ subject, way: this.way, ...about, value, unit }];
    });
  }

  /** A ratio's mean; of times the median. */
  #value(subject: string, unit: string): number | null {
    const runs = this.#runs.get(subject);
    if (runs === undefined) return null;
    if (unit === "ratio") return runs.reduce((sum, one) => sum + one, 0) / runs.length;
    return median(runs);
  }

  #fail(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
  }
}

/** Measures the memory of ways, two processes at a time. */
export async function probeAll(figures: readonly Figures[], measure: (way: string) => Promise<number>): Promise<void> {
  for (let i = 0; i < figures.length; i += 2) {
    await Promise.all(figures.slice(i, i + 2).map((one) => one.probe(() => measure(one.way))));
  }
}

/** Measures ways round by round, each first as often as the others, until none wants more. */
export async function inTurns(
  figures: readonly Figures[],
  measure: (way: number, round: number) => Promise<Round>,
): Promise<void> {
  for (let round = 0; figures.some(({ wantsMore }) => wantsMore); round++) {
    for (let turn = 0; turn < figures.length; turn++) {
      const way = (round + turn) % figures.length;
      if (figures[way]!.wantsMore) await figures[way]!.round(() => measure(way, round));
    }
  }
}
