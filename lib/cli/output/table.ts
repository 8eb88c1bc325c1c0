import { visibleInLine } from "./visible.js";

const GAP = "  ";
/** Characters of two columns: East Asian wide ones and emoji, as far as a pattern tells them. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/gu;
/** Characters of none. */
const MARKS = /[\p{Mark}\u200b-\u200d]/gu;

/** Rows under a header, their columns aligned; control characters become visible. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((row) => row.map(visibleInLine));
  const widths = header.map((_, column) => lines.reduce((most, line) => Math.max(most, width(line[column])), 0));
  return lines
    .map(
      (line) =>
        line
          .map((cell, i) => pad(cell, widths[i]))
          .join(GAP)
          .trimEnd() + "\n",
    )
    .join("");
}

function pad(cell: string, columns: number): string {
  return cell + " ".repeat(columns - width(cell));
}

function width(cell: string): number {
  const narrow = cell.replace(MARKS, "");
  return [...narrow].length + (narrow.match(WIDE)?.length ?? 0);
}
