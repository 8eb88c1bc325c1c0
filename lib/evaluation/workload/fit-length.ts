import { generateExamples, promptText, type ExampleOptions, type WorkloadExample } from "./example.js";

/** Entries of the two dictionaries that a first estimate comes from. */
const SMALL = 4;
const LARGE = 36;
const MOST_CORRECTIONS = 6;

/** How long a prompt shall be. */
export interface LengthOptions extends Omit<ExampleOptions, "entries"> {
  /** Tokens that the prompt shall have at most. */
  tokens: number;
  /** The tokens of a prompt, by a tokenizer or by an estimate such as {@link tokensByBytes}. */
  countTokens: (example: WorkloadExample) => number;
}

/**
 * How many entries a dictionary may have for its prompt to stay within a length, and close to it: less than one entry
 * is missing, or a little more where the tokenizer is uneven.
 * @throws RangeError where not even one entry fits
 */
export function fitEntries({ tokens, countTokens, ...options }: LengthOptions): number {
  const measure = (entries: number) => countTokens(generateExamples({ ...options, entries })[0]);
  const small = measure(SMALL);
  const perEntry = (measure(LARGE) - small) / (LARGE - SMALL);
  let entries = Math.max(1, SMALL + Math.floor((tokens - small) / perEntry));
  let fitting = 0;
  for (let i = 0; i < MOST_CORRECTIONS && entries > fitting; i++) {
    const missing = tokens - measure(entries);
    if (missing >= 0) fitting = entries;
    if (missing >= 0 && missing < perEntry) break;
    entries = Math.max(1, fitting, entries + Math.floor(missing / perEntry));
  }
  if (fitting > 0) return fitting;
  const least = measure(1);
  if (least > tokens) throw new RangeError(`A prompt takes at least ${least} tokens, not ${tokens}`);
  return 1;
}

/** An estimate where there is no tokenizer: random letters and digits take about half as many tokens as bytes. */
export function tokensByBytes(bytesPerToken = 2): (example: WorkloadExample) => number {
  return (example) => promptText(example).length / bytesPerToken;
}
