import { gpuResults, type GpuResults } from "./gpu-results.js";
import type { Measurement } from "./results.js";

/** The steps of batches that were measured on GPUs, means and by depth; none where no GPU has run. */
export function gpuCurves(folder?: string): Measurement[] {
  return gpuResults(folder).flatMap(stepsOf);
}

function stepsOf({ machine, tables }: GpuResults): Measurement[] {
  const rowsOf = (title: string) => tables.find((table) => table.title === title)?.rows ?? [];
  const step = (row: Readonly<Record<string, unknown>>, key: string, depth?: number): Measurement => ({
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
