import { count } from "../base/count.js";
import { DocumentFolder } from "./input/document-folder.js";
import type { Outcome } from "../base/command-error.js";
import { EXIT_CODES } from "./exit-codes.js";
import { parseGivenDocuments } from "./input/given-documents.js";
import { readInput } from "../base/input-file.js";
import { readStandardInput, STANDARD_INPUT, STANDARD_INPUT_NAME } from "./input/standard-input.js";
import { parseQuotesFile, type QuotesFile } from "./input/quotes-file.js";
import { formatTable } from "./output/table.js";
import { verifyQuotes, type Tally, type VerifyReport } from "./verification/check-quotes.js";

/** As the command line gives them. */
export interface VerifyCommandOptions {
  /** The folder that documents are in, and relative names start from. */
  documents: string;
  /** Files that stand for documents: name, equals sign, path. */
  document?: string[];
}

/** What `verbatim verify --help` says below the options. */
export const VERIFY_NOTES = `
Checks that each document is present and has the SHA-256 it had, that each quote
stands in the documents where the file says, byte for byte, and that the answer
or the data is as it was and holds each quote where the file says.

A document is looked for in the folder and nowhere else: one that has moved, or
was outside it, is given as --document, and so is one that was standard input:
--document "${STANDARD_INPUT_NAME}=copy.txt".

Exit code: 0 all good, 1 something failed; others as for every command.`;

/** Characters of a quote, and of a name or a path, that are shown. */
const SHOWN_OF_QUOTE = 40;
const SHOWN_OF_NAME = 80;

/**
 * Checks a saved answer and writes what has failed, and a summary, to standard output.
 * @param path the saved answer; "-" is standard input
 * @throws InputError where the saved answer or the folder cannot be read
 */
export async function runVerify(path: string, { documents, document = [] }: VerifyCommandOptions): Promise<Outcome> {
  const folder = await DocumentFolder.open(documents);
  const file = await readQuotesFile(path);
  const given = parseGivenDocuments(document, file.documents, { stdinIsRead: path === STANDARD_INPUT });
  const report = await verifyQuotes(file, (name) => given.get(name)?.() ?? folder.read(name));
  const outcome = report.failures.length > 0 ? "notVerified" : "ok";
  // Set before anything is written: it holds where nobody reads on.
  process.exitCode = EXIT_CODES[outcome].code;
  process.stdout.write(reportText(report, file));
  return outcome;
}

async function readQuotesFile(path: string): Promise<QuotesFile> {
  if (path === STANDARD_INPUT) return parseQuotesFile(STANDARD_INPUT_NAME, await readStandardInput());
  return parseQuotesFile(path, await readInput(path));
}

/** Failures as a table, if any, and a line that sums up. */
function reportText({ documents, quotes, written, failures }: VerifyReport, file: QuotesFile): string {
  if (failures.length === 0)
    return `verified: ${count(quotes.total, "quote")}, ${count(documents.total, "document")}\n`;
  const rows = failures.map(({ file: name, quote, problem }) => [
    name === null ? "-" : beginning(name, SHOWN_OF_NAME),
    quote === null ? "-" : quoteLabel(file, quote),
    problem,
  ]);
  const failed = ({ failed, total }: Tally, noun: string) => `${failed} of ${count(total, noun)}`;
  const parts = [failed(quotes, "quote"), failed(documents, "document")];
  if (written !== null) parts.push(written);
  return formatTable(["file", "quote", "what is wrong"], rows) + `not verified: ${parts.join(", ")}\n`;
}

/** Which quote, and how it begins. */
function quoteLabel({ quotes }: QuotesFile, index: number): string {
  const { text, path } = quotes[index];
  const place = path === undefined || path === "" ? `quotes[${index}]` : beginning(path, SHOWN_OF_NAME);
  return `${place} “${beginning(text, SHOWN_OF_QUOTE)}”`;
}

/** At most so many characters of a text, however long it is. */
function beginning(text: string, most: number): string {
  const characters = [...text.slice(0, 2 * most + 2)];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
}
