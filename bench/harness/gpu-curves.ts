import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Measurement } from "./results.js";

/** What bench/cuda/report.py writes. */
interface GpuResults {
  readonly machine: { readonly name: string };
  readonly tables: readonly { readonly title: string; readonly rows: readonly Readonly<Record<string, unknown>>[] }[];
}

/** The mean steps of batches over M that were measured on GPUs; none where no GPU has run. */
export function gpuCurves(folder = join("bench", "results")): Measurement[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.sort().flatMap((file) => stepsOf(JSON.parse(readFileSync(join(folder, file), "utf8")) as GpuResults));
}

function stepsOf({ machine, tables }: GpuResults): Measurement[] {
  const steps = tables.find(({ title }) => title === "Filter, scatter and step");
  return (steps?.rows ?? []).map((row) => ({
    subject: "step on a GPU",
    way: machine.name,
    text: row["text"] as string,
    tokens: row["tokens"] as number,
    rows: row["rows"] as number,
    value: row["step_us"] as number,
    unit: "µs",
  }));
}
