import type { Measurement } from "../harness/results.js";
import { count, duration } from "./numbers.js";
import { commandOf } from "./hosts.js";
import type { Section } from "./section.js";
import { distinct, type AllResults } from "./select.js";

/** What a program in JavaScript pays for a session's verbs, with either engine. */
export function javascriptSection(results: AllResults): Section {
  const measurements = results.get("session")?.measurements ?? [];
  const ways = distinct(measurements.map(({ way }) => way));
  const rows = distinct(measurements.map(describe));
  const cell = (row: string, way: string) => measurements.find((one) => describe(one) === row && one.way === way);
  const tokens = Math.max(0, ...measurements.map((one) => one.tokens ?? 0));
  return {
    heading: "From JavaScript",
    note: `What a program pays for a verb of a session, with ${count(tokens)} tokens of context: medians.`,
    command: commandOf("session"),
    tables:
      measurements.length === 0
        ? []
        : [{ header: ["", ...ways], rows: rows.map((row) => [row, ...ways.map((way) => show(cell(row, way)))]) }],
  };
}

function describe({ subject, rows, cache, condition }: Measurement): string {
  const details = [
    rows === undefined ? "" : `${rows} ${rows === 1 ? "row" : "rows"}`,
    cache === undefined ? "" : `cache ${cache}`,
    condition ?? "",
  ];
  return [subject, ...details.filter((detail) => detail !== "")].join(", ");
}

function show(measurement: Measurement | undefined): string {
  if (measurement === undefined) return "";
  return measurement.unit === "ns" ? duration(measurement.value) : `${count(measurement.value)} ${measurement.unit}`;
}
