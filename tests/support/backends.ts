import { RecallSession, type RecallSessionOptions } from "../../lib/entry/index.js";

export type BackendName = "native" | "javascript";

/**
 * The backends that tests run over: all of them, and one that does not load is a failure. `VERBATIM_BACKENDS`, a
 * comma-separated list, restricts them.
 */
export const backends: readonly BackendName[] = readBackends(process.env.VERBATIM_BACKENDS);

export type SessionOptions = Partial<Extract<RecallSessionOptions, { context?: undefined }>>;

/** Delimiters of the sessions that tests make, unless a test says otherwise. */
export const START = 18;
export const END = 19;
export const VOCAB_SIZE = 20;

/** Makes sessions of a backend: twenty ids, of which 18 opens and 19 closes a span. */
export type SessionMaker = (options?: SessionOptions) => RecallSession;

export function sessionsOn(backend: BackendName): SessionMaker {
  return (options = {}) =>
    new RecallSession({ vocabSize: VOCAB_SIZE, startTokenId: START, endTokenId: END, backend, ...options });
}

function readBackends(list: string | undefined): BackendName[] {
  if (list === undefined || list === "") return ["native", "javascript"];
  return list.split(",").map((name) => {
    if (name === "native" || name === "javascript") return name;
    throw new Error(`VERBATIM_BACKENDS names ${JSON.stringify(name)}, which is not a backend`);
  });
}
