/** How tokenizers write the bytes of a token in their vocabularies. */

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Byte-level BPE writes the printable Latin-1 characters as themselves and the other bytes from U+0100 on. */
const BYTE_OF_CHARACTER = new Map<string, number>();
for (let byte = 0, unprintable = 0x100; byte < 256; byte++) {
  const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  BYTE_OF_CHARACTER.set(String.fromCodePoint(isPrintable ? byte : unprintable++), byte);
}

/** Byte-level BPE (GPT-2, Llama 3, Qwen): a character per byte. `null` where a character stands for no byte. */
export function byteLevelBytes(text: string): Uint8Array | null {
  const bytes: number[] = [];
  for (const character of text) {
    const byte = BYTE_OF_CHARACTER.get(character);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** The byte that a piece such as `<0xAB>` stands for, where a vocabulary falls back to bytes. */
export function fallbackByte(text: string): Uint8Array | null {
  const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(text);
  return byte === null ? null : Uint8Array.of(parseInt(byte[1], 16));
}

/** SentencePiece (Llama 2, Mistral, Gemma, T5): `▁` is a space, `<0xAB>` a byte. */
export function sentencePieceBytes(text: string): Uint8Array {
  return fallbackByte(text) ?? utf8(text.replaceAll("\u2581", " "));
}

export interface WordPieceOptions {
  /** What a piece begins with that continues a word; `"##"` unless given. */
  prefix?: string;
  /** Whether the text is cleaned up afterwards, so that no space stands before `.`, `,`, `?` and `!`; `true`. */
  cleanUp?: boolean;
}

/** What the clean-up leaves no space before: as Hugging Face's decoder has it. */
const CLEANED_UP = /^(?:[.?!,]|n't|'m|'s|'ve|'re)/;

/**
 * WordPiece (BERT): `##ing` is "ing", and a piece that begins a word is that word after a space, as its decoder writes
 * it inside a text.
 *
 * The vocabulary does not tell where there was no space, so some texts are out of a quote's reach: a word at the start
 * of a document or after an opening bracket, a hyphen or a line break, unless `##` pieces spell it; and what the
 * tokenizer normalises away, such as capitals where it has lower case only.
 */
export function wordPieceText(text: string, { prefix = "##", cleanUp = true }: WordPieceOptions = {}): string {
  if (prefix !== "" && text.startsWith(prefix)) return text.slice(prefix.length);
  return cleanUp && CLEANED_UP.test(text) ? text : ` ${text}`;
}
