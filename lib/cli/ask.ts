import { DEFAULT_TAGS } from "../text-mode/options.js";
import type { AskEvent } from "../answer/answerer.js";
import type { AskJob } from "./model-process/ask-job.js";
import { UsageError } from "../base/command-error.js";
import { readDocuments } from "./input/documents.js";
import { checkModelFile } from "../model/node-llama-cpp/model-file.js";
import { runJob } from "./model-process/run-job.js";
import { ReadingProgress } from "./output/progress.js";
import { describeDocuments } from "./input/quotes-file.js";
import { jsonRenderer, summaryText, textRenderer, type Renderer } from "./output/render.js";
import { expectTags, readTemplate, TagPrompt } from "../answer/tag-prompt.js";

/** As the command line gives them. */
export interface AskCommandOptions extends Omit<AskJob, "documents" | "question" | "tagging"> {
  context: string[];
  startTag?: string;
  endTag?: string;
  template?: string;
  json: boolean;
  color: boolean;
  debug: boolean;
}

/**
 * Answers a question: the answer on standard output, progress and summary on standard error.
 * @throws CommandError; the reason of the signal, when what there is has been written
 */
export async function runAsk(question: string, options: AskCommandOptions, interrupt: AbortSignal): Promise<void> {
  if (question.trim() === "") throw new UsageError("Expected a question that is not empty");
  const { context, startTag, endTag, template, json, color, debug, ...rest } = options;
  const tagging = await readTagging({ startTag, endTag, template });
  const documents = await readDocuments(context, { signal: interrupt });
  checkModelFile(options.model);
  const events = runJob("ask", { ...rest, question, documents, tagging }, { signal: interrupt, debug });
  await write(events, json ? jsonRenderer(question, describeDocuments(documents)) : textRenderer(usesColour(color)));
  interrupt.throwIfAborted();
}

/** What tells the model about tags; `undefined` where no option does. */
async function readTagging(
  options: Pick<AskCommandOptions, "startTag" | "endTag" | "template">,
): Promise<AskJob["tagging"]> {
  const { startTag, endTag, template: path } = options;
  if (startTag === undefined && endTag === undefined && path === undefined) return undefined;
  const tags = expectTags({ start: startTag ?? DEFAULT_TAGS.start, end: endTag ?? DEFAULT_TAGS.end });
  const template = path === undefined ? undefined : await readTemplate(path);
  new TagPrompt(tags, template, path);
  return { tags, template };
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
