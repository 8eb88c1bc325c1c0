import cl100k from "gpt-tokenizer/bpeRanks/cl100k_base";
import { gpt2ByteNames } from "../examples/reference-model/vocabulary.js";

/** As much of a `tokenizer.json` as adapters read: the tokens of cl100k, then delimiters. */
export function wideTokenizerJson() {
  const names = gpt2ByteNames();
  const pieces = cl100k.map((token) => Array.from(typeof token === "string" ? Buffer.from(token) : token));
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece.map((byte) => names[byte]).join(""), id]));
  const [start, end] = [pieces.length, pieces.length + 1];
  const special = { "<|start_recall|>": start, "<|end_recall|>": end };
  const json = {
    model: { type: "BPE", vocab, merges: [] },
    decoder: { type: "ByteLevel" },
    added_tokens: Object.entries(special).map(([content, id]) => ({ content, id, special: true })),
  };
  return { json, start, end };
}
