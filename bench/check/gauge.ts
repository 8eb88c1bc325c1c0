/**
 * What the check watches: how much one thing takes against another thing that the same run measures, so that a slower
 * machine, or a busy one, changes both.
 */
export interface Gauge {
  readonly name: string;
  /** Measures the ratio once; less is better. */
  read(): number;
  /** Whether it is counted, and so the same every time. */
  readonly isCounted?: boolean;
}

/** What a gauge read in one round. */
export interface Sample {
  readonly name: string;
  readonly ratio: number;
  readonly isCounted?: boolean;
}

/** What a gauge read in all rounds of a run. */
export interface Reading {
  readonly name: string;
  readonly median: number;
  /** Where the median of ever more rounds would lie, with a confidence of 95 % or more. */
  readonly low: number;
  readonly high: number;
  readonly isCounted?: boolean;
}

export function sample(gauges: readonly Gauge[]): Sample[] {
  return gauges.map(({ name, read, isCounted }) => ({ name, ratio: read(), isCounted }));
}

/** What a run read; bench/baseline.json is one. */
export interface Readings {
  readonly commit: string;
  readonly processor: string;
  readonly readings: readonly Reading[];
}
