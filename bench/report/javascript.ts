import type { Measurement } from "../harness/results.js";
import { commandOf } from "./hosts.js";
import { duration, figure } from "./numbers.js";
import type { Section } from "./section.js";
import { distinct, select, type AllResults } from "./select.js";

/** What a program in JavaScript pays for a session's verbs, with either engine. */
export function javascriptSection(results: AllResults): Section {
  const measurements = select(results, "session", { text: "natural text", tokens: 131_072, vocabulary: 151_936 });
  const ways = distinct(measurements.map(({ way }) => way));
  const rows = distinct(measurements.map(describe));
  const cell = (row: string, way: string) => measurements.find((one) => describe(one) === row && one.way === way);
  return {
    heading: "From JavaScript",
    note: "Medians of what a program pays, with 131,072 tokens of natural text and rows of 151,936 logits; k tokens are quoted.",
    command: commandOf("session"),
    tables:
      measurements.length === 0
        ? []
        : [{ header: ["", ...ways], rows: rows.map((row) => [row, ...ways.map((way) => show(cell(row, way)))]) }],
  };
}

function describe({ subject, rows, depth, cache }: Measurement): string {
  const details = [
    rows === undefined ? "" : `${rows} ${rows === 1 ? "row" : "rows"}`,
    depth === undefined ? "" : `k = ${depth}`,
    cache === undefined ? "" : `cache ${cache}`,
  ];
  return [subject, ...details.filter((detail) => detail !== "")].join(", ");
}

function show(measurement: Measurement | undefined): string {
  if (measurement === undefined) return "";
  return measurement.unit === "ns" ? duration(measurement.value) : `${figure(measurement.value)} ${measurement.unit}`;
}
