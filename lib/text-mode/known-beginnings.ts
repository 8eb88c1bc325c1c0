import { byteString } from "./bytes.js";
import type { QuoteBeginnings } from "./quote-beginnings.js";

/** A text that is searched, and grows. */
export interface GrowingText {
  readonly length: number;
  /** A copy of the bytes at positions [start, end). */
  read(start: number, end: number): Uint8Array;
}

interface Stage {
  /** Bytes of the text. */
  readonly length: number;
  /** How many pieces were found until then. */
  readonly found: number;
}

/**
 * Which pieces a quote of a text can begin with, as the text grows. What a text lets quotes begin with, a longer one does
 * too, unless the shorter one ended inside a character; so only what ends in the bytes that came is looked at.
 *
 * Characters are UTF-8, and no least length withholds the closing tag.
 */
export class KnownBeginnings {
  readonly #beginnings: QuoteBeginnings;
  /** At index `piece`: 1 where a quote can begin with it. */
  readonly #possible: Uint8Array;
  /** The pieces that became possible, in that order. */
  readonly #found: number[];
  /** When they were worked out, ascending. */
  readonly #stages: Stage[];

  constructor(beginnings: QuoteBeginnings, copied: KnownBeginnings | null = null) {
    this.#beginnings = beginnings;
    this.#possible = copied === null ? new Uint8Array(beginnings.pieces.length) : copied.#possible.slice();
    this.#found = copied === null ? [] : copied.#found.slice();
    this.#stages = copied === null ? [] : copied.#stages.slice();
    for (const piece of beginnings.tags) this.#possible[piece] = 1;
  }

  has(piece: number): boolean {
    return this.#possible[piece] === 1;
  }

  /**
   * Brings it up to date with a text that begins with the one before.
   * @param confirm which of these pieces quotes of the text can begin with
   */
  grow(text: GrowingText, confirm: (pieces: readonly number[]) => readonly number[]): void {
    while (this.#length > 0 && this.#length < text.length && continuesAt(text, this.#length)) this.#undoStage();
    if (this.#length === text.length) return;
    const asked = this.#inQuestion(text).filter((piece) => !this.has(piece));
    for (const piece of asked.length > 0 ? confirm(asked) : asked) {
      this.#possible[piece] = 1;
      this.#found.push(piece);
    }
    this.#stages.push({ length: text.length, found: this.#found.length });
  }

  /** The text is cut to its first `length` bytes. */
  truncate(length: number): void {
    while (this.#length > length) this.#undoStage();
  }

  fork(): KnownBeginnings {
    return new KnownBeginnings(this.#beginnings, this);
  }

  get #length(): number {
    return this.#stages.at(-1)?.length ?? 0;
  }

  #undoStage(): void {
    this.#stages.pop();
    for (const piece of this.#found.splice(this.#stages.at(-1)?.found ?? 0)) this.#possible[piece] = 0;
  }

  #inQuestion(text: GrowingText): readonly number[] {
    const { pieces, longest } = this.#beginnings;
    // With more text than pieces it is sooner to ask for each of them.
    if (text.length - this.#length > pieces.length) return [...pieces.keys()];
    const start = Math.max(0, this.#length - longest + 1);
    return [...this.#beginnings.endingPast(this.#length - start, byteString(text.read(start, text.length)))];
  }
}

function continuesAt(text: GrowingText, position: number): boolean {
  return isContinuation(text.read(position, position + 1));
}

/** Whether the first of these bytes goes on with a character. */
export function isContinuation(bytes: Uint8Array): boolean {
  return (bytes[0] & 0xc0) === 0x80;
}
