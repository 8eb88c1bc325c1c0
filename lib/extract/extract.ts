import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { COUNT_LIMIT, expectInteger, expectNumber, expectOptions, expectString } from "../base/arguments.js";
import type { Backend } from "../engine/load.js";
import { RecallError } from "../base/errors.js";
import { planExtraction } from "../schema/extract-plan.js";
import type { Snap } from "../session/snap-edges.js";
import { expectNoPredictor } from "../hosts/node-llama-cpp/constrained-sequence.js";
import { expectDocuments, type RecallDocument } from "../hosts/shared/document-locator.js";
import { buildExtractPrompt } from "./prompt.js";
import { type ExtractedQuote, readExtracted } from "./extracted-data.js";
import { JsonConstraint } from "./json/constraint.js";
import { QuotableDocuments } from "./quotes/documents.js";
import { firstUnquotable } from "./quotes/unquotable.js";
import { Values } from "./texts/values.js";
import { writeJson } from "./json/write.js";
import type { Plan } from "../schema/plan/plan.js";
import { productiveNodes } from "../schema/productive.js";
import { ExtractionError } from "./extraction-error.js";
import { GuidedGeneration } from "./guided-generation.js";
import { ModelVocabulary } from "../hosts/node-llama-cpp/model-vocabulary.js";
import { checkPeerVersion } from "../hosts/node-llama-cpp/peer-version.js";
import { plainTokens } from "../hosts/node-llama-cpp/prompt-tokens.js";
import { readPrompt } from "../hosts/node-llama-cpp/read-prompt.js";

const DEFAULT_MAX_TOKENS = 1024;
const DEFAULT_MAX_QUOTE_BYTES = 4096;

/** Options of {@link extract}. */
export interface ExtractOptions {
  /** A JSON schema. Strings with `"x-verbatim": true` are copied from the documents; all properties are written. */
  schema: unknown;
  /** Quotes come from these and nothing else. */
  documents: readonly RecallDocument[];
  /** What to extract, in words; empty unless given. */
  instruction?: string;
  /** In place of the prompt that is made of documents, instruction and schema. */
  prompt?: string | readonly Token[];
  /** 0 unless given: the likeliest token each time. */
  temperature?: number;
  seed?: number;
  /** Data that takes more tokens is an error; 1024 unless given. */
  maxTokens?: number;
  /** Quotes start and end at the edges of words, lines or sentences only. */
  snap?: Snap;
  /** Longest quote, in bytes as they stand in the JSON text; 4096 unless given. */
  maxQuoteBytes?: number;
  /** Which engine searches. */
  backend?: Backend;
  /** Ends the extraction: it throws the signal's reason. */
  signal?: AbortSignal;
  /** Is told while the prompt is read. */
  onRead?: (tokens: number, of: number) => void;
}

/** Data for a schema, and where its quotes come from. */
export interface Extraction {
  data: unknown;
  /** In the order of the data. */
  quotes: ExtractedQuote[];
  /** Tokens of the prompt, and of the JSON text. */
  promptTokens: number;
  dataTokens: number;
}

/**
 * Generates data for a JSON schema. A string that the schema marks `"x-verbatim": true` is an exact copy of a place in
 * the documents; braces, keys and commas are forced; of all else only what the schema allows is sampled.
 *
 * What the sequence holds is kept as far as the prompt begins with it.
 *
 * @throws SchemaError for a schema that cannot be honoured; TypeError, RangeError for options
 * @throws ExtractionError where `maxTokens` is reached, or nothing can be quoted
 * @throws RecallError `CONTEXT_FULL`, `CONTEXT_SHIFTED` where the sequence has no room; `NOT_ENFORCED`;
 *   `BACKEND_UNAVAILABLE`
 */
export async function extract(sequence: LlamaContextSequence, options: ExtractOptions): Promise<Extraction> {
  const given = expectOptions<ExtractOptions>("options", options);
  const { snap, backend, signal, onRead, seed } = given;
  const plan = planExtraction(given.schema);
  const documents = expectDocuments(given.documents);
  const sampling = {
    temperature: expectNumber("temperature", given.temperature ?? 0, 0, Infinity),
    maxTokens: expectInteger("maxTokens", given.maxTokens ?? DEFAULT_MAX_TOKENS, 1, COUNT_LIMIT),
    seed,
    signal,
  };
  const maxQuoteBytes = expectInteger("maxQuoteBytes", given.maxQuoteBytes ?? DEFAULT_MAX_QUOTE_BYTES, 1, COUNT_LIMIT);
  expectNoPredictor(sequence);
  await checkPeerVersion();
  const { model } = sequence;
  const vocabulary = ModelVocabulary.of(model).tokenVocabulary;
  const prompt = promptTokens(sequence, given, documents);
  const quotable = new QuotableDocuments(documents, { vocabulary, snap, backend, maxQuoteBytes });
  let constraint: JsonConstraint | undefined;
  let generation: GuidedGeneration | undefined;
  try {
    constraint = new JsonConstraint(plan, expectValues(plan, quotable), vocabulary, quotable);
    for await (const tokens of readPrompt(sequence, prompt, signal)) {
      signal?.throwIfAborted();
      onRead?.(tokens, prompt.length);
    }
    generation = new GuidedGeneration(sequence, vocabulary, prompt.slice(sequence.nextTokenIndex), sampling);
    await writeJson(constraint, generation);
    generation.finish();
    const { text, tokens } = generation;
    return { ...readExtracted(text, constraint.quotes), promptTokens: prompt.length, dataTokens: tokens };
  } finally {
    await generation?.end();
    constraint?.close();
    quotable.close();
  }
}

/** The values of a plan, given what can be quoted. @throws ExtractionError `NO_QUOTE` where there is none */
function expectValues(plan: Plan, quotable: QuotableDocuments): Values {
  const isQuotable = quotable.isQuotable.bind(quotable);
  const productive = productiveNodes(plan.nodes, isQuotable);
  if (productive.has(plan.root)) return new Values(productive, isQuotable);
  const path = JSON.stringify(firstUnquotable(plan, productive));
  throw new ExtractionError("NO_QUOTE", `The documents have nothing that can be quoted at ${path}`);
}

function promptTokens(
  { model, contextSize }: LlamaContextSequence,
  { prompt, instruction = "", schema }: Partial<ExtractOptions>,
  documents: readonly RecallDocument[],
): Token[] {
  expectString("instruction", instruction);
  const tokens =
    prompt === undefined
      ? buildExtractPrompt(model, { documents, instruction, schema })
      : typeof prompt === "string"
        ? plainTokens(model, [prompt])
        : [...prompt];
  if (tokens.length === 0) throw new RangeError('Expected "prompt" not to be empty');
  if (tokens.length < contextSize) return tokens;
  const message = `The prompt takes ${tokens.length} tokens, and the sequence has room for ${contextSize}`;
  throw new RecallError("CONTEXT_FULL", message);
}
