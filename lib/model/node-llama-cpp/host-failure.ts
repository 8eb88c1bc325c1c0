import { RecallError } from "../../base/errors.js";
import { CommandError, ModelError } from "../../base/command-error.js";
import type { HostLog } from "./host-log.js";

/** What a fault of a program throws, rather than a library that cannot do what it was asked. */
const FAULTS = [TypeError, RangeError, ReferenceError, SyntaxError];

/**
 * The error to throw where the host failed: what explains itself stays as it is, and so does a fault.
 * @param problem what could not be done, given why
 */
export async function hostFailure(error: unknown, log: HostLog, problem: (reason: string) => string): Promise<unknown> {
  const explained = [CommandError, RecallError, ...FAULTS];
  if (explained.some((kind) => error instanceof kind)) return error;
  const reason = (await log.reason()) ?? (error instanceof Error ? error.message : String(error));
  return new ModelError(`${problem(reason)}: ${reason}`, { cause: error });
}
