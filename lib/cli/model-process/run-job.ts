import { type ChildProcess, fork } from "node:child_process";
import { on } from "node:events";
import { fileURLToPath } from "node:url";
import { CommandError, ModelError } from "../../base/command-error.js";
import { Interruption } from "../interruption.js";
import { visible } from "../output/visible.js";
import type { JobArguments, JobEvent, JobName } from "./jobs.js";
import type { FromProcess, JobFailure, ToProcess } from "./messages.js";

/** Milliseconds that a process has to end its job when it is asked to. */
const GRACE = 2000;
/** Characters of what a process wrote last that are kept. */
const KEPT = 4096;
/** How llama.cpp and V8 say why they end a process. */
const LAST_WORDS = /GGML_ASSERT|FATAL ERROR|what\(\):/;
/** Where in a program that is. */
const PLACE = /^\S+:\d+: /;

/**
 * Does a job that takes a model in a process of its own. llama.cpp ends its process over a model that it did not expect,
 * and the system ends one that takes too much memory: here that is an error as any other.
 * @throws CommandError; the reason of the signal
 */
export async function* runJob<Name extends JobName>(
  name: Name,
  args: JobArguments<Name>,
  { signal, debug }: { signal: AbortSignal; debug: boolean },
): AsyncGenerator<JobEvent<Name>> {
  signal.throwIfAborted();
  const child = fork(fileURLToPath(new URL("main.js", import.meta.url)), {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced",
    // Its trace would be that of a program which nobody here has the source of, and takes a debugger.
    env: { ...process.env, GGML_NO_BACKTRACE: "1" },
  });
  const send = (message: ToProcess) => child.send(message, () => undefined);
  const lastWords = keepLastWords(child, debug);
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    send({ end: (signal.reason as Interruption).signal });
    timer = setTimeout(() => child.kill("SIGKILL"), GRACE);
  };
  signal.addEventListener("abort", end);
  try {
    send({ name, args, debug });
    for await (const [message] of on(child, "message", { close: ["close"] }) as AsyncIterable<[FromProcess]>) {
      if ("event" in message) yield message.event as JobEvent<Name>;
      else if ("failure" in message) throw failureOf(message.failure);
      else return;
    }
    throw deathOf(child, lastWords());
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", end);
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

function failureOf({ outcome, sentence, trace }: JobFailure): CommandError {
  const error = new CommandError(outcome, sentence);
  error.stack = trace;
  return error;
}

/** The process ended without a word. */
function deathOf({ signalCode, exitCode }: ChildProcess, lastWords: string | null): CommandError {
  // Ctrl-C reaches every process of a terminal, and this one first.
  if (signalCode === "SIGINT" || signalCode === "SIGTERM") return new Interruption(signalCode);
  const how = signalCode === "SIGKILL" ? "killed, perhaps for lack of memory" : (signalCode ?? `exit code ${exitCode}`);
  return new ModelError(`The process that runs the model ended: ${lastWords ?? how}`);
}

/** What the process said of its end, as far as it said anything. */
function keepLastWords({ stderr }: ChildProcess, debug: boolean): () => string | null {
  let kept = "";
  stderr!.setEncoding("utf8").on("data", (text: string) => {
    if (debug) process.stderr.write(visible(text));
    kept = (kept + text).slice(-KEPT);
  });
  return () => {
    const lines = kept.split("\n").filter((line) => line.trim() !== "");
    const words = lines.find((line) => LAST_WORDS.test(line)) ?? lines.at(-1);
    return words?.replace(PLACE, "") ?? null;
  };
}
