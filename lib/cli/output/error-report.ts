import { inspect } from "node:util";
import { CommanderError } from "commander";
import { RecallError, type RecallErrorCode } from "../../base/errors.js";
import { ExtractionError } from "../../extract/extraction-error.js";
import { SchemaError } from "../../schema/schema-error.js";
import { CommandError, type Outcome } from "../../base/command-error.js";
import { visible, visibleInLine } from "./visible.js";

/** What a failure means to whoever ran the program. */
export interface ErrorReport {
  outcome: Outcome;
  /** What standard error gets: a line, and the trace where it was asked for. */
  text: string;
}

/** States that a model or the machine brings about; all others would be a fault of this program. */
const OF_THE_MODEL: ReadonlySet<RecallErrorCode> = new Set([
  ...(["BACKEND_UNAVAILABLE", "CONTEXT_FULL", "CONTEXT_SHIFTED", "NO_RECALL_TOKENS"] as const),
  ...(["NOT_ENFORCED", "NO_VALID_TOKEN", "OUT_OF_MEMORY"] as const),
]);
/** How V8 says that there is no memory for an array. */
const NO_MEMORY = /allocation failed|Invalid (typed )?array length/i;

/** Makes one line and an exit code of whatever was thrown. */
export function reportError(error: unknown, { debug }: { debug: boolean }): ErrorReport {
  const { outcome, sentence } = explainError(error);
  const line = sentence === "" ? "" : `verbatim: ${visibleInLine(sentence)}\n`;
  return { outcome, text: debug && outcome !== "ok" ? `${line}${visible(inspect(error))}\n` : line };
}

/** What happened, and a sentence that says so: empty where there is no need to say anything. */
export function explainError(error: unknown): { outcome: Outcome; sentence: string } {
  if (error instanceof CommanderError) return explainUsage(error);
  if (error instanceof CommandError) return { outcome: error.outcome, sentence: error.message };
  if (error instanceof SchemaError) return { outcome: "input", sentence: error.message };
  if (error instanceof ExtractionError) {
    return { outcome: error.code === "NO_QUOTE" ? "input" : "model", sentence: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  const ofTheModel = error instanceof RecallError ? OF_THE_MODEL.has(error.code) : isOutOfMemory(error);
  if (ofTheModel) return { outcome: "model", sentence: joinLines(message) };
  return { outcome: "internal", sentence: `internal error: ${joinLines(message)} (--debug shows where)` };
}

/** Commander's message is one or two lines, and none where help or the version was asked for. */
function explainUsage({ code, exitCode, message }: CommanderError): { outcome: Outcome; sentence: string } {
  if (exitCode === 0) return { outcome: "ok", sentence: "" };
  if (code === "commander.help") return { outcome: "usage", sentence: "" };
  return { outcome: "usage", sentence: joinLines(message).replace(/^error: /, "") };
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && NO_MEMORY.test(error.message);
}

function joinLines(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " ");
}
