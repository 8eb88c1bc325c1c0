import type { LlamaModel } from "node-llama-cpp";
import type { Snap } from "../hosts/node-llama-cpp.js";
import { extract, type Extraction } from "../hosts/node-llama-cpp/extract.js";
import { buildExtractPrompt } from "../hosts/node-llama-cpp/extract-prompt.js";
import { ExtractionError } from "../hosts/node-llama-cpp/extraction-error.js";
import { ModelError } from "./command-error.js";
import { contextSizeFor } from "./context-size.js";
import { count, shownNumber } from "./count.js";
import { readDocuments, type AskDocument } from "./documents.js";
import { readSchema } from "./extract-schema.js";
import { hostFailure } from "./host-failure.js";
import { HostLog } from "./host-log.js";
import { openContext, openModel } from "./model.js";
import { ReadingProgress } from "./progress.js";
import { placedIn } from "./quote-sources.js";
import { describeDocuments, quotesFileText, type SavedQuote } from "./quotes-file.js";
import { sourceText } from "./render.js";
import { visibleInLine, visibleJson } from "./visible.js";

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

/**
 * Extracts data for a schema: the data on standard output, its sources on standard error.
 * @throws CommandError; the reason of the signal
 */
export async function runExtract(
  instruction: string,
  options: ExtractCommandOptions,
  interrupt: AbortSignal,
): Promise<void> {
  const schema = await readSchema(options.schema);
  const documents = await readDocuments(options.context, { signal: interrupt });
  const model = await openModel(options.model, interrupt);
  const extraction = await run(model, { instruction, schema, documents }, options, interrupt);
  const inFile = placedIn(documents);
  const quotes = extraction.quotes.map((quote) => ({ ...quote, sources: quote.sources.map(inFile) }));
  const { data, dataTokens, promptTokens } = extraction;
  if (options.json) process.stdout.write(quotesFileText({ documents: describeDocuments(documents), data, quotes }));
  else {
    process.stdout.write(visibleJson(data) + "\n");
    for (const quote of quotes) process.stderr.write(quoteText(quote));
  }
  const [tokens, prompt] = [count(dataTokens, "token"), count(promptTokens, "token")];
  process.stderr.write(`${tokens}, ${count(quotes.length, "quote")}; prompt of ${prompt}\n`);
}

async function run(
  model: LlamaModel,
  request: { instruction: string; schema: unknown; documents: readonly AskDocument[] },
  options: ExtractCommandOptions,
  signal: AbortSignal,
): Promise<Extraction> {
  const { temperature, seed, maxTokens, snap, threads } = options;
  const prompt = buildExtractPrompt(model, request);
  const needed = prompt.length + maxTokens + 1;
  const contextSize = contextSizeFor(model, needed, {
    wanted: options.contextSize,
    step: CONTEXT_STEP,
    problem: (limit) =>
      `Documents, schema and data may take ${shownNumber(needed)} tokens, and that is more than ${limit}`,
  });
  const context = await openContext(model, { contextSize, threads }, signal);
  const progress = new ReadingProgress(process.stderr);
  try {
    return await extract(context.getSequence(), {
      ...request,
      ...{ prompt, temperature, seed, maxTokens, snap, signal },
      onRead: (tokens, of) => progress.show({ type: "reading", tokens, of }),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ExtractionError && error.code === "MAX_TOKENS") {
      const remedy = "raise --max-tokens, or limit arrays and strings in the schema";
      throw new ModelError(`${error.message}: ${remedy}`, { cause: error });
    }
    throw await hostFailure(error, HostLog.of(model.llama), () => "The data cannot be generated");
  } finally {
    progress.stop();
    await context.dispose();
  }
}

function quoteText({ path, text, sources }: SavedQuote): string {
  const places = sources.length === 0 ? "empty" : sources.map(sourceText).join(", ");
  return visibleInLine(`${path === "" ? "" : `${path} `}“${text}” [${places}]`) + "\n";
}
