#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { COUNT_LIMIT } from "../arguments.js";
import { DICTIONARY_FORMS } from "../workload/dictionary.js";
import { WORKLOAD_TASKS } from "../workload/example.js";
import { QUESTION_PLACES } from "../workload/prompt-wording.js";
import type { AskCommandOptions } from "./ask-command.js";
import type { EvalCommandOptions } from "./eval-command.js";
import { EVAL_NOTES } from "./eval-notes.js";
import type { ExtractCommandOptions } from "./extract-command.js";
import { EXTRACT_NOTES } from "./extract-notes.js";
import { INPUT_EXIT_CODE, OUTPUT_EXIT_CODE } from "./exit-codes.js";
import { InputError } from "./input-error.js";
import { runVerify, VERIFY_NOTES, type VerifyCommandOptions } from "./verify-command.js";

const MOST_THREADS = 1024;
/** llama.cpp takes seeds of 32 bits, and the last of them as none. */
const MOST_SEED = 2 ** 32 - 2;
const MODEL = ["-m, --model <file>", "a GGUF model"] as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  process.stdout.on("error", stopWhenNobodyReads);
  // The answer is what counts: it and the exit code stay what they are where nobody gets the messages.
  process.stderr.on("error", () => undefined);
  try {
    let exitCode = 0;
    const program = makeProgram((code) => (exitCode = code));
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : INPUT_EXIT_CODE;
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`verbatim: ${error.message}\n`);
    return INPUT_EXIT_CODE;
  }
}

/** @param exit takes the exit code of the command that was run */
function makeProgram(exit: (code: number) => void): Command {
  const program = new Command("verbatim")
    .description("Answers with quotes that are exact: each is a substring of a document, and comes with its place.")
    .version(packageVersion())
    .exitOverride();
  const ask = program
    .command("ask")
    .description("Answers a question from documents, quotes marked.")
    .argument("<question>", "what to ask")
    .requiredOption(...MODEL);
  addGenerationOptions(ask, { what: "answer", maxTokens: 512 })
    .option("--no-constraint", "let the model quote freely, for comparison")
    .option("--raw", "a plain prompt, even where the model brings a chat template", false)
    .addOption(snapOption())
    .addOption(
      new Option(
        "--mode <mode>",
        "between what quotes stand: the model's recall tokens, tags in its text, or what it has",
      )
        .choices(["auto", "token", "text"])
        .default("auto"),
    )
    .option("--start-tag <text>", 'opens a quote where the model has no recall tokens; "<recall>" unless given')
    .option("--end-tag <text>", 'closes it; "</recall>" unless given')
    .option(
      "--template <file>",
      "a prompt that tells the model about tags: text with {documents}, {question}, {startTag} and {endTag}",
    )
    .option(
      "--json",
      "one JSON object for programs and for verify, when the answer has ended; a quote's start and end count UTF-16 units",
      false,
    )
    .option("--no-color", "no colours")
    .action(async (question: string, options: AskCommandOptions) => {
      const { runAsk } = await loadHost(() => import("./ask-command.js"));
      exit(await runAsk(question, options, interruptSignal()));
    });
  const extract = program
    .command("extract")
    .description("Extracts data for a JSON schema from documents, marked strings copied.")
    .argument("[instruction]", "what to extract", "")
    .requiredOption(...MODEL)
    .requiredOption("-s, --schema <file>", 'a JSON schema; strings marked "x-verbatim": true are copied');
  addGenerationOptions(extract, { what: "data", maxTokens: 1024 })
    .addOption(snapOption())
    .option("--json", "one JSON object for programs and for verify: documents, data and quotes", false)
    .addHelpText("after", EXTRACT_NOTES)
    .action(async (instruction: string, options: ExtractCommandOptions) => {
      const { runExtract } = await loadHost(() => import("./extract-command.js"));
      exit(await runExtract(instruction, options, interruptSignal()));
    });
  addEvalCommand(program, exit);
  program
    .command("verify")
    .description("Checks the quotes that --json wrote against the documents, without a model.")
    .argument("<file>", 'what --json wrote; "-" is standard input')
    .option("--documents <folder>", "where documents with relative names are", ".")
    .addHelpText("after", VERIFY_NOTES)
    .action(async (file: string, options: VerifyCommandOptions) => exit(await runVerify(file, options)));
  return program;
}

