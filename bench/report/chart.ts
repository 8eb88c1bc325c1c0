import type { Drawing } from "./drawing.js";
import type { AllResults } from "./select.js";

/** The figures of a chart, for those who want to read them off. */
export interface Table {
  readonly caption?: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Chart {
  /** Of its files. */
  readonly name: string;
  /** What was found, as a sentence with the figures that were measured. */
  readonly title: string;
  /** What is shown, in which unit, and under which conditions. */
  readonly subtitle: string;
  readonly table: Table;
  draw(width: number): Drawing;
}

/** A chart that can be drawn once a benchmark has run. */
export interface ChartMaker {
  /** What it would show, for where it cannot be drawn. */
  readonly subject: string;
  /** The benchmark whose results it shows. */
  readonly bench: string;
  /** `null` where they are not there. */
  make(results: AllResults): Chart | null;
}

/** From this width on, panels stand beside each other. */
export const WIDE = 600;
