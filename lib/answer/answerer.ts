import type { LlamaContext, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { RecallSampler } from "../hosts/node-llama-cpp/recall-sampler.js";
import type { RecallMode } from "../hosts/shared/mode.js";
import type { RecallTextSession } from "../text-mode/session.js";
import type { Snap } from "../session/snap-edges.js";
import { findDelimiters } from "../hosts/shared/delimiters.js";
import { chooseMode } from "../hosts/shared/choose-mode.js";
import { ModelVocabulary } from "../hosts/node-llama-cpp/model-vocabulary.js";
import { readPrompt } from "../hosts/node-llama-cpp/read-prompt.js";
import { AnswerReader, type AnswerEvent } from "./reader.js";
import { AnswerMeter, type AskSummary } from "./meter.js";
import { contextSizeFor } from "../model/node-llama-cpp/context-size.js";
import { shownNumber } from "../base/count.js";
import type { AskDocument } from "./document.js";
import { hostFailure } from "../model/node-llama-cpp/host-failure.js";
import { HostLog } from "../model/node-llama-cpp/host-log.js";
import { openContext } from "../model/node-llama-cpp/open-model.js";
import { copiedSources, searchSources } from "./quote-sources.js";
import { copiedSpans, searchTags, TagAnswerReader } from "./tag-reader.js";
import type { Tags } from "./tag-prompt.js";

/** Contexts grow by so many tokens, so that the next prompt, a little longer, finds room. */
const CONTEXT_STEP = 1024;
const DEFAULT_MAX_TOKENS = 512;

/** What is the same for all prompts. */
export interface AnswererOptions {
  /** What can be quoted. */
  documents: readonly AskDocument[];
  /** Whether quotes stand between tokens or tags: what the model has, unless given. */
  mode?: RecallMode;
  /** What stands around quotes where the model has no tokens for that. */
  tags: Tags;
  /** Quotes start and end at the edges of these. */
  snap?: Snap;
  threads?: number;
  /** Tokens that prompt and answer may take; as many as the model reads unless given. */
  contextSize?: number;
}

/** How one question is answered. */
export interface AskOptions {
  /** Whether quotes have to be exact; `true` unless given. */
  constrained?: boolean;
  /** 0 unless given: the likeliest token each time. */
  temperature?: number;
  seed?: number;
  /** At most so many tokens are generated; 512 unless given. */
  maxTokens?: number;
  /** Ends the answer early. */
  signal?: AbortSignal;
}

/** What happens while a question is answered. */
export type AskEvent =
  AnswerEvent | { type: "reading"; tokens: number; of: number } | { type: "end"; summary: AskSummary };

/** Goes on from prompts, quotes marked. What two prompts have in common at the beginning is read once. */
export class Answerer {
  readonly #model: LlamaModel;
  readonly #options: AnswererOptions;
  readonly #vocabulary: ModelVocabulary;
  /** Whether quotes stand between tokens or between tags. */
  readonly mode: "token" | "text";
  #context: LlamaContext | null = null;
  #host: LlamaContextSequence | null = null;
  #recall: RecallSampler<"token" | "text"> | null = null;

  /** @throws RecallError `NO_RECALL_TOKENS` where the mode is `"token"` and the model has no delimiters */
  constructor(model: LlamaModel, options: AnswererOptions) {
    this.#model = model;
    this.#options = options;
    this.#vocabulary = ModelVocabulary.of(model);
    this.mode = chooseMode(this.#vocabulary, options);
  }

  /**
   * Answers one prompt; the next may follow when it has been answered.
   * @throws ModelError where prompt and answer are more than the model reads, or the host fails
   */
  async *answer(prompt: readonly Token[], options: AskOptions = {}): AsyncGenerator<AskEvent> {
    try {
      yield* this.#generate(prompt, options);
    } catch (error) {
      throw await hostFailure(error, HostLog.of(this.#model.llama), () => "The answer cannot be generated");
    }
  }

  /** Frees the context. The model is left as it is. */
  async close(): Promise<void> {
    this.#recall?.close();
    await this.#context?.dispose();
    this.#context = this.#host = this.#recall = null;
  }

  async *#generate(prompt: readonly Token[], options: AskOptions): AsyncGenerator<AskEvent> {
    const { maxTokens = DEFAULT_MAX_TOKENS, constrained = true } = options;
    const { host, recall } = await this.#makeRoom(prompt.length, maxTokens);
    const reader = this.#makeReader(recall, constrained);
    const meter = new AnswerMeter(prompt.length, () => (constrained ? recall.maskMilliseconds : 0));
    const interrupted = () => options.signal?.aborted === true;
    for await (const tokens of readPrompt(host, prompt, options.signal)) {
      yield { type: "reading", tokens, of: prompt.length };
    }
    if (!interrupted()) {
      const sampling = { temperature: options.temperature ?? 0, seed: options.seed };
      const sequence = constrained ? recall.sequence : host;
      for await (const token of sequence.evaluate(prompt.slice(host.nextTokenIndex), sampling)) {
        meter.countToken();
        yield* meter.countQuotes(reader.read(token));
        if (interrupted() || meter.tokens >= maxTokens) break;
      }
    }
    yield* meter.countQuotes(reader.end());
    const cut = meter.tokens >= maxTokens ? "length" : "end";
    yield { type: "end", summary: meter.summary(interrupted() ? "interrupted" : cut) };
  }

  #makeReader(recall: RecallSampler<"token" | "text">, constrained: boolean): AnswerReader | TagAnswerReader {
    const { documents } = this.#options;
    const findSources = constrained ? copiedSources(recall, documents) : searchSources(documents);
    if (this.mode === "token") {
      const { startTokenId, endTokenId } = findDelimiters(this.#vocabulary, {});
      return new AnswerReader(this.#vocabulary, { start: startTokenId, end: endTokenId }, findSources);
    }
    const { tags } = this.#options;
    const findSpan = constrained ? copiedSpans(recall.session as RecallTextSession) : searchTags(tags);
    return new TagAnswerReader(this.#vocabulary.tokenVocabulary, tags, findSpan, findSources);
  }

  /** A sequence with room for prompt and answer: the present one where it has that. */
  async #makeRoom(promptTokens: number, maxTokens: number) {
    const needed = promptTokens + maxTokens + 1;
    const contextSize = contextSizeFor(this.#model, needed, {
      wanted: this.#options.contextSize,
      step: CONTEXT_STEP,
      problem: (limit) =>
        `The documents and the question take ${shownNumber(promptTokens)} tokens, and with ${shownNumber(maxTokens)} ` +
        `for the answer that is more than ${limit}`,
    });
    if (this.#context === null || this.#context.contextSize < needed) {
      await this.close();
      this.#context = await openContext(this.#model, { contextSize, threads: this.#options.threads });
      this.#host = this.#context.getSequence();
      const { documents, snap, tags } = this.#options;
      const marks = this.mode === "token" ? {} : { startTag: tags.start, endTag: tags.end };
      const { mode } = this;
      this.#recall = new RecallSampler(this.#host, { documents, snap, mode, ...marks, recallGenerated: false });
    }
    return { host: this.#host!, recall: this.#recall! };
  }
}
