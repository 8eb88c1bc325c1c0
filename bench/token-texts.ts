import cl100k from "gpt-tokenizer/encoding/cl100k_base";
import llama from "llama-tokenizer-js";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adversarialTexts, realisticTexts } from "./texts.js";

export interface TokenText {
  readonly name: string;
  /** A file of int32 ids. */
  readonly path: string;
  readonly tokens: Int32Array;
}

export const tokenTextNames: readonly string[] = [...Object.keys(realisticTexts), ...Object.keys(adversarialTexts)];

const folder = join("build", "bench");
/** The vocabulary of Llama 2, in which `<s>` is 1 and `</s>` is 2. */
const LLAMA = 32_000;
/** The largest contexts that are measured, and what is appended to them. */
const TOKENS = 2 ** 20 + 4_096;
const LLAMA_TOKENS = 2 ** 17 + 4_096;
/** Adversarial letters are numbered from here: ids of some tokens in the midst of every vocabulary. */
const FIRST_LETTER = 1_000;

/**
 * A text in more than 2^20 tokens, made once for a checkout. A vocabulary of 32,000 is Llama 2's, and the text then has
 * more than 2^17 tokens, since that tokenizer is slow; any other width of a row holds the 100,000 tokens of cl100k, since
 * no package brings the tokenizers of RecaLLM's models.
 */
export function tokenText(name: string, vocabulary: number): TokenText {
  const isLlama = vocabulary === LLAMA;
  const path = join(folder, `${name.replaceAll(/[^a-zA-Z0-9]+/g, "-")}-${isLlama ? "llama" : "cl100k"}.tokens`);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const tokens = isLlama ? makeTokens(name, LLAMA_TOKENS, encodeLlama) : makeTokens(name, TOKENS, encodeWide);
    writeFileSync(path, Buffer.from(tokens.buffer));
  }
  const bytes = readFileSync(path);
  return { name, path, tokens: new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) };
}

/** Ids that no text has, to open and to close a span. */
export function delimiters(vocabulary: number): [start: number, end: number] {
  return vocabulary === LLAMA ? [1, 2] : [vocabulary - 2, vocabulary - 1];
}

function makeTokens(name: string, count: number, encode: (text: string) => ArrayLike<number>): Int32Array {
  const letters = adversarialTexts[name];
  if (letters !== undefined) return Int32Array.from(letters(count), (letter) => FIRST_LETTER + letter);
  const pieces = realisticTexts[name];
  if (pieces === undefined) throw new Error(`There is no text named "${name}"`);
  const tokens = new Int32Array(count);
  let length = 0;
  for (const piece of pieces()) {
    const encoded = encode(piece);
    for (let i = 0; i < encoded.length && length < count; i++) tokens[length++] = encoded[i]!;
    if (length === count) return tokens;
  }
  throw new Error(`${name} has only ${length} of ${count} tokens`);
}

function encodeWide(text: string): number[] {
  return cl100k.encode(text, { disallowedSpecial: new Set() });
}

function encodeLlama(text: string): number[] {
  return llama.encode(text, false, false) ?? [];
}
