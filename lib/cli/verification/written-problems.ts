import { digestOf, type SavedQuote, type Written } from "../input/quotes-file.js";

/** What is wrong with what was written as a whole; `null` where it is as it was. */
export function writtenProblem(file: Written & { sha256?: string }): string | null {
  if (file.sha256 === undefined || file.sha256 === digestOf(file)) return null;
  return `the ${file.answer === undefined ? "data" : "answer"} has changed: its SHA-256 is another`;
}

/** What is wrong with where a quote stands in what was written; `null` where it stands there. */
export function placeProblem({ answer, data }: Written, quote: SavedQuote): string | null {
  if (answer !== undefined) return answerProblem(answer, quote);
  if (data !== undefined) return dataProblem(data, quote);
  return null;
}

function answerProblem(answer: string, { text, start, end }: SavedQuote): string | null {
  if (start === undefined || end === undefined) return "it is not said where it stands in the answer";
  if (answer.slice(start, end) === text && end <= answer.length) return null;
  const elsewhere = answer.indexOf(text);
  const hint = elsewhere === -1 ? ", nor elsewhere" : `, but at ${elsewhere} to ${elsewhere + text.length}`;
  return `the answer does not hold it at ${start} to ${end}${hint}`;
}

function dataProblem(data: unknown, { text, path }: SavedQuote): string | null {
  if (path === undefined) return "it is not said where it stands in the data";
  return memberAt(data, path) === text ? null : "the data does not hold it there";
}

/** The member that a JSON pointer names; `undefined` where there is none. */
function memberAt(data: unknown, pointer: string): unknown {
  let member = data;
  for (const step of pointer.split("/").slice(1)) {
    if (typeof member !== "object" || member === null) return undefined;
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!Object.hasOwn(member, name)) return undefined;
    member = (member as Record<string, unknown>)[name];
  }
  return member;
}
