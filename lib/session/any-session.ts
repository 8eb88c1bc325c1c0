import { RecallSession } from "../session.js";
import { RecallTextSession } from "../text-session.js";

/** A session of token mode or of text mode: what decodes with one decodes with the other. */
export type AnySession = RecallSession | RecallTextSession;

export function expectSession(session: unknown): AnySession {
  if (session instanceof RecallSession || session instanceof RecallTextSession) return session;
  throw new TypeError('Expected "session" to be a RecallSession or a RecallTextSession');
}
