import type { Extraction } from "../extract/extract.js";
import { count } from "../base/count.js";
import { readDocuments } from "./input/documents.js";
import type { ExtractEvent, ExtractJob } from "./model-process/extract-job.js";
import { readSchema } from "./input/schema.js";
import { checkModelFile } from "../model/node-llama-cpp/model-file.js";
import { runJob } from "./model-process/run-job.js";
import { ReadingProgress } from "./output/progress.js";
import { placedIn } from "../answer/quote-sources.js";
import { describeDocuments, quotesFileText, type SavedQuote } from "./input/quotes-file.js";
import { sourceText } from "./output/render.js";
import { visibleInLine, visibleJson } from "./output/visible.js";

/** As the command line gives them. */
export interface ExtractCommandOptions extends Omit<ExtractJob, "documents" | "instruction" | "schema"> {
  /** The schema's file. */
  schema: string;
  context: string[];
  json: boolean;
  debug: boolean;
}

/**
 * Extracts data for a schema: the data on standard output, its sources on standard error.
 * @throws CommandError; the reason of the signal
 */
export async function runExtract(
  instruction: string,
  options: ExtractCommandOptions,
  interrupt: AbortSignal,
): Promise<void> {
  const { context, json, debug, ...rest } = options;
  const schema = await readSchema(options.schema);
  const documents = await readDocuments(context, { signal: interrupt });
  checkModelFile(options.model);
  const job = { ...rest, schema, documents, instruction };
  const extraction = await finish(runJob("extract", job, { signal: interrupt, debug }));
  const inFile = placedIn(documents);
  const quotes = extraction.quotes.map((quote) => ({ ...quote, sources: quote.sources.map(inFile) }));
  const { data, dataTokens, promptTokens } = extraction;
  if (json) process.stdout.write(quotesFileText({ documents: describeDocuments(documents), data, quotes }));
  else {
    process.stdout.write(visibleJson(data) + "\n");
    for (const quote of quotes) process.stderr.write(quoteText(quote));
  }
  const [tokens, prompt] = [count(dataTokens, "token"), count(promptTokens, "token")];
  process.stderr.write(`${tokens}, ${count(quotes.length, "quote")}; prompt of ${prompt}\n`);
}

/** What was extracted, when it has been; progress is shown until then. */
async function finish(events: AsyncIterable<ExtractEvent>): Promise<Extraction> {
  const progress = new ReadingProgress(process.stderr);
  try {
    for await (const event of events) {
      if (event.type === "extraction") return event.extraction;
      progress.show(event);
    }
    throw new Error("Expected an extraction to end with data");
  } finally {
    progress.stop();
  }
}

function quoteText({ path, text, sources }: SavedQuote): string {
  const places = sources.length === 0 ? "empty" : sources.map(sourceText).join(", ");
  return visibleInLine(`${path === "" ? "" : `${path} `}“${text}” [${places}]`) + "\n";
}
