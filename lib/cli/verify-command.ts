import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { count } from "./count.js";
import { InputError } from "./command-error.js";
import { EXIT_CODES, type Outcome } from "./exit-codes.js";
import { readInput, unreadableFile } from "./input-file.js";
import { readStandardInput, STANDARD_INPUT, STANDARD_INPUT_NAME } from "./standard-input.js";
import { parseQuotesFile, type QuotesFile } from "./quotes-file.js";
import { formatTable } from "./table.js";
import { verifyQuotes, type ReadDocument, type Tally, type VerifyReport } from "./verify.js";

/** As the command line gives them. */
export interface VerifyCommandOptions {
  /** The folder that relative names of documents start from. */
  documents: string;
}

/** What `verbatim verify --help` says below the options. */
export const VERIFY_NOTES = `
Checks that each document is present and has the SHA-256 it had, and that each
quote stands in the documents where the file says, byte for byte. What else the
file holds, such as the answer around the quotes, is not checked.

A document that came from standard input is named ${STANDARD_INPUT_NAME}. It fails, unless
the folder has a file of that name.

Exit code: 0 all good, 1 something failed; others as for every command.`;

/** Characters of a quote that are shown. */
const SHOWN_CHARACTERS = 40;

/**
 * Checks a saved answer and writes what has failed, and a summary, to standard output.
 * @param path the saved answer; "-" is standard input
 * @throws InputError where the saved answer or the folder cannot be read
 */
export async function runVerify(path: string, { documents }: VerifyCommandOptions): Promise<Outcome> {
  await expectFolder(documents);
  const file = await readQuotesFile(path);
  const report = await verifyQuotes(file, reader(documents));
  const outcome = report.failures.length > 0 ? "notVerified" : "ok";
  // Set before anything is written: it holds where nobody reads on.
  process.exitCode = EXIT_CODES[outcome].code;
  process.stdout.write(reportText(report, file));
  return outcome;
}

async function expectFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error) => {
    throw unreadableFile(path, error);
  });
  if (!found.isDirectory()) throw new InputError(`${path} is not a folder`);
}

async function readQuotesFile(path: string): Promise<QuotesFile> {
  if (path === STANDARD_INPUT) return parseQuotesFile(STANDARD_INPUT_NAME, await readStandardInput());
  return parseQuotesFile(path, await readInput(path));
}

function reader(folder: string): ReadDocument {
  return async (name) => {
    try {
      const path = resolve(folder, name);
      // Reading a pipe or a device, which a document may have been, might not end.
      if (!(await stat(path)).isFile()) return { problem: "it is not a file" };
      return await readFile(path);
    } catch (error) {
      return { problem: readingProblem(name, error as NodeJS.ErrnoException) };
    }
  };
}

function readingProblem(name: string, { code, message }: NodeJS.ErrnoException): string {
  if (code !== "ENOENT" && code !== "ENOTDIR") return `it cannot be read: ${message}`;
  if (name === STANDARD_INPUT_NAME) return "it was standard input, and there is no file of that name";
  return "there is no such file";
}

/** Failures as a table, if any, and a line that sums up. */
function reportText({ documents, quotes, failures }: VerifyReport, file: QuotesFile): string {
  if (failures.length === 0)
    return `verified: ${count(quotes.total, "quote")}, ${count(documents.total, "document")}\n`;
  const rows = failures.map(({ file: name, quote, problem }) => [
    name ?? "-",
    quote === null ? "-" : quoteLabel(file, quote),
    problem,
  ]);
  const failed = ({ failed, total }: Tally, noun: string) => `${failed} of ${count(total, noun)}`;
  return (
    formatTable(["file", "quote", "what is wrong"], rows) +
    `not verified: ${failed(quotes, "quote")}, ${failed(documents, "document")}\n`
  );
}

/** Which quote, and how it begins. */
function quoteLabel({ quotes }: QuotesFile, index: number): string {
  const { text, path } = quotes[index];
  const characters = [...text.slice(0, 2 * SHOWN_CHARACTERS + 2)];
  const shown = characters.length > SHOWN_CHARACTERS ? [...characters.slice(0, SHOWN_CHARACTERS - 1), "…"] : characters;
  return `${path === undefined || path === "" ? `quotes[${index}]` : path} “${shown.join("")}”`;
}
