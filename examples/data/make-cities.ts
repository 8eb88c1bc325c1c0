/**
 * Derives `cities.txt` from the tz database's `zone.tab`, which is in the public domain.
 *
 *     node dist/examples/data/make-cities.js <zone.tab> <cities.txt>
 *
 * Seconds are dropped from the coordinates, and the name is the last part of the time zone's.
 */

import { readFileSync, writeFileSync } from "node:fs";

import { MATCH_LENGTH } from "../reference-model/layout.js";

const HEADER = "Places that the tz database (zone.tab; public domain) names time zones after and where they lie.";

const COORDINATES =
  /^(?<ns>[+-])(?<latitude>\d\d)(?<latitudeMinutes>\d\d)(\d\d)?(?<ew>[+-])(?<longitude>\d{3})(?<longitudeMinutes>\d\d)(\d\d)?$/;

function main(): void {
  const [source, target] = process.argv.slice(2);
  if (!source || !target) {
    console.error("Usage: make-cities.js <zone.tab> <cities.txt>");
    process.exitCode = 2;
    return;
  }
  const rows = readFileSync(source, "utf8").split("\n");
  const lines = rows.filter((row) => row !== "" && !row.startsWith("#")).map(line);
  const kept = withoutTies(lines.sort());
  writeFileSync(target, `${HEADER}\n\n${kept.join("\n")}\n`);
  console.log(`${target}: ${kept.length} of ${lines.length} places`);
}

function line(row: string): string {
  const [, coordinates, zone] = row.split("\t");
  const parts = COORDINATES.exec(coordinates)?.groups;
  if (!parts) throw new Error(`Not a row of zone.tab: ${row}`);
  const name = zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
  const latitude = `${Number(parts.latitude)}°${parts.latitudeMinutes}'${parts.ns === "+" ? "N" : "S"}`;
  const longitude = `${Number(parts.longitude)}°${parts.longitudeMinutes}'${parts.ew === "+" ? "E" : "W"}`;
  return `${name}: ${latitude} ${longitude}`;
}

/**
 * Drops lines that the reference model, which looks back `MATCH_LENGTH` bytes, could take for
 * another: those in which the same bytes are followed by another byte than in a line before.
 */
function withoutTies(lines: readonly string[]): string[] {
  const followers = new Map<string, string>();
  return lines.filter((candidate) => {
    const steps = valueSteps(candidate);
    const ties = steps.some(([before, next]) => (followers.get(before) ?? next) !== next);
    if (!ties) for (const [before, next] of steps) followers.set(before, next);
    return !ties;
  });
}

/** Each byte from the value's first to the newline, and what the model sees before it. */
function valueSteps(candidate: string): [before: string, next: string][] {
  const bytes = Buffer.from(`\n${candidate}\n`).toString("latin1");
  const valueStart = bytes.indexOf(": ") + 2;
  return Array.from({ length: bytes.length - valueStart }, (_, i) => {
    const at = valueStart + i;
    return [bytes.slice(Math.max(0, at - MATCH_LENGTH), at), bytes[at]];
  });
}

main();
