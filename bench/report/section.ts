import type { Table } from "./chart.js";

/** A part of the page that is tables and no chart. */
export interface Section {
  readonly heading: string;
  /** What was measured, and how. */
  readonly note: string;
  /** What measures it, for where there are no tables. */
  readonly command: string;
  readonly tables: readonly Table[];
}
