import { RecallError } from "../base/errors.js";

/** The refusal of what would make a sequence longer than it may be. */
export function contextFull(limit: number, unit: "tokens" | "bytes"): RecallError {
  return new RecallError("CONTEXT_FULL", `The context would grow past ${limit} ${unit}`);
}
