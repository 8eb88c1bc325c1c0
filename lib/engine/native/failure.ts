import { RecallError } from "../../base/errors.js";
import { Failure } from "./addon.js";

/** The error for a result of the addon that is not a value. `verb`: what was being done, as in "append tokens". */
export function failureOf(result: number, verb: string): Error {
  switch (result) {
    case Failure.CONTEXT_FULL:
      return new RecallError("CONTEXT_FULL", `Could not ${verb}: the context can hold no more`);
    case Failure.OUT_OF_MEMORY:
      return new RecallError("OUT_OF_MEMORY", `Could not ${verb}: out of memory; nothing was changed`);
    case Failure.CLOSED:
      return new RecallError("CLOSED", `Could not ${verb}: the context or matcher was closed`);
    case Failure.NOT_ALLOWED:
      return new RecallError("TOKEN_NOT_ALLOWED", `Could not ${verb}: no candidate continues with that token`);
    case Failure.NO_VALID_TOKEN:
      return new RecallError("NO_VALID_TOKEN", `Could not ${verb}: no logit that may be drawn is finite`);
    case Failure.MISTYPED:
      return new TypeError(`Could not ${verb}: an argument is of another type than the addon takes`);
    case Failure.STALE:
      return new Error(`Could not ${verb}: the context changed after the matcher began`);
    default:
      return new RangeError(`Could not ${verb}: an argument is outside what the native engine accepts`);
  }
}

/** `result` where it is a value; throws the error it stands for otherwise. */
export function checked(result: number, verb: string): number {
  if (result < 0) throw failureOf(result, verb);
  return result;
}
