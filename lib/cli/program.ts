import { CommandError, type Outcome } from "../base/command-error.js";
import { makeProgram } from "./commands.js";
import { reportError } from "./output/error-report.js";
import { EXIT_CODES } from "./exit-codes.js";
import { takeOverConsole } from "./output/own-console.js";

/** Milliseconds that what still runs has to end, once the program has. */
const GRACE = 2000;

/** Runs a command. Whatever goes wrong ends here: in a line on standard error, and an outcome. */
export async function runProgram(args: readonly string[]): Promise<Outcome> {
  let outcome: Outcome = "ok";
  const program = makeProgram((ended) => (outcome = ended));
  const isDebugging = () => program.opts<{ debug: boolean }>().debug;
  const report = (error: unknown): Outcome => {
    const { outcome: failure, text } = reportError(error, { debug: isDebugging() });
    process.stderr.write(text);
    return failure;
  };
  const exit = (error: unknown) => process.exit(EXIT_CODES[report(error)].code);
  process.on("uncaughtException", exit);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, such as `head`, is no failure and hides none; a full device is one.
    if (error.code === "EPIPE") process.exit();
    exit(new CommandError("output", `Cannot write the answer: ${error.message}`, { cause: error }));
  });
  // The answer is what counts: it and the exit code stay what they are where nobody gets the messages.
  process.stderr.on("error", () => undefined);
  takeOverConsole(isDebugging);
  try {
    await program.parseAsync(args, { from: "user" });
    return outcome;
  } catch (error) {
    const failure = report(error);
    setTimeout(() => process.exit(EXIT_CODES[failure].code), GRACE).unref();
    return failure;
  }
}
