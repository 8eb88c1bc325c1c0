import cl100k from "gpt-tokenizer/bpeRanks/cl100k_base";
import { gpt2ByteNames } from "../examples/reference-model/vocabulary.js";

/** The bytes of a token as gpt-tokenizer lists them. */
export function bytesOfRank(token: string | readonly number[]): Uint8Array {
  return typeof token === "string" ? Buffer.from(token) : Uint8Array.from(token);
}

/** The tokens of cl100k, byte for byte as GPT-2 writes them. */
export function cl100kNames(): string[] {
  const names = gpt2ByteNames();
  return cl100k.map((token) => Array.from(bytesOfRank(token), (byte) => names[byte]).join(""));
}

/** As much of a `tokenizer.json` as adapters read: the tokens of cl100k, then delimiters. */
export function wideTokenizerJson() {
  const names = cl100kNames();
  const vocab = Object.fromEntries(names.map((name, id) => [name, id]));
  const [start, end] = [names.length, names.length + 1];
  const special = { "<|start_recall|>": start, "<|end_recall|>": end };
  const json = {
    model: { type: "BPE", vocab, merges: [] },
    decoder: { type: "ByteLevel" },
    added_tokens: Object.entries(special).map(([content, id]) => ({ content, id, special: true })),
  };
  return { json, start, end };
}
