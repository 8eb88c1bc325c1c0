/** The program of a model process: it is started by `runJob`, told its job in a message, and tells of it in messages. */

import { inspect } from "node:util";
import { ModelError } from "../../base/command-error.js";
import { explainError } from "../output/error-report.js";
import { Interruption } from "../interruption.js";
import { takeOverConsole } from "../output/own-console.js";
import type { JobContext } from "./job-context.js";
import { type JobName, JOBS } from "./jobs.js";
import type { FromProcess, ToProcess } from "./messages.js";

const controller = new AbortController();

// Ctrl-C reaches this process too, and it is not for it to say what that means.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => undefined);
// Nobody waits for the rest, which may be in the middle of what cannot be interrupted.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("uncaughtException", fail);
process.on("message", (message: ToProcess) => {
  if ("end" in message) controller.abort(new Interruption(message.end));
  else void runJob(message.name, message.args, message.debug);
});

async function runJob(name: JobName, args: unknown, debug: boolean): Promise<void> {
  takeOverConsole(() => debug);
  try {
    const { run } = await loadJob(name);
    const context: JobContext<unknown> = { signal: controller.signal, emit: (event) => tell({ event }) };
    await (run as (args: unknown, context: JobContext<unknown>) => Promise<void>)(args, context);
    tell({ done: true });
  } catch (error) {
    fail(error);
  }
}

/** node-llama-cpp is an optional peer of the package: it may be missing. */
async function loadJob(name: JobName) {
  try {
    return await JOBS[name]();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes("node-llama-cpp")) throw error;
    throw new ModelError("node-llama-cpp, which runs the models, is not installed: npm install node-llama-cpp");
  }
}

function fail(error: unknown): void {
  const { outcome, sentence } = explainError(error);
  tell({ failure: { outcome, sentence, trace: inspect(error) } });
}

function tell(message: FromProcess): void {
  process.send!(message);
}
