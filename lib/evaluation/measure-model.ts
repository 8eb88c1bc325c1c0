import type { LlamaModel, Token } from "node-llama-cpp";
import { summarize, type EvaluationSummary, type MeasuredAnswer } from "./scoring/summary.js";
import { ModelVocabulary } from "../hosts/node-llama-cpp/model-vocabulary.js";
import { chooseMode } from "../hosts/shared/choose-mode.js";
import { DEFAULT_TAGS } from "../text-mode/options.js";
import type { DictionaryForm } from "./workload/dictionary.js";
import { generateExamples, promptText, type WorkloadExample, type WorkloadTask } from "./workload/example.js";
import { fitEntries, type LengthOptions } from "./workload/fit-length.js";
import type { QuestionPlace } from "./workload/prompt-wording.js";
import { derivedSeed } from "./workload/random-draws.js";
import { Answerer } from "../answer/answerer.js";
import { CollectedAnswer } from "./scoring/collected-answer.js";
import { evalPrompt } from "./prompt.js";
import { UsageError } from "../base/command-error.js";
import { defaultForm } from "../answer/prompt.js";

/** How large a dictionary is: so many entries, or as many as make a prompt of so many tokens. */
export type DictionarySize = { entries: number } | { tokens: number };

/** What is asked, and how it is answered. */
export interface EvalPlan {
  workload: WorkloadTask;
  sizes: readonly DictionarySize[];
  /** Dictionaries of each size, and questions about each. */
  dictionaries: number;
  questions: number;
  form?: DictionaryForm;
  place?: QuestionPlace;
  seed: number;
  temperature: number;
  maxTokens: number;
  raw: boolean;
  threads?: number;
  contextSize?: number;
}

/** The figures of one model, one size of dictionary and one way of decoding. */
export interface EvalRow extends EvaluationSummary {
  /** Entries of a dictionary: the same number in all, or the mean where a length is given. */
  entries: number;
  /** The length that was asked for, in tokens; `null` where the number of entries was. */
  length: number | null;
  constrained: boolean;
}

/** How the dictionary is called as a document. */
const DOCUMENT_NAME = "dictionary";
/** llama.cpp takes so many seeds. */
const SAMPLING_SEEDS = 2 ** 32 - 1;

/**
 * Answers all of a plan's questions, each with the constraint and without it.
 * Yields the figures of each size, without it first; none of a size in which it was interrupted.
 * @param onAnswer is told of every answer
 * @throws ModelError where a prompt is more than the model reads; UsageError where a length is less than a prompt takes
 */
export async function* evaluate(
  model: LlamaModel,
  plan: EvalPlan,
  signal: AbortSignal,
  onAnswer: () => void,
): AsyncGenerator<EvalRow> {
  for (const size of plan.sizes) {
    const answers = new Map<boolean, MeasuredAnswer[]>([
      [false, []],
      [true, []],
    ]);
    let entries = 0;
    for (let index = 0; index < plan.dictionaries; index++) {
      const asked = new AskedDictionary(model, plan, size, index);
      entries += asked.entries / plan.dictionaries;
      for await (const { constrained, answer } of asked.answers(signal)) {
        answers.get(constrained)!.push(answer);
        onAnswer();
      }
      if (signal.aborted) return;
    }
    for (const [constrained, measured] of answers) {
      const length = "tokens" in size ? size.tokens : null;
      yield { entries, length, constrained, ...summarize(measured, plan.seed) };
    }
  }
}

/** One dictionary and the questions about it. */
class AskedDictionary {
  readonly entries: number;
  readonly #model: LlamaModel;
  readonly #plan: EvalPlan;
  readonly #index: number;
  readonly #examples: readonly WorkloadExample[];

  constructor(model: LlamaModel, plan: EvalPlan, size: DictionarySize, index: number) {
    this.#model = model;
    this.#plan = plan;
    this.#index = index;
    const { workload: task, form, place, questions } = plan;
    const options = { task, form, place, questions, seed: derivedSeed(plan.seed, index) };
    this.entries = "entries" in size ? size.entries : this.#fitLength({ ...options, tokens: size.tokens });
    this.#examples = generateExamples({ ...options, entries: this.entries });
  }

  async *answers(signal: AbortSignal): AsyncGenerator<{ constrained: boolean; answer: MeasuredAnswer }> {
    const { threads, contextSize } = this.#plan;
    const document = { name: DOCUMENT_NAME, text: this.#examples[0].document, textStart: 0 };
    const answerer = new Answerer(this.#model, { documents: [document], tags: DEFAULT_TAGS, threads, contextSize });
    try {
      for (const [question, example] of this.#examples.entries()) {
        // They take turns in being the first, so that neither gains by the order.
        const number = this.#index * this.#plan.questions + question;
        const first = number % 2 === 1;
        for (const constrained of [first, !first]) {
          const answer = await this.#answer(answerer, example, { constrained, number, signal });
          if (signal.aborted) return;
          yield { constrained, answer };
        }
      }
    } finally {
      await answerer.close();
    }
  }

  async #answer(
    answerer: Answerer,
    example: WorkloadExample,
    { number, ...options }: { constrained: boolean; number: number; signal: AbortSignal },
  ): Promise<MeasuredAnswer> {
    const { temperature, maxTokens } = this.#plan;
    const seed = (this.#plan.seed + number) % SAMPLING_SEEDS;
    const collected = new CollectedAnswer();
    const events = answerer.answer(this.#prompt(example), { ...options, temperature, seed, maxTokens });
    for await (const event of events) collected.add(event);
    return collected.measured(example);
  }

  #fitLength(options: Omit<LengthOptions, "countTokens">): number {
    const plainCount = (example: WorkloadExample) => this.#model.tokenize(promptText(example)).length;
    // A chat template adds the same to every prompt, and takes its time.
    const [sample] = generateExamples({ ...options, entries: 1 });
    const added = this.#prompt(sample).length - plainCount(sample);
    try {
      return fitEntries({ ...options, countTokens: (example) => plainCount(example) + added });
    } catch (error) {
      if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
      throw error;
    }
  }

  #prompt(example: WorkloadExample): Token[] {
    const form = this.#plan.raw ? "raw" : defaultForm(this.#model);
    const tags = chooseMode(ModelVocabulary.of(this.#model), {}) === "text" ? DEFAULT_TAGS : null;
    return evalPrompt(this.#model, example, form, tags);
  }
}
