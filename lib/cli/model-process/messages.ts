import type { Outcome } from "../../base/command-error.js";
import type { EndingSignal } from "../interruption.js";
import type { JobName } from "./jobs.js";

/** What a model process is told: its job, once, and to end it. */
export type ToProcess = { name: JobName; args: unknown; debug: boolean } | { end: EndingSignal };

/** What it tells: events as they come, then how it ended. */
export type FromProcess = { event: unknown } | { failure: JobFailure } | { done: true };

export interface JobFailure {
  outcome: Outcome;
  sentence: string;
  trace: string;
}
