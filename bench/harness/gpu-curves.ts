import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Measurement } from "./results.js";

/** What bench/cuda/report.py writes. */
interface GpuResults {
  readonly machine: { readonly name: string };
  readonly tables: readonly { readonly title: string; readonly rows: readonly Row[] }[];
}

type Row = Readonly<Record<string, unknown>>;

/** The steps of batches that were measured on GPUs, means and by depth; none where no GPU has run. */
export function gpuCurves(folder = join("bench", "results")): Measurement[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.sort().flatMap((file) => stepsOf(JSON.parse(readFileSync(join(folder, file), "utf8")) as GpuResults));
}

function stepsOf({ machine, tables }: GpuResults): Measurement[] {
  const rowsOf = (title: string) => tables.find((table) => table.title === title)?.rows ?? [];
  const step = (row: Row, key: string, depth?: number): Measurement => ({
    subject: "step on a GPU",
    way: machine.name,
    text: row["text"] as string,
    tokens: row["tokens"] as number,
    rows: row["rows"] as number,
    ...(depth === undefined ? {} : { depth }),
    value: row[key] as number,
    unit: "µs",
  });
  return [
    ...rowsOf("Filter, scatter and step").map((row) => step(row, "step_us")),
    ...rowsOf("Step by depth").flatMap((row) =>
      Object.keys(row)
        .filter((key) => /^k\d+$/.test(key))
        .map((key) => step(row, key, Number(key.slice(1)))),
    ),
  ];
}
