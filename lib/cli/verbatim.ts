#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import type { AskCommandOptions } from "./ask-command.js";
import { InputError } from "./input-error.js";

const INPUT_EXIT_CODE = 2;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  process.stdout.on("error", stopWhenNobodyReads);
  try {
    let exitCode = 0;
    const program = makeProgram(async (question, options) => {
      const { runAsk } = await loadAsk();
      exitCode = await runAsk(question, options, interruptSignal());
    });
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : INPUT_EXIT_CODE;
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`verbatim: ${error.message}\n`);
    return INPUT_EXIT_CODE;
  }
}

function makeProgram(runAsk: (question: string, options: AskCommandOptions) => Promise<void>): Command {
  const program = new Command("verbatim")
    .description("Answers with quotes that are exact: each is a substring of a document, and comes with its place.")
    .version(packageVersion())
    .exitOverride();
  program
    .command("ask")
    .description("Answers a question from documents, quotes marked.")
    .argument("<question>", "what to ask")
    .requiredOption("-m, --model <file>", "a GGUF model that has recall tokens")
    .requiredOption("-c, --context <file>", 'a document, UTF-8 text; "-" is standard input; repeatable', collect)
    .option("--temperature <number>", "0 takes the likeliest token each time", parseAtLeast(0, false), 0)
    .option("--seed <number>", "makes draws repeatable where the temperature is not 0", parseAtLeast(0))
    .option("--max-tokens <number>", "longest answer", parseAtLeast(1), 512)
    .option("--threads <number>", "half of the processors unless given", parseAtLeast(1))
    .option("--context-size <number>", "most tokens that prompt and answer may take", parseAtLeast(1))
    .option("--no-constraint", "let the model quote freely, for comparison")
    .option("--raw", 'a plain prompt ("Q: ... A:"), even where the model brings a chat template', false)
    .option(
      "--json",
      "one JSON object for programs, when the answer has ended; a quote's start and end count UTF-16 units",
      false,
    )
    .option("--no-color", "no colours")
    .allowExcessArguments(false)
    .exitOverride()
    .action(runAsk);
  return program;
}

/** node-llama-cpp is an optional peer of the package: it may be missing. */
async function loadAsk() {
  try {
    return await import("./ask-command.js");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes("node-llama-cpp")) throw error;
    throw new InputError("node-llama-cpp, which runs the models, is not installed: npm install node-llama-cpp");
  }
}

function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

function parseAtLeast(least: number, integer = true): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() !== "" && number >= least && (integer ? Number.isSafeInteger(number) : Number.isFinite(number))) {
      return number;
    }
    throw new InvalidArgumentError(`Expected ${integer ? "an integer" : "a number"} of at least ${least}.`);
  };
}

/** Ctrl-C ends the answer and then the program; a second one ends it at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

function stopWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
}

function packageVersion(): string {
  const file = new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
