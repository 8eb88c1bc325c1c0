import type { LlamaModel } from "node-llama-cpp";
import { RecallError } from "../../base/errors.js";
import type { RecallMode } from "../../hosts/shared/mode.js";
import type { Snap } from "../../session/snap-edges.js";
import type { AskEvent } from "../../answer/answerer.js";
import { Asker } from "../../answer/asker.js";
import { ModelError, UsageError } from "../../base/command-error.js";
import type { AskDocument } from "../../answer/document.js";
import { openModel } from "../../model/node-llama-cpp/open-model.js";
import type { JobContext } from "./job-context.js";
import { TagPrompt, type Tags } from "../../answer/tag-prompt.js";

/** A question, and how it is answered. */
export interface AskJob {
  model: string;
  documents: readonly AskDocument[];
  question: string;
  constraint: boolean;
  temperature: number;
  seed?: number;
  maxTokens: number;
  threads?: number;
  contextSize?: number;
  raw: boolean;
  mode: RecallMode;
  snap?: Snap;
  /** What tells the model about tags, where an option does. */
  tagging?: { tags: Tags; template?: string };
}

/** Answers a question. Where it is interrupted, what there is of the answer ends as any other. */
export async function run(job: AskJob, { signal, emit }: JobContext<AskEvent>): Promise<void> {
  const { question, constraint: constrained, temperature, seed, maxTokens } = job;
  const asker = makeAsker(await openModel(job.model, signal), job);
  for await (const event of asker.ask(question, { constrained, temperature, seed, maxTokens, signal })) emit(event);
}

function makeAsker(
  model: LlamaModel,
  { model: path, documents, raw, mode, snap, threads, contextSize, tagging }: AskJob,
): Asker {
  const tagPrompt = tagging === undefined ? undefined : new TagPrompt(tagging.tags, tagging.template);
  try {
    const form = raw ? "raw" : undefined;
    const asker = new Asker(model, { documents, form, mode, snap, tagPrompt, threads, contextSize });
    if (asker.mode === "token" && tagPrompt !== undefined) {
      throw new UsageError(
        `${path} has recall tokens, and --template, --start-tag and --end-tag are for quotes between tags: ` +
          "add --mode text",
      );
    }
    return asker;
  } catch (error) {
    if (!(error instanceof RecallError) || error.code !== "NO_RECALL_TOKENS") throw error;
    throw new ModelError(`${path} has no recall tokens: leave out --mode token to let it quote between tags`, {
      cause: error,
    });
  }
}
