import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describeMachine, type Machine } from "./machine.js";

/**
 * One figure: what was measured, who did it, on what, and how much it came to. Fields that make no difference to a
 * figure are left out.
 */
export interface Measurement {
  /** "step as ids", "context ready", … */
  readonly subject: string;
  /** "Verbatim", "the paper's filter", "rescan", "Verbatim in JavaScript", … */
  readonly way: string;
  /** "natural text", "key–value JSON", … */
  readonly text?: string;
  /** Of the searchable context. */
  readonly tokens?: number;
  readonly vocabulary?: number;
  /** k: tokens quoted so far. */
  readonly depth?: number;
  /** Sequences of a batch. */
  readonly rows?: number;
  readonly cache?: "warm" | "evicted";
  /** What else sets the figure apart: "follows its source", "316 MB, weights of 32 bits", … */
  readonly condition?: string;
  /** The median of the runs, per operation, unless the subject says otherwise. */
  readonly value: number;
  /** "ns", "ns/token", "ns/byte", "ms", "bytes/token", "tokens", "ratio", … */
  readonly unit: string;
  readonly p99?: number;
}

/** What one file of bench/ printed, for the report, the goals and the check to read. */
export interface Results {
  /** The file's name without `.bench.ts`. */
  readonly bench: string;
  readonly machine: Machine;
  /** Whether it ran with `--full`. */
  readonly full: boolean;
  readonly measurements: readonly Measurement[];
}

const folder = join("build", "bench", "results");

export function saveResults(bench: string, measurements: readonly Measurement[]): void {
  mkdirSync(folder, { recursive: true });
  const results: Results = { bench, machine: describeMachine(), full: isFullRun(), measurements };
  writeFileSync(join(folder, `${bench}.json`), `${JSON.stringify(results, null, 1)}\n`);
}

/** The latest results of each file that was run in this checkout, by name. */
export function loadResults(): Map<string, Results> {
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return new Map(
    files
      .sort()
      .map((file) => [basename(file, ".json"), JSON.parse(readFileSync(join(folder, file), "utf8")) as Results]),
  );
}

export function isFullRun(): boolean {
  return process.argv.includes("--full");
}
