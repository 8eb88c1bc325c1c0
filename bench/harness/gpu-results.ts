import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What bench/cuda/report.py writes of a run on a GPU. */
export interface GpuResults {
  readonly machine: { readonly name: string };
  readonly tables: readonly GpuTable[];
}

export interface GpuTable {
  readonly title: string;
  readonly note: string;
  readonly columns: readonly { readonly key: string; readonly heading: string }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** The runs that are kept, in the order of their files; none where no GPU has run. */
export function gpuResults(folder = join("bench", "results")): GpuResults[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as GpuResults);
}
