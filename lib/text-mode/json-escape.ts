import { countUpTo } from "../base/search.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** At index `byte`: how `JSON.stringify` writes it, where not as it is. */
const ESCAPES: readonly (Uint8Array | undefined)[] = Array.from({ length: BACKSLASH + 1 }, (_, byte) => {
  if (byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH) return undefined;
  return new TextEncoder().encode(JSON.stringify(String.fromCharCode(byte)).slice(1, -1));
});

/** UTF-8 text as it stands in a JSON string, and the way back to its own offsets. */
export class EscapedText {
  readonly bytes: Uint8Array;
  /** Offsets in `bytes` past each escape sequence, ascending. */
  readonly #ends: Int32Array;
  /** How many bytes longer `bytes` is than the text, up to each of these offsets. */
  readonly #added: Int32Array;

  constructor(text: Uint8Array) {
    const ends: number[] = [];
    const added: number[] = [];
    let extra = 0;
    text.forEach((byte, offset) => {
      const escape = ESCAPES[byte];
      if (escape === undefined) return;
      extra += escape.length - 1;
      ends.push(offset + 1 + extra);
      added.push(extra);
    });
    this.#ends = Int32Array.from(ends);
    this.#added = Int32Array.from(added);
    this.bytes = escapeInto(new Uint8Array(text.length + extra), text);
  }

  /** The offset in the text of an offset in the escaped bytes; inside an escape sequence, that of the character. */
  toOriginal(offset: number): number {
    const past = countUpTo(this.#ends.length, (i) => this.#ends[i] <= offset);
    const added = past === 0 ? 0 : this.#added[past - 1];
    if (past === this.#ends.length) return offset - added;
    const length = this.#added[past] - added + 1;
    return Math.min(offset, this.#ends[past] - length) - added;
  }

  /** Edges of the text as edges of the escaped bytes: none is inside an escape sequence. */
  spread(edges: Uint8Array): Uint8Array {
    const spread = new Uint8Array(this.bytes.length + 1);
    let [offset, next] = [0, 0];
    for (const edge of edges) {
      spread[offset] = edge;
      offset++;
      if (next < this.#ends.length && this.bytes[offset - 1] === BACKSLASH) offset = this.#ends[next++];
    }
    return spread;
  }
}

/**
 * How many bytes at the end of escaped text are only the beginning of a character; `undefined` where earlier bytes have
 * to tell. An escape sequence is one character.
 * @param isAll whether the text has no earlier bytes
 */
export function lengthOfCut(escaped: Uint8Array, isAll: boolean): number | undefined {
  for (let length = 1; length <= Math.min(LONGEST_CHARACTER - 1, escaped.length); length++) {
    const at = escaped.length - length;
    if (escaped[at] === BACKSLASH) {
      const before = countBackslashes(escaped, at);
      if (before === at && !isAll) return undefined;
      const isShort = length >= 2 && escaped[at + 1] !== LETTER_U;
      return before % 2 === 0 && !isShort ? length : 0;
    }
    const needed = utf8Length(escaped[at]);
    if (needed > length) return length;
    if (needed > 1) return 0;
  }
  return 0;
}

/** Bytes of the longest escape sequence. */
const LONGEST_CHARACTER = 6;
const LETTER_U = 0x75;

/** Backslashes in a row that end before `end`. */
function countBackslashes(bytes: Uint8Array, end: number): number {
  let start = end;
  while (start > 0 && bytes[start - 1] === BACKSLASH) start--;
  return end - start;
}

/** Bytes of the character that a byte begins; 0 where it begins none. */
function utf8Length(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc0) return 0;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

function escapeInto(escaped: Uint8Array, text: Uint8Array): Uint8Array {
  let at = 0;
  for (const byte of text) {
    const escape = ESCAPES[byte];
    if (escape === undefined) escaped[at++] = byte;
    else {
      escaped.set(escape, at);
      at += escape.length;
    }
  }
  return escaped;
}

/** What the inside of a JSON string stands for; of an escape sequence that is cut off at the end, nothing. */
export function unescapeJson(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt])|.{0,5}$)/gs, (sequence, code?: string, sign?: string) => {
    if (code === undefined && sign === undefined) return "";
    return JSON.parse(`"${sequence}"`) as string;
  });
}
