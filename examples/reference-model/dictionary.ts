/** Dictionaries to look things up in, and the prompt that the reference model understands. */

import { drawEntries } from "../../lib/evaluation/workload/dictionary.js";
import { RandomDraws } from "../../lib/evaluation/workload/random-draws.js";

export type DictionaryFormat = "text" | "json" | "csv";

export interface DictionaryEntry {
  readonly key: string;
  readonly value: string;
  /** The entry as it stands in the document, without the newline. */
  readonly line: string;
  /** What a recall of the entry contains. */
  readonly quote: string;
}

export interface Dictionary {
  readonly document: string;
  readonly entries: readonly DictionaryEntry[];
}

export interface RandomDictionaryOptions {
  readonly size: number;
  readonly seed: number;
  readonly format?: DictionaryFormat;
  /** Characters of a value; 10 unless given. */
  readonly valueLength?: number;
}

const KEYS = [1000, 9999] as const;

/** Distinct numeric keys and random values; the same seed gives the same dictionary. */
export function randomDictionary(options: RandomDictionaryOptions): Dictionary {
  const { size, seed, format = "text", valueLength } = options;
  const drawn = drawEntries(new RandomDraws(seed), { count: size, keys: KEYS, valueLength });
  const entries = drawn.map(({ key, value }) => dictionaryEntry(key, value, format));
  return { document: entries.map(({ line }) => `${line}\n`).join(""), entries };
}

/** The `key: value` lines of a document; other lines are prose. */
export function parseDictionary(document: string): Dictionary {
  const entries = [...document.matchAll(/^([^:\n]+): (.+)$/gm)].map(([, key, value]) =>
    dictionaryEntry(key, value, "text"),
  );
  return { document, entries };
}

/** The document must end in a newline. */
export function lookupPrompt(document: string, key: string): string {
  return `${document}Q: ${key}\nA:`;
}

/** What the model continues the prompt with when it looks the entry up correctly. */
export function correctCompletion({ quote, value }: DictionaryEntry): string {
  return ` <|start_recall|>${quote}<|end_recall|> ${value}`;
}

function dictionaryEntry(key: string, value: string, format: DictionaryFormat): DictionaryEntry {
  switch (format) {
    case "text":
      return { key, value, line: `${key}: ${value}`, quote: `${key}: ${value}` };
    case "csv":
      return { key, value, line: `${key},${value}`, quote: `${key},${value}` };
    case "json": {
      // A recall begins after the quote that opens the key and ends with the line.
      const quote = `${key}": "${value}",`;
      return { key, value, line: `"${quote}`, quote };
    }
  }
}
