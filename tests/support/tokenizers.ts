/** Real tokenizers, and small ones of the kinds that no package carries, as `tokenizer.json` holds them. */

import { Tokenizer } from "@huggingface/tokenizers";
import llamaTokenizer from "llama-tokenizer-js";

/** Scripts, signs and white space of many kinds. */
export const MIXED_SCRIPTS = [
  "The quick brown fox jumps over the lazy dog, doesn't it?",
  "Zażółć gęślą jaźń; naïve café, Straße, ærø, İstanbul",
  "Съешь же ещё этих мягких французских булок, да выпей чаю.",
  "東京は日本の首都です。我能吞下玻璃而不伤身体。한국어 문장입니다.",
  "نص حكيم له سر قاطع وذو شأن عظيم  עברית",
  "हिन्दी में एक वाक्य। ภาษาไทยไม่มีช่องว่าง",
  "🙂👩‍👩‍👧‍👦🇫🇷 e\u0301 \u{1d54f} ½ ﬁ ™",
  "\tif (a[i] >= 0x1F) {\r\n\t\treturn `${b}`;  // ▁ <0x0A>\r\n\t}\n\n\n   end\u00a0\u3000\u0000\u007f",
];

export type Json = Record<string, unknown>;

/** An independent reader of the same JSON. */
export function readTokenizer(json: Json): Tokenizer {
  return new Tokenizer(json, { clean_up_tokenization_spaces: false });
}

/** Byte-level BPE, from the bytes of its tokens in the order of their ids. Its merges are left out: it only decodes. */
export function byteLevelJson(tokens: readonly Uint8Array[], special: Readonly<Record<string, number>>): Json {
  const names = byteNames();
  const vocab = Object.fromEntries(tokens.map((token, id) => [Array.from(token, (byte) => names[byte]).join(""), id]));
  return {
    version: "1.0",
    added_tokens: Object.entries(special).map(([content, id]) => ({ id, content, special: true })),
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: "BPE", vocab, merges: [] },
  };
}

/** How a byte-level tokenizer writes the 256 bytes, independently of the decoder. */
function byteNames(): string[] {
  let unseen = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCodePoint(byte);
    return /^[!-~¡-¬®-ÿ]$/.test(character) ? character : String.fromCodePoint(unseen++);
  });
}

/** Llama 2's `tokenizer.json`: its vocabulary and merges are real, the rest is as the model's file has it. */
export function llamaJson(): Json {
  const replacement = { type: "Replace", pattern: { String: "\u2581" }, content: " " };
  const control = ["<unk>", "<s>", "</s>"];
  return {
    version: "1.0",
    added_tokens: control.map((content, id) => ({ id, content, normalized: true, special: true })),
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Prepend", prepend: "\u2581" },
        { type: "Replace", pattern: { String: " " }, content: "\u2581" },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: "Sequence",
      decoders: [
        replacement,
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
    model: {
      type: "BPE",
      unk_token: "<unk>",
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(llamaTokenizer.vocabById.map((piece, id) => [piece, id])),
      merges: [...llamaTokenizer.merges].sort(([, a], [, b]) => a - b).map(([pair]) => pair),
    },
  };
}

/** A Unigram model with the 256 bytes to fall back to. */
export function unigramJson(pieces: readonly string[]): Json {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  return {
    version: "1.0",
    added_tokens: [{ id: 0, content: "<unk>", special: true }],
    normalizer: null,
    pre_tokenizer: { type: "Metaspace", replacement: "\u2581", prepend_scheme: "always", split: true },
    post_processor: null,
    decoder: {
      type: "Sequence",
      decoders: [{ type: "ByteFallback" }, { type: "Metaspace", replacement: "\u2581", prepend_scheme: "always" }],
    },
    model: {
      type: "Unigram",
      unk_id: 0,
      byte_fallback: true,
      vocab: [["<unk>", 0], ...bytes.map((byte) => [byte, -20]), ...pieces.map((piece) => [piece, -piece.length])],
    },
  };
}

/** BERT's `tokenizer.json`, lower-casing, over a few words. */
export function wordPieceJson(pieces: readonly string[], cleanup = true): Json {
  const control = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
  return {
    version: "1.0",
    added_tokens: control.map((content, id) => ({ id, content, special: true })),
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: null,
    decoder: { type: "WordPiece", prefix: "##", cleanup },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries([...control, ...pieces].map((piece, id) => [piece, id])),
    },
  };
}
