/** What a job is given beside its arguments. */
export interface JobContext<Event> {
  signal: AbortSignal;
  /** Tells of an event; it is copied as `structuredClone` does. */
  emit: (event: Event) => void;
}
