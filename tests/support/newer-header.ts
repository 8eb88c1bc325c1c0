import { readFileSync, writeFileSync } from "node:fs";

/** A structure that begins with its size: all before its closing line, and its name. */
const SIZED_STRUCTURE = /(typedef struct \w+ \{[^}]*\bsize_t struct_size;[^}]*)\} (\w+);/g;

/** How many bytes a structure of the newer header has at its end that today's has not. */
export const ADDED_BYTES = 8;

/** The names of a header's structures that begin with `struct_size`, sorted. */
export function sizedStructures(header: string): string[] {
  return [...readFileSync(header, "utf8").matchAll(SIZED_STRUCTURE)].map(([, , name]) => name).sort();
}

/** Writes the header of the next minor version, in which each of these structures has one field more. */
export function writeNewerHeader(header: string, newer: string): void {
  const text = readFileSync(header, "utf8")
    .replace(SIZED_STRUCTURE, "$1  int64_t added;\n} $2;")
    .replace(/(#define \w+_ABI_MINOR) \d+/, "$1 999");
  writeFileSync(newer, text);
}
