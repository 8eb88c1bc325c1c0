import { lookupPrompt, randomDictionary, type DictionaryEntry } from "../../examples/reference-model/dictionary.js";

/** Tokens of a quote, one for each byte: a key of four digits, a colon, a space and a value. */
export const QUOTE_TOKENS = 32;

/** So many entries stand in each prompt. */
const READ_ENTRIES = 16;

/**
 * A dictionary to quote from, of which the model has read the first entries only: its passes take the same time
 * whatever the size of what is searched, and of an entry that it has read it writes the value itself, of another one
 * it makes a value up.
 */
export interface SearchedDictionary {
  readonly document: string;
  readonly entries: readonly DictionaryEntry[];
  readonly read: readonly DictionaryEntry[];
  readonly unread: readonly DictionaryEntry[];
  promptFor(entry: DictionaryEntry): string;
}

/** The same size gives the same dictionary. */
export function searchedDictionary(size: number): SearchedDictionary {
  const { document, entries } = randomDictionary({ size, seed: 5, valueLength: QUOTE_TOKENS - "1234: ".length });
  const read = entries.slice(0, READ_ENTRIES);
  const shown = read.map(({ line }) => `${line}\n`).join("");
  const promptFor = ({ key }: DictionaryEntry) => lookupPrompt(shown, key);
  return { document, entries, read, unread: entries.slice(READ_ENTRIES), promptFor };
}
