import type { RecallDocument } from "../hosts/shared/document-locator.js";

/** A document that can be quoted. */
export interface AskDocument extends RecallDocument {
  /** Where the text begins in its file, in bytes: after a byte order mark. */
  textStart: number;
}
