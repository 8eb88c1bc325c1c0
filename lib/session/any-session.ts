import type { RecallSession } from "../token-mode/session.js";
import type { RecallTextSession } from "../text-mode/session.js";
import { DecodingSession } from "./decoding-session.js";

/** A session of token mode or of text mode: what decodes with one decodes with the other. */
export type AnySession = RecallSession | RecallTextSession;

export function expectSession(session: unknown): AnySession {
  if (DecodingSession.is(session)) return session as AnySession;
  throw new TypeError('Expected "session" to be a RecallSession or a RecallTextSession');
}
