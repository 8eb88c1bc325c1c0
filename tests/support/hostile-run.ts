import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AskJob } from "../../lib/cli/model-process/ask-job.js";
import { reportError } from "../../lib/cli/output/error-report.js";
import { runJob } from "../../lib/cli/model-process/run-job.js";
import { scratch } from "./scratch.js";

/** Longer than any small model takes, on a machine that does much else. */
const PATIENCE_SECONDS = 60;

/** What comes of a question to a model of that content: `ran`, or the outcome and what the user is told. */
export async function outcomeOf(model: Buffer): Promise<{ outcome: string; text: string }> {
  const path = join(scratch, "hostile.gguf");
  writeFileSync(path, model);
  const job: AskJob = {
    ...{ model: path, documents: [{ name: "a.txt", text: "red: ff0000\n", textStart: 0 }], question: "red" },
    ...{ constraint: true, temperature: 0, maxTokens: 3, threads: 1, raw: true, mode: "auto" },
  };
  try {
    const signal = AbortSignal.timeout(PATIENCE_SECONDS * 1000);
    for await (const event of runJob("ask", job, { signal, debug: false })) void event;
    return { outcome: "ran", text: "" };
  } catch (error) {
    const { outcome, text } = reportError(error, { debug: false });
    return { outcome, text: text.replaceAll(path, "It") };
  }
}
