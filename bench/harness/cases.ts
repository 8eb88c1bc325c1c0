import { Bench } from "tinybench";
import { show } from "./figures.js";
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

const MILLISECONDS = isFullRun() ? 500 : 120;

/** Checks a case, then times it: the median and the 99th percentile of its runs. */
export function measureCase(of: Case): MeasuredCase {
  of.check();
  const { runs } = of;
  const bench = new Bench({
    ...(runs === undefined
      ? { time: MILLISECONDS }
      : { time: 0, iterations: runs, warmupTime: 0, warmupIterations: 1 }),
    throws: true,
    subtractTimerOverhead: true,
  });
  const run = () => {
    const milliseconds = of.run();
    return milliseconds === undefined ? undefined : { overriddenDuration: milliseconds };
  };
  const [task] = bench
    .add(of.of.subject, run, { beforeEach: () => of.before?.(), afterEach: () => of.after?.() })
    .runSync();
  const { result } = task!;
  if (result.state !== "completed") throw new Error(`${of.of.subject}: ${result.state}`);
  const divisor = (of.operations ?? 1) * (of.perToken === true && "tokens" in of.work ? of.work.tokens : 1);
  const nanoseconds = (milliseconds: number) => (milliseconds * 1e6) / divisor;
  const { p50, p99 } = result.latency;
  const unit = of.perToken === true ? "ns/token" : "ns";
  const measurement = { ...of.of, value: nanoseconds(p50), unit, p99: nanoseconds(p99) };
  return { work: of.work, perToken: of.perToken, measurement };
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
