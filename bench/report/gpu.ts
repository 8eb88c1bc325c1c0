import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Section } from "./section.js";

/** What bench/cuda/report.py writes of a run on a GPU. */
interface GpuResults {
  readonly machine: Readonly<Record<string, string>>;
  readonly tables: readonly {
    readonly title: string;
    readonly note: string;
    readonly columns: readonly { readonly key: string; readonly heading: string }[];
    readonly rows: readonly Readonly<Record<string, string | number>>[];
  }[];
}

export const GPU_COMMAND = "scripts/gpu-check.sh --only bench";

/** The runs on GPUs that are kept in a folder, a section for each table. */
export function gpuSections(folder: string): Section[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.sort().flatMap((file) => {
    const { machine, tables } = JSON.parse(readFileSync(join(folder, file), "utf8")) as GpuResults;
    return tables.map(({ title, note, columns, rows }) => ({
      heading: `${machine["name"] ?? "unknown device"}: ${title}`,
      note,
      command: GPU_COMMAND,
      tables: [
        {
          header: columns.map(({ heading }) => heading),
          rows: rows.map((row) => columns.map(({ key }) => String(row[key] ?? ""))),
        },
      ],
    }));
  });
}
