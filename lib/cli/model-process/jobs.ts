import type { JobContext } from "./job-context.js";

/** What a model process does: each is a module of its own, loaded in that process and nowhere else. */
export const JOBS = {
  ask: () => import("./ask-job.js"),
  extract: () => import("./extract-job.js"),
  evaluate: () => import("./eval-job.js"),
};

export type JobName = keyof typeof JOBS;
type JobOf<Name extends JobName> = Awaited<ReturnType<(typeof JOBS)[Name]>>["run"];
export type JobArguments<Name extends JobName> = Parameters<JobOf<Name>>[0];
export type JobEvent<Name extends JobName> = Parameters<JobOf<Name>>[1] extends JobContext<infer Event> ? Event : never;
