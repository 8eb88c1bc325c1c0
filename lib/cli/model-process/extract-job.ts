import type { LlamaModel, Token } from "node-llama-cpp";
import type { Snap } from "../../session/snap-edges.js";
import { extract, type Extraction } from "../../extract/extract.js";
import { buildExtractPrompt } from "../../extract/prompt.js";
import { ExtractionError } from "../../extract/extraction-error.js";
import { ModelError } from "../../base/command-error.js";
import { contextSizeFor } from "../../model/node-llama-cpp/context-size.js";
import { shownNumber } from "../../base/count.js";
import type { AskDocument } from "../../answer/document.js";
import { hostFailure } from "../../model/node-llama-cpp/host-failure.js";
import { HostLog } from "../../model/node-llama-cpp/host-log.js";
import { openContext, openModel } from "../../model/node-llama-cpp/open-model.js";
import type { JobContext } from "./job-context.js";

/** What is extracted, and how. */
export interface ExtractJob {
  model: string;
  schema: unknown;
  documents: readonly AskDocument[];
  instruction: string;
  temperature: number;
  seed?: number;
  maxTokens: number;
  threads?: number;
  contextSize?: number;
  snap?: Snap;
}

/** What happens while data is extracted. */
export type ExtractEvent =
  { type: "reading"; tokens: number; of: number } | { type: "extraction"; extraction: Extraction };

/** Context sizes are multiples of this. */
const CONTEXT_STEP = 256;

/** Extracts data. Half of it is none: where it is interrupted, it throws the reason of the signal. */
export async function run(job: ExtractJob, { signal, emit }: JobContext<ExtractEvent>): Promise<void> {
  const { schema, documents, instruction, temperature, seed, maxTokens, snap, threads } = job;
  const model = await openModel(job.model, signal);
  const prompt = buildExtractPrompt(model, { instruction, schema, documents });
  const context = await openContext(model, { contextSize: contextSize(model, prompt, job), threads }, signal);
  try {
    const extraction = await extract(context.getSequence(), {
      ...{ schema, documents, instruction, prompt, temperature, seed, maxTokens, snap, signal },
      onRead: (tokens, of) => emit({ type: "reading", tokens, of }),
    });
    emit({ type: "extraction", extraction });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ExtractionError) throw explained(error);
    throw await hostFailure(error, HostLog.of(model.llama), () => "The data cannot be generated");
  }
}

function contextSize(model: LlamaModel, prompt: readonly Token[], { maxTokens, contextSize: wanted }: ExtractJob) {
  const needed = prompt.length + maxTokens + 1;
  const problem = (limit: string) =>
    `Documents, schema and data may take ${shownNumber(needed)} tokens, and that is more than ${limit}`;
  return contextSizeFor(model, needed, { wanted, step: CONTEXT_STEP, problem });
}

function explained(error: ExtractionError): Error {
  if (error.code !== "MAX_TOKENS") return error;
  const remedy = "raise --max-tokens, or limit arrays and strings in the schema";
  return new ModelError(`${error.message}: ${remedy}`, { cause: error });
}
