/**
 * The vocabulary: four control tokens, then the 256 bytes, in the form of a GPT-2 byte-level BPE.
 */

export const BEGIN_OF_TEXT = 0;
export const END_OF_TEXT = 1;
export const START_RECALL = 2;
export const END_RECALL = 3;

export const CONTROL_TOKENS: readonly string[] = ["<|bos|>", "<|endoftext|>", "<|start_recall|>", "<|end_recall|>"];

/** The id of a byte. */
export function byteToken(byte: number): number {
  return CONTROL_TOKENS.length + byte;
}

/** The id of a one-byte character. */
export function characterToken(character: string): number {
  return byteToken(character.charCodeAt(0));
}

export const NEWLINE = characterToken("\n");

/** Tokens that start a line: nothing before them belongs to it. */
export const LINE_STARTS: readonly number[] = [BEGIN_OF_TEXT, END_OF_TEXT, NEWLINE];

const byteNames = gpt2ByteNames();

/** A BPE needs at least one merge: this one joins two bytes that no UTF-8 text contains. */
const UNUSED_PAIR = [byteNames[0xfe], byteNames[0xff]];

/** The texts of the ids after the control tokens. */
export const BYTE_TOKENS: readonly string[] = [...byteNames, UNUSED_PAIR.join("")];
export const MERGES: readonly string[] = [UNUSED_PAIR.join(" ")];

export const VOCABULARY_SIZE = CONTROL_TOKENS.length + BYTE_TOKENS.length;

/** GPT-2 writes a printable byte as itself and the n-th other byte as character 256 + n. */
export function gpt2ByteNames(): string[] {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : 256 + others++));
}
