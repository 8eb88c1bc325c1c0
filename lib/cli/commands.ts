import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { DICTIONARY_FORMS } from "../evaluation/workload/dictionary.js";
import { WORKLOAD_TASKS } from "../evaluation/workload/example.js";
import { QUESTION_PLACES } from "../evaluation/workload/prompt-wording.js";
import type { AskCommandOptions } from "./ask.js";
import type { EvalCommandOptions } from "./eval.js";
import { EVAL_NOTES } from "./notes/eval.js";
import type { ExtractCommandOptions } from "./extract.js";
import { EXTRACT_NOTES } from "./notes/extract.js";
import type { Outcome } from "../base/command-error.js";
import { EXIT_CODE_NOTES } from "./exit-codes.js";
import { watchInterruption } from "./interruption.js";
import { collect, parseInteger, parseNumber, parseSizes } from "./input/option-values.js";
import { runVerify, VERIFY_NOTES, type VerifyCommandOptions } from "./verify.js";

const MOST_THREADS = 1024;
/** llama.cpp takes seeds of 32 bits, and the last of them as none. */
const MOST_SEED = 2 ** 32 - 2;
const MODEL = ["-m, --model <file>", "a GGUF model"] as const;

/**
 * The program's commands and options.
 * @param end takes the outcome of a command that did not fail
 */
export function makeProgram(end: (outcome: Outcome) => void): Command {
  const program = new Command("verbatim")
    .description("Answers with quotes that are exact: each is a substring of a document, and comes with its place.")
    .version(packageVersion())
    .option("--debug", "where an error comes from, and what the libraries say; before or after the command", false)
    .addHelpText("after", EXIT_CODE_NOTES)
    .configureOutput({ outputError: () => undefined })
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
    .action(async (question: string, _: unknown, command: Command) => {
      const { runAsk } = await import("./ask.js");
      await runAsk(question, command.optsWithGlobals<AskCommandOptions>(), watchInterruption());
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
    .action(async (instruction: string, _: unknown, command: Command) => {
      const { runExtract } = await import("./extract.js");
      await runExtract(instruction, command.optsWithGlobals<ExtractCommandOptions>(), watchInterruption());
    });
  addEvalCommand(program);
  program
    .command("verify")
    .description("Checks the quotes that --json wrote against the documents, without a model.")
    .argument("<file>", 'what --json wrote; "-" is standard input')
    .option("--documents <folder>", "where the documents are", ".")
    .option("--document <name=file>", "a file that stands for a document, wherever it is; repeatable", collect)
    .addHelpText("after", VERIFY_NOTES)
    .action(async (file: string, options: VerifyCommandOptions) => end(await runVerify(file, options)));
  return program;
}

/** Measures a model on made-up dictionaries. */
function addEvalCommand(program: Command): void {
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
    .action(async (_: unknown, command: Command) => {
      const { runEval } = await import("./eval.js");
      await runEval(command.optsWithGlobals<EvalCommandOptions>(), watchInterruption());
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

function packageVersion(): string {
  const file = new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
