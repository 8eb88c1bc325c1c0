import type { LlamaModel } from "node-llama-cpp";
import type { Snap } from "../hosts/node-llama-cpp.js";
import { extract, type Extraction } from "../hosts/node-llama-cpp/extract.js";
import { buildExtractPrompt } from "../hosts/node-llama-cpp/extract-prompt.js";
import { ExtractionError } from "../hosts/node-llama-cpp/extraction-error.js";
import { contextSizeFor } from "./context-size.js";
import { count, shownNumber } from "./count.js";
import { readDocuments, type AskDocument } from "./documents.js";
import { INTERRUPTED_EXIT_CODE } from "./exit-codes.js";
import { readSchema } from "./extract-schema.js";
import { InputError } from "./input-error.js";
import { defaultThreads, openModel } from "./model.js";
import { ReadingProgress } from "./progress.js";
import { placedIn } from "./quote-sources.js";
import { describeDocuments, quotesFileText, type SavedQuote } from "./quotes-file.js";
import { sourceText } from "./render.js";
import { visibleInLine } from "./visible.js";

/** As the command line gives them. */
export interface ExtractCommandOptions {
  model: string;
  schema: string;
  context: string[];
  temperature: number;
  seed?: number;
  maxTokens: number;
  threads?: number;
  contextSize?: number;
  snap?: Snap;
  json: boolean;
}

/** Context sizes are multiples of this. */
const CONTEXT_STEP = 256;
/** What JSON need not escape, and a terminal would obey. */
const CONTROL = /[\x7f-\x9f]/g;

/**
 * Extracts data for a schema: the data on standard output, its sources on standard error.
 * @returns the exit code
 * @throws InputError
 */
export async function runExtract(
  instruction: string,
  options: ExtractCommandOptions,
  interrupt: AbortSignal,
): Promise<number> {
  const schema = await readSchema(options.schema);
  const documents = await readDocuments(options.context, process.stdin);
  const model = await openModel(options.model);
  try {
    const extraction = await run(model, { instruction, schema, documents }, options, interrupt);
    const inFile = placedIn(documents);
    const quotes = extraction.quotes.map((quote) => ({ ...quote, sources: quote.sources.map(inFile) }));
    const { data, dataTokens, promptTokens } = extraction;
    if (options.json) process.stdout.write(quotesFileText({ documents: describeDocuments(documents), data, quotes }));
    else {
      process.stdout.write(dataText(data));
      for (const quote of quotes) process.stderr.write(quoteText(quote));
    }
    const [tokens, prompt] = [count(dataTokens, "token"), count(promptTokens, "token")];
    process.stderr.write(`${tokens}, ${count(quotes.length, "quote")}; prompt of ${prompt}\n`);
    return 0;
  } catch (error) {
    if (interrupt.aborted) return INTERRUPTED_EXIT_CODE;
    if (!(error instanceof ExtractionError)) throw error;
    const remedy = error.code === "MAX_TOKENS" ? ": raise --max-tokens, or limit arrays and strings in the schema" : "";
    throw new InputError(error.message + remedy, { cause: error });
  }
}

async function run(
  model: LlamaModel,
  request: { instruction: string; schema: unknown; documents: readonly AskDocument[] },
  options: ExtractCommandOptions,
  signal: AbortSignal,
): Promise<Extraction> {
  const { temperature, seed, maxTokens, snap, threads = defaultThreads() } = options;
  const prompt = buildExtractPrompt(model, request);
  const needed = prompt.length + maxTokens + 1;
  const contextSize = contextSizeFor(model, needed, {
    wanted: options.contextSize,
    step: CONTEXT_STEP,
    problem: (limit) =>
      `Documents, schema and data may take ${shownNumber(needed)} tokens, and that is more than ${limit}`,
  });
  const context = await model.createContext({ contextSize, threads });
  const progress = new ReadingProgress(process.stderr);
  try {
    return await extract(context.getSequence(), {
      ...request,
      ...{ prompt, temperature, seed, maxTokens, snap, signal },
      onRead: (tokens, of) => progress.show({ type: "reading", tokens, of }),
    });
  } finally {
    progress.stop();
    await context.dispose();
  }
}

function dataText(data: unknown): string {
  const escape = (character: string) => `\\u00${character.charCodeAt(0).toString(16)}`;
  return JSON.stringify(data, null, 2).replace(CONTROL, escape) + "\n";
}

function quoteText({ path, text, sources }: SavedQuote): string {
  const places = sources.length === 0 ? "empty" : sources.map(sourceText).join(", ");
  return visibleInLine(`${path === "" ? "" : `${path} `}“${text}” [${places}]`) + "\n";
}
