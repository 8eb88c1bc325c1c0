import type { Measurement } from "../harness/results.js";
import type { Table } from "./chart.js";
import { figure } from "./numbers.js";
import type { Section } from "./section.js";
import type { AllResults } from "./select.js";

const notes: Readonly<Record<string, string>> = {
  "node-llama-cpp":
    "One thread; the reference model with idle units, so that its forward pass is all that counts; 32 tokens a quote.",
  transformers:
    "One thread, on the CPU. The processor by itself has 131,072 tokens to search; the reference model generates.",
  "web-llm": "The processor alone, called in Node as web-llm calls it, with the engine that browsers have.",
};

/** What each host's adapter costs and saves: a table of all its figures. */
export function hostSections(results: AllResults): Section[] {
  return Object.entries(notes).map(([host, note]) => {
    const measurements = results.get(host)?.measurements ?? [];
    return {
      heading: host === "transformers" ? "transformers.js" : host,
      note,
      command: commandOf(host),
      tables: tablesOf(measurements),
    };
  });
}

export function commandOf(bench: string): string {
  return `npm run bench -- ${bench}`;
}

/** A row for each figure, in a table for each condition. */
function tablesOf(measurements: readonly Measurement[]): Table[] {
  const conditions = [...new Set(measurements.map(({ condition }) => condition))];
  return conditions.map((condition) => ({
    caption: condition,
    header: ["figure", "way", "measured"],
    rows: measurements
      .filter((one) => one.condition === condition)
      .map(({ subject, way, value, unit }) => [
        subject,
        way,
        unit === "ratio" ? `${value.toFixed(2)}×` : `${figure(value)} ${unit}`,
      ]),
  }));
}
