import type { Interval } from "../metrics/interval.js";
import type { RandomDraws } from "./random-draws.js";

/** The forms of RecaLLM's dictionaries (appendix A.2), and `pairs`: a line `key: value` for each. */
export const DICTIONARY_FORMS = ["csv", "json", "lines", "pairs"] as const;
export type DictionaryForm = (typeof DICTIONARY_FORMS)[number];

export interface DictionaryEntry {
  readonly key: string;
  readonly value: string;
}

/** A dictionary as a text. */
export interface WrittenDictionary {
  readonly text: string;
  /** Where each entry stands in it, without what separates entries; in UTF-16 units, which are bytes in ASCII. */
  readonly places: readonly Interval[];
}

const VALUE_CHARACTERS = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];
/** So many characters that a value stands nowhere else. */
const VALUE_LENGTH = 10;

export interface DrawnEntries {
  readonly count: number;
  /** The range the keys are drawn from, both ends included. */
  readonly keys: readonly [low: number, high: number];
  /** The first entry's key, where it is given. */
  readonly first?: number;
  /** Characters of a value; 10 unless given. */
  readonly valueLength?: number;
}

const FORMS: Record<
  DictionaryForm,
  { head: string; entry: (entry: DictionaryEntry) => string; between: string; foot: string }
> = {
  csv: { head: "key,value\n", entry: ({ key, value }) => `${key},${value}`, between: "\n", foot: "\n" },
  json: { head: "{\n  ", entry: ({ key, value }) => `"${key}": "${value}"`, between: ",\n  ", foot: "\n}\n" },
  lines: { head: "", entry: ({ key, value }) => `Key ${key}:\n${value}`, between: "\n\n", foot: "\n" },
  pairs: { head: "", entry: ({ key, value }) => `${key}: ${value}`, between: "\n", foot: "\n" },
};

/**
 * Entries of distinct integer keys and distinct random values.
 * @throws RangeError where the range has not more integers than there shall be entries
 */
export function drawEntries(
  draws: RandomDraws,
  { count, keys, first, valueLength = VALUE_LENGTH }: DrawnEntries,
): DictionaryEntry[] {
  const [low, high] = keys;
  if (high - low < count) throw new RangeError(`There are too few keys from ${low} to ${high} for ${count} entries`);
  const drawnKeys = new Set<number>(first === undefined ? [] : [first]);
  while (drawnKeys.size < count) drawnKeys.add(draws.integer(low, high));
  const values = new Set<string>();
  while (values.size < count) values.add(drawValue(draws, valueLength));
  const drawnValues = [...values];
  return [...drawnKeys].map((key, i) => ({ key: String(key), value: drawnValues[i] }));
}

function drawValue(draws: RandomDraws, length: number): string {
  return Array.from({ length }, () => draws.pick(VALUE_CHARACTERS)).join("");
}

export function writeDictionary(entries: readonly DictionaryEntry[], form: DictionaryForm): WrittenDictionary {
  const { head, entry, between, foot } = FORMS[form];
  let text = head;
  const places = entries.map((each, i) => {
    if (i > 0) text += between;
    const start = text.length;
    text += entry(each);
    return { start, end: text.length };
  });
  return { text: text + foot, places };
}
