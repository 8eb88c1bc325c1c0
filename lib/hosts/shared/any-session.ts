import type { RecallTextSession } from "../../text-mode/session.js";
import type { RecallSession } from "../../token-mode/session.js";

/** A session of token mode or of text mode: what decodes with one decodes with the other. */
export type AnySession = RecallSession | RecallTextSession;