/** Measures a model on made-up dictionaries. */
function addEvalCommand(program: Command, exit: (code: number) => void): void {
  const evaluation = program
    .command("eval")
    .description("Asks for values of made-up dictionaries, with the constraint and without it, and counts.")
    .requiredOption("-m, --model <file>", "a GGUF model; repeatable", collect)
    .addOption(
      new Option(
        "--workload <task>",
        "whether the key is given, is the solution of a math problem, or a plain Q: and A:",
      )
        .choices(WORKLOAD_TASKS)
        .default("retrieval"),
    )
    .option("--lengths <list>", 'tokens of the prompts, such as 1k,4k,128k; "1k,4k" unless given', parseSizes)
    .option("--entries <list>", "entries of the dictionaries in place of that, such as 10,100", parseSizes)
    .option("--dictionaries <number>", "of each size", parseInteger(1), 10)
    .option("--questions <number>", "about each dictionary", parseInteger(1), 1)
    .addOption(new Option("--form <form>", "of the dictionaries; drawn unless given").choices(DICTIONARY_FORMS))
    .addOption(new Option("--place <place>", "where the question stands; drawn unless given").choices(QUESTION_PLACES));
  const seed = { meaning: "other seeds ask other questions", value: 1 };
  addSamplingOptions(evaluation, { what: "answer", maxTokens: 1024, seed })
    .option("--raw", "a plain prompt, even where the model brings a chat template", false)
    .option("--json", "one JSON object for programs", false)
    .addHelpText("after", EVAL_NOTES)
    .action(async (options: EvalCommandOptions) => {
      const { runEval } = await loadHost(() => import("./eval-command.js"));
      exit(await runEval(options, interruptSignal()));
    });
}

/** What every command has that lets a model generate something from documents. */
function addGenerationOptions(command: Command, limits: { what: string; maxTokens: number }): Command {
  command.requiredOption("-c, --context <file>", 'a document, UTF-8 text; "-" is standard input; repeatable', collect);
  return addSamplingOptions(command, {
    ...limits,
    seed: { meaning: "makes draws repeatable where the temperature is not 0" },
  });
}

/** What every command has that lets a model generate something. */
function addSamplingOptions(
  command: Command,
  { what, maxTokens, seed }: { what: string; maxTokens: number; seed: { meaning: string; value?: number } },
): Command {
  return command
    .option("--temperature <number>", "0 takes the likeliest token each time", parseNumber, 0)
    .option("--seed <number>", seed.meaning, parseInteger(0, MOST_SEED), seed.value)
    .option("--max-tokens <number>", `longest ${what}`, parseInteger(1), maxTokens)
    .option("--threads <number>", "half of the processors unless given", parseInteger(1, MOST_THREADS))
    .option("--context-size <number>", `most tokens that prompt and ${what} may take`, parseInteger(1));
}

function snapOption(): Option {
  return new Option("--snap <edges>", "quotes start and end at edges only").choices(["word", "line", "sentence"]);
}

/** node-llama-cpp is an optional peer of the package: it may be missing. */
async function loadHost<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes("node-llama-cpp")) throw error;
    throw new InputError("node-llama-cpp, which runs the models, is not installed: npm install node-llama-cpp");
  }
}

function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

function parseNumber(value: string): number {
  const number = Number(value);
  if (value.trim() !== "" && Number.isFinite(number) && number >= 0) return number;
  throw new InvalidArgumentError("Expected a number of at least 0.");
}

function parseInteger(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (value) => {
    const number = Number(value);
    if (value.trim() !== "" && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected an integer ${range}.`);
  };
}

/** Sizes as people write them: 1k is 1,024. */
function parseSizes(list: string): number[] {
  return list.split(",").map((item) => {
    const [, digits, thousands] = /^(\d+)(k?)$/i.exec(item.trim()) ?? [];
    const size = Number(digits) * (thousands === "" ? 1 : 1024);
    if (digits !== undefined && size >= 1 && size < COUNT_LIMIT) return size;
    throw new InvalidArgumentError("Expected sizes of at least 1, such as 1k,4k or 10,100.");
  });
}

/** Ctrl-C ends the answer and then the program; a second one ends it at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

/** A reader that has seen enough, such as `head`, is no failure and hides none; a full device is one. */
function stopWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit();
  process.stderr.write(`verbatim: Cannot write the answer: ${error.message}\n`);
  process.exit(OUTPUT_EXIT_CODE);
}

function packageVersion(): string {
  const file = new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
