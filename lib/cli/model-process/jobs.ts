/** What a model process does: each is a module of its own, loaded in that process and nowhere else. */
export const JOBS = {
  ask: () => import("./ask-job.js"),
  extract: () => import("./extract-job.js"),
  evaluate: () => import("./eval-job.js"),
};

/** What a job is given beside its arguments. */
export interface JobContext<Event> {
  signal: AbortSignal;
  /** Tells of an event; it is copied as `structuredClone` does. */
  emit: (event: Event) => void;
}

export type JobName = keyof typeof JOBS;
type JobOf<Name extends JobName> = Awaited<ReturnType<(typeof JOBS)[Name]>>["run"];
export type JobArguments<Name extends JobName> = Parameters<JobOf<Name>>[0];
export type JobEvent<Name extends JobName> = Parameters<JobOf<Name>>[1] extends JobContext<infer Event> ? Event : never;
