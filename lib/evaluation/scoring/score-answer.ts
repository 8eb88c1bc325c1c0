import type { Interval } from "../metrics/interval.js";
import { retrievalReward } from "../metrics/retrieval-reward.js";
import type { WorkloadExample } from "../workload/example.js";

/** What stands before the answer in the last line. */
const ANSWER_MARK = "Answer:";

/** What a model wrote. */
export interface GivenAnswer {
  /** All of it but tags and delimiters. */
  readonly text: string;
  readonly quotes: readonly { readonly text: string; readonly closed: boolean }[];
  /** The part of `text` that follows the last quote; all of it where there is none. */
  readonly tail: string;
  /** Tokens generated. */
  readonly tokens: number;
}

/** What it is worth. */
export interface AnswerScore {
  /** Whether an answer is given in the form that was asked for. */
  readonly answered: boolean;
  /** Whether it has the right value. */
  readonly right: boolean;
  /** Quotes that are not empty. */
  readonly quotes: number;
  /** Those that stand in the dictionary. */
  readonly exact: number;
  /** Exact ones that have nothing of the right entry, wherever they may come from. */
  readonly wrongEntry: number;
  /** R_ret, by the paper's formulas. */
  readonly reward: number;
}

/** Scores an answer from its text alone: what the constraint knows is not asked. */
export function scoreAnswer(example: WorkloadExample, answer: GivenAnswer): AnswerScore {
  const { task, document, value, entry } = example;
  const quotes = answer.quotes.filter(({ text }) => text !== "");
  const spans = answer.quotes.map(({ text }) => ({ text, sources: placesOf(text, document) }));
  const exact = spans.filter(({ sources }) => sources.length > 0);
  const overlaps = ({ start, end }: Interval) => start < entry.end && end > entry.start;
  const given = givenValue(task, answer);
  const { reward } = retrievalReward({
    category: task === "reasoning-retrieval" ? "reasoning-retrieval" : "key-value-retrieval",
    gold: [entry],
    spans: spans.filter((_, i) => answer.quotes[i].closed),
    generatedTokens: answer.tokens,
    delimiters: { starts: answer.quotes.length, ends: answer.quotes.filter(({ closed }) => closed).length },
  });
  return {
    answered: given !== null,
    right: given !== null && (task === "lookup" ? given === value : given.includes(value)),
    quotes: quotes.length,
    exact: exact.length,
    wrongEntry: exact.filter(({ sources }) => !sources.some(overlaps)).length,
    reward,
  };
}

/** The paper's tasks ask for a line with a mark; a lookup is answered by what follows the quote. */
function givenValue(task: WorkloadExample["task"], { text, tail }: GivenAnswer): string | null {
  if (task === "lookup") return tail.trim() || null;
  const mark = text.lastIndexOf(ANSWER_MARK);
  return mark === -1 ? null : text.slice(mark + ANSWER_MARK.length).trim() || null;
}

/** Every place of a text in the dictionary; none of an empty one. */
function placesOf(text: string, document: string): Interval[] {
  const places: Interval[] = [];
  if (text === "") return places;
  for (let start = document.indexOf(text); start !== -1; start = document.indexOf(text, start + 1)) {
    places.push({ start, end: start + text.length });
  }
  return places;
}
