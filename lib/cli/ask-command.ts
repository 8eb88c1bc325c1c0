import type { LlamaModel } from "node-llama-cpp";
import { RecallError } from "../errors.js";
import type { RecallMode, Snap } from "../hosts/node-llama-cpp.js";
import { DEFAULT_TAGS } from "../text/text-options.js";
import type { AskEvent } from "./answerer.js";
import { Asker } from "./ask.js";
import { readDocuments, type AskDocument } from "./documents.js";
import { ModelError, UsageError } from "./command-error.js";
import { openModel } from "./model.js";
import { ReadingProgress } from "./progress.js";
import { describeDocuments } from "./quotes-file.js";
import { jsonRenderer, summaryText, textRenderer, type Renderer } from "./render.js";
import { expectTags, readTemplate, TagPrompt } from "./tag-prompt.js";

/** As the command line gives them. */
export interface AskCommandOptions {
  model: string;
  context: string[];
  temperature: number;
  seed?: number;
  maxTokens: number;
  threads?: number;
  contextSize?: number;
  constraint: boolean;
  raw: boolean;
  mode: RecallMode;
  snap?: Snap;
  startTag?: string;
  endTag?: string;
  template?: string;
  json: boolean;
  color: boolean;
}

/**
 * Answers a question: the answer on standard output, progress and summary on standard error.
 * @throws CommandError; the reason of the signal, when what there is has been written
 */
export async function runAsk(question: string, options: AskCommandOptions, interrupt: AbortSignal): Promise<void> {
  if (question.trim() === "") throw new UsageError("Expected a question that is not empty");
  const tagPrompt = await makeTagPrompt(options);
  const documents = await readDocuments(options.context, { signal: interrupt });
  const model = await openModel(options.model, interrupt);
  const asker = makeAsker(model, documents, options, tagPrompt);
  try {
    const { constraint, temperature, seed, maxTokens, json, color } = options;
    const events = asker.ask(question, { constrained: constraint, temperature, seed, maxTokens, signal: interrupt });
    await write(events, json ? jsonRenderer(question, describeDocuments(documents)) : textRenderer(usesColour(color)));
  } finally {
    await asker.close();
  }
  interrupt.throwIfAborted();
}

/** What tells the model about tags; `undefined` where no option does. */
async function makeTagPrompt({ startTag, endTag, template }: AskCommandOptions): Promise<TagPrompt | undefined> {
  if (startTag === undefined && endTag === undefined && template === undefined) return undefined;
  const tags = expectTags({ start: startTag ?? DEFAULT_TAGS.start, end: endTag ?? DEFAULT_TAGS.end });
  return new TagPrompt(tags, template === undefined ? undefined : await readTemplate(template), template);
}

function makeAsker(
  model: LlamaModel,
  documents: readonly AskDocument[],
  options: AskCommandOptions,
  tagPrompt: TagPrompt | undefined,
): Asker {
  const { raw, mode, snap, threads, contextSize } = options;
  try {
    const form = raw ? "raw" : undefined;
    const asker = new Asker(model, { documents, form, mode, snap, tagPrompt, threads, contextSize });
    if (asker.mode === "token" && tagPrompt !== undefined) {
      throw new UsageError(
        `${options.model} has recall tokens, and --template, --start-tag and --end-tag are for quotes between tags: ` +
          "add --mode text",
      );
    }
    return asker;
  } catch (error) {
    if (!(error instanceof RecallError) || error.code !== "NO_RECALL_TOKENS") throw error;
    throw new ModelError(`${options.model} has no recall tokens: leave out --mode token to let it quote between tags`, {
      cause: error,
    });
  }
}

async function write(events: AsyncIterable<AskEvent>, renderer: Renderer): Promise<void> {
  const progress = new ReadingProgress(process.stderr);
  try {
    for await (const event of events) {
      progress.show(event);
      process.stdout.write(renderer.render(event));
      if (event.type === "end") process.stderr.write(summaryText(event.summary) + "\n");
    }
  } finally {
    progress.stop();
  }
}

function usesColour(wanted: boolean): boolean {
  if (!wanted || process.env.NO_COLOR) return false;
  return process.stdout.isTTY || Boolean(process.env.FORCE_COLOR);
}
