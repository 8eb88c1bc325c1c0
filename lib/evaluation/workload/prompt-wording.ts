import type { DictionaryForm } from "./dictionary.js";
import type { MathProblem } from "./math-problem.js";
import type { RandomDraws } from "./random-draws.js";

export const QUESTION_PLACES = ["before", "after", "both"] as const;
/** Where the question stands: before the dictionary, after it, or at both ends. */
export type QuestionPlace = (typeof QUESTION_PLACES)[number];

/** What a prompt says around its dictionary. */
export interface PromptWording {
  readonly before: string;
  readonly after: string;
}

const NAMES: Record<DictionaryForm, string> = {
  csv: "CSV table",
  json: "JSON object",
  lines: "list of keys and values",
  pairs: "list of keys and values",
};

const ANSWER_LINE = "Put your result on the last line, in this form:\nAnswer: <value>";

/** Ways to put the same task; `%` is what the dictionary is. */
const RETRIEVAL = [
  "Below is a %. Look up the given key in it and report the value that belongs to it.",
  "Your job is to find one key in the % that follows, and to say which value it has.",
  "One entry of this % has the key that is asked for. What is its value?",
];
const REASONING_RETRIEVAL = [
  "Below is a %. The key to look up in it is the solution of a math problem: solve that first, then report the value.",
  "Work out a math problem step by step. Its result is a key of the % that follows; say which value that key has.",
  "One entry of this % has the result of a calculation as its key. Calculate, and give the value of that entry.",
];

/** The wording of a prompt, drawn from a few. */
export function drawWording(
  draws: RandomDraws,
  { form, place, question }: { form: DictionaryForm; place: QuestionPlace; question: string | MathProblem },
): PromptWording {
  const retrieval = typeof question === "string";
  const task = draws.pick(retrieval ? RETRIEVAL : REASONING_RETRIEVAL).replace("%", NAMES[form]);
  const asked = retrieval ? `The key: ${question}` : `The problem:\n${question.text}`;
  const first = place === "after" ? "" : `${asked}\n\n`;
  const last = place === "before" ? "" : `\n${asked}\n`;
  return { before: `${first}${task}\n\n`, after: `${last}\n${ANSWER_LINE}` };
}
