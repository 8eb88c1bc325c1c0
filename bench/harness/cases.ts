import { Bench, type Statistics } from "tinybench";
import { show } from "./figures.js";
import { median } from "./median.js";
import { isFullRun, type Measurement } from "./results.js";
import { printTable } from "./table.js";

/** Something that tinybench times. */
export interface Case {
  /** What the figure is of; its unit is nanoseconds, or those `per` token. */
  readonly of: Omit<Measurement, "value" | "unit" | "p99">;
  /** What an operation works on. */
  readonly work: { readonly tokens: number } | { readonly bytes: number };
  /** The figure is per token, not per operation. */
  readonly perToken?: boolean;
  /** Operations in a run; 1 unless given. */
  readonly operations?: number;
  /** A slow case is run so often, in place of as often as there is time. */
  readonly runs?: number;
  /** Ends the program where the result is not the oracle's. */
  check(): void;
  /** Returns the milliseconds that count, where not all of it does. */
  run(): number | void;
  /** What comes before and after each run is not timed. */
  before?(): void;
  after?(): void;
}

export type MeasuredCase = Pick<Case, "work" | "perToken"> & { readonly measurement: Measurement };

/** Cases that are compared take turns. */
const ROUNDS = 3;
const MILLISECONDS = (isFullRun() ? 450 : 120) / ROUNDS;

/** Checks cases, then times them in turns: of the rounds the median, of a round the median and the 99th percentile. */
export function measureCases(cases: readonly Case[]): MeasuredCase[] {
  for (const one of cases) one.check();
  const rounds = Array.from({ length: ROUNDS }, () => cases.map(latencyOf));
  return cases.map(({ of, work, perToken, operations = 1 }, i) => {
    const divisor = operations * (perToken === true ? amountOf(work) : 1);
    const nanoseconds = (key: "p50" | "p99") => (median(rounds.map((round) => round[i]![key])) * 1e6) / divisor;
    const unit = perToken === true ? "ns/token" : "ns";
    return { work, perToken, measurement: { ...of, value: nanoseconds("p50"), unit, p99: nanoseconds("p99") } };
  });
}

/** Milliseconds of a run. */
function latencyOf({ of, runs, run, before, after }: Case): Statistics {
  const often = { time: MILLISECONDS, warmupTime: MILLISECONDS / 3 };
  const bench = new Bench({
    ...(runs === undefined
      ? often
      : { time: 0, iterations: Math.ceil(runs / ROUNDS), warmupTime: 0, warmupIterations: 1 }),
    throws: true,
    subtractTimerOverhead: true,
  });
  const timed = () => {
    const milliseconds = run();
    return milliseconds === undefined ? undefined : { overriddenDuration: milliseconds };
  };
  const [task] = bench.add(of.subject, timed, { beforeEach: () => before?.(), afterEach: () => after?.() }).runSync();
  const { result } = task!;
  if (result.state !== "completed") throw new Error(`${of.subject}: ${result.state}`);
  return result.latency;
}

/** A table of cases, in their order: what an operation works on, how long it takes, and how much that is a second. */
export function printCases(measured: readonly MeasuredCase[]): void {
  printTable(
    ["case", "way", "text", "M", "V", "work", "cache", "median, ns", "p99", "a second"],
    measured.map(({ work, perToken, measurement }) => {
      const { subject, way, text, tokens, vocabulary, depth, rows, cache, value, p99 } = measurement;
      const details = [depth === undefined ? "" : `, k = ${depth}`, rows === undefined ? "" : `, ${rows} rows`];
      return [
        `${subject}${details.join("")}${perToken === true ? ", per token" : ""}`,
        way,
        text ?? "",
        tokens === undefined ? "" : show(tokens),
        vocabulary === undefined ? "" : show(vocabulary),
        "tokens" in work ? `${show(work.tokens, 0)} tokens` : `${show(work.bytes)} bytes`,
        cache ?? "",
        show(value),
        show(p99!),
        perSecond(work, perToken === true ? value * amountOf(work) : value),
      ];
    }),
  );
}

function amountOf(work: Case["work"]): number {
  return "tokens" in work ? work.tokens : work.bytes;
}

/** How much of the work is done in a second: "24M tokens". */
function perSecond(work: Case["work"], nanoseconds: number): string {
  const rate = (amountOf(work) * 1e9) / nanoseconds;
  if ("bytes" in work) return `${show(rate / 1e9)} GB`;
  return `${rate.toLocaleString("en-US", { notation: "compact", maximumSignificantDigits: 2 })} tokens`;
}
