import { COUNT_LIMIT, expectInteger } from "../../base/arguments.js";
import type { Interval } from "../metrics/interval.js";
import { drawEntries, writeDictionary, type DictionaryForm } from "./dictionary.js";
import { drawMathProblem } from "./draw-math-problem.js";
import type { MathProblem } from "./math-problem.js";
import { drawWording, type PromptWording, QUESTION_PLACES, type QuestionPlace } from "./prompt-wording.js";
import { derivedSeed, RandomDraws } from "./random-draws.js";

export const WORKLOAD_TASKS = ["retrieval", "reasoning-retrieval", "lookup"] as const;
/**
 * RecaLLM's two tasks (section 2): the key is given, or it is the solution of a math problem. And `lookup`, for models
 * that go on from a plain `Q: key` and `A:` after the dictionary, as the reference model does.
 */
export type WorkloadTask = (typeof WORKLOAD_TASKS)[number];

/** One question about a dictionary. Everything in it is ASCII. */
export interface WorkloadExample {
  readonly task: WorkloadTask;
  readonly form: DictionaryForm;
  readonly place: QuestionPlace;
  /** The prompt, in three parts; the middle one is the dictionary. */
  readonly before: string;
  readonly document: string;
  readonly after: string;
  readonly key: string;
  /** The right answer: it stands in the document once, and nowhere else in the prompt. */
  readonly value: string;
  /** Where the entry stands in the document, in bytes. */
  readonly entry: Interval;
  /** What has the key as its answer; `null` where the key is given. */
  readonly problem: MathProblem | null;
}

/** What examples to make. The same options give the same examples. */
export interface ExampleOptions {
  task: WorkloadTask;
  /** Of the dictionary, at least 1. */
  entries: number;
  /** An integer in [0, 2^53). */
  seed: number;
  /** Drawn unless given; `lookup` is always `pairs`. */
  form?: DictionaryForm;
  /** Drawn unless given; `lookup` is always `after`. */
  place?: QuestionPlace;
  /** Questions about the same dictionary, 1 unless given: about different entries as far as there are any. */
  questions?: number;
}

/** The paper's forms; `pairs` is there for models that read nothing else. */
const PAPER_FORMS: readonly DictionaryForm[] = ["csv", "json", "lines"];
/** Keys are drawn from twice as many integers as are needed, and at least from these. */
const MOST_KEY = 10_000;
const LOOKUP_DIGITS = 4;

/** What is drawn for an example comes from streams of their own: a longer dictionary leaves the question as it is. */
const STREAM = { shape: 0, problem: 1, entries: 2, questions: 3 } as const;

/**
 * Questions about one dictionary.
 * @throws TypeError, RangeError for counts and seeds that are none
 * @throws RangeError for several questions of Reasoning-Retrieval: its keys lie around one answer
 */
export function generateExamples(options: ExampleOptions): WorkloadExample[] {
  const { task } = options;
  const count = expectInteger("entries", options.entries, 1, COUNT_LIMIT);
  const seed = expectInteger("seed", options.seed, 0, 2 ** 53);
  const questions = expectInteger("questions", options.questions ?? 1, 1, COUNT_LIMIT);
  if (task === "reasoning-retrieval" && questions > 1) {
    throw new RangeError("A dictionary of reasoning-retrieval answers one question");
  }
  const draws = (stream: number) => new RandomDraws(derivedSeed(seed, stream));
  const shape = draws(STREAM.shape);
  const [drawnForm, drawnPlace] = [shape.pick(PAPER_FORMS), shape.pick(QUESTION_PLACES)];
  const { form = drawnForm, place = drawnPlace } =
    task === "lookup" ? ({ form: "pairs", place: "after" } as const) : options;
  const problem = task === "reasoning-retrieval" ? drawMathProblem(draws(STREAM.problem)) : null;
  const keys = keyRange(task, count, problem?.answer);
  const entries = shuffled(drawEntries(draws(STREAM.entries), { count, keys, first: problem?.answer }), seed);
  const { text, places } = writeDictionary(entries, form);
  const wordingSeed = derivedSeed(seed, STREAM.shape);
  return askedEntries(entries, problem, questions, draws(STREAM.questions)).map((index) => {
    const { key, value } = entries[index];
    const wording = task === "lookup" ? lookupWording(key) : wordingOf(problem ?? key);
    return { task, form, place, ...wording, document: text, key, value, entry: places[index], problem };
  });

  function wordingOf(question: string | MathProblem): PromptWording {
    return drawWording(new RandomDraws(derivedSeed(wordingSeed, 1)), { form, place, question });
  }
}

/** The whole prompt. */
export function promptText({ before, document, after }: WorkloadExample): string {
  return before + document + after;
}

function lookupWording(key: string): PromptWording {
  return { before: "", after: `Q: ${key}\nA:` };
}

/** As the paper's: the keys of Retrieval on both sides of 0, those of Reasoning-Retrieval around the answer. */
function keyRange(task: WorkloadTask, count: number, answer: number | undefined): [low: number, high: number] {
  if (answer !== undefined) return [answer - count, answer + count];
  if (task === "retrieval") {
    const most = Math.max(MOST_KEY, count);
    return [-most, most];
  }
  let smallest = 10 ** (LOOKUP_DIGITS - 1);
  while (9 * smallest < 2 * count) smallest *= 10;
  return [smallest, 10 * smallest - 1];
}

/** Entries in random order: the one that is asked for may stand anywhere. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const draws = new RandomDraws(seed);
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const other = draws.integer(0, i);
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

/** The indices of the entries that are asked for. */
function askedEntries(
  entries: readonly { key: string }[],
  problem: MathProblem | null,
  questions: number,
  draws: RandomDraws,
): number[] {
  if (problem !== null) return [entries.findIndex(({ key }) => key === String(problem.answer))];
  const asked: number[] = [];
  let left: number[] = [];
  while (asked.length < questions) {
    if (left.length === 0) left = [...entries.keys()];
    asked.push(...left.splice(draws.integer(0, left.length - 1), 1));
  }
  return asked;
}
