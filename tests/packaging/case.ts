import type { Place } from "./place.js";
import type { Report } from "./quoting-program.js";

/** One way to load the package. */
export interface Case {
  readonly name: string;
  readonly expected: Report;
  /** Builds a program if it has to be, and runs it. */
  run(place: Place): Promise<Report>;
}

/** This machine lacks what a case needs, which is no failure of the package. */
export class NotRun extends Error {}
