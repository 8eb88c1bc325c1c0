/** Prints a table of Markdown; columns with figures are aligned to the right. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const hasFigures = (column: number) => rows.some((row) => /^[\d–-]/.test(row[column] ?? ""));
  console.log(`| ${header.join(" | ")} |`);
  console.log(`|${header.map((_, column) => (column > 0 && hasFigures(column) ? "--:" : "---")).join("|")}|`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log();
}
