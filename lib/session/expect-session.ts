import { DecodingSession } from "./decoding-session.js";

/** A session of token mode or of text mode: what decodes with one decodes with the other. */
export function expectSession(session: unknown): DecodingSession {
  if (DecodingSession.is(session)) return session;
  throw new TypeError('Expected "session" to be a RecallSession or a RecallTextSession');
}
