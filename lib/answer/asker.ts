import type { LlamaModel, Token } from "node-llama-cpp";
import { DEFAULT_TAGS } from "../text-mode/options.js";
import { Answerer, type AnswererOptions, type AskEvent, type AskOptions } from "./answerer.js";
import { buildPrompt, buildTagPrompt, defaultForm, type PromptForm } from "./prompt.js";
import { TagPrompt } from "./tag-prompt.js";

/** What is the same for all questions. */
export interface AskerOptions extends Omit<AnswererOptions, "tags"> {
  /** The model's chat template where it has one, unless given. */
  form?: PromptForm;
  /** What teaches the model to put tags around quotes, where it has no tokens for that. */
  tagPrompt?: TagPrompt;
}

/**
 * Answers questions from documents, quotes marked. Only the documents can be quoted: not the prompt's form, not the
 * question, not the model's own words. Documents are read once: the next question goes on from there.
 */
export class Asker {
  readonly #model: LlamaModel;
  readonly #options: AskerOptions;
  readonly #tagPrompt: TagPrompt;
  readonly #answerer: Answerer;

  /** @throws RecallError `NO_RECALL_TOKENS` where the mode is `"token"` and the model has no delimiters */
  constructor(model: LlamaModel, options: AskerOptions) {
    this.#model = model;
    this.#options = options;
    this.#tagPrompt = options.tagPrompt ?? new TagPrompt(DEFAULT_TAGS);
    this.#answerer = new Answerer(model, { ...options, tags: this.#tagPrompt.tags });
  }

  /** Whether quotes stand between tokens or between tags. */
  get mode(): "token" | "text" {
    return this.#answerer.mode;
  }

  /**
   * Asks one question; the next may be asked when it has been answered.
   * @throws ModelError where documents, question and answer are more than the model reads
   */
  ask(question: string, options: AskOptions = {}): AsyncGenerator<AskEvent> {
    return this.#answerer.answer(this.#buildPrompt(question), options);
  }

  /** Frees the context. The model is left as it is. */
  close(): Promise<void> {
    return this.#answerer.close();
  }

  #buildPrompt(question: string): Token[] {
    const { documents, form = defaultForm(this.#model) } = this.#options;
    if (this.mode === "token") return buildPrompt(this.#model, form, documents, question);
    return buildTagPrompt(this.#model, form, documents, question, this.#tagPrompt);
  }
}
