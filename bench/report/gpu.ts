import { gpuResults } from "../harness/gpu-results.js";
import type { Section } from "./section.js";

export const GPU_COMMAND = "scripts/gpu-check.sh --only bench";

/** The runs on GPUs that are kept, a section for each table. */
export function gpuSections(folder?: string): Section[] {
  return gpuResults(folder).flatMap(({ machine, tables }) =>
    tables.map(({ title, note, columns, rows }) => ({
      heading: `${machine.name}: ${title}`,
      note,
      command: GPU_COMMAND,
      tables: [
        {
          header: columns.map(({ heading }) => heading),
          rows: rows.map((row) => columns.map(({ key }) => String(row[key] ?? ""))),
        },
      ],
    })),
  );
}
