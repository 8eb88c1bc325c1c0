import { byteString } from "./bytes.js";
import { NOTHING_FOUND } from "./found-pieces.js";
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

/** A text's own pieces are copied by a fork up to this many, and while they are fewer than the shared ones. */
const FEW_PIECES = 64;

/**
 * Which pieces a quote of a text can begin with, as the text grows. What a text lets quotes begin with, a longer one does
 * too, unless the shorter one ended inside a character; so only what ends in the bytes that came is looked at.
 *
 * Characters are UTF-8, and no least length withholds the closing tag.
 */
export class KnownBeginnings {
  readonly #beginnings: QuoteBeginnings;
  /** The pieces that were found first. Other texts may share them: of those so many are this one's too. */
  #shared = NOTHING_FOUND;
  #sharedCount = 0;
  /** Those that were found after them, in that order. */
  #own: number[] = [];
  #isOwn = new Set<number>();
  /** When they were worked out, ascending. */
  #stages: Stage[] = [];

  /** Those of a text of which nothing is known. */
  constructor(beginnings: QuoteBeginnings) {
    this.#beginnings = beginnings;
  }

  /**
   * Those of this text, for texts that begin with it.
   * @param confirm which of these pieces quotes of the text can begin with
   */
  static of(text: GrowingText, beginnings: QuoteBeginnings, confirm: ConfirmPieces): KnownBeginnings {
    const known = new KnownBeginnings(beginnings);
    const length = lastCharacter(text);
    if (length === 0) return known;
    // Whether a quote may end where the text ends, what follows decides.
    const unsure = known.#endingPast(length, text);
    const sure = [...beginnings.pieces.keys()].filter((piece) => !unsure.has(piece) && !known.has(piece));
    known.#own = [...confirm(sure)];
    known.#share();
    known.#stages.push({ length, found: known.#sharedCount });
    return known;
  }

  has(piece: number): boolean {
    const isShared = this.#shared.has(piece, this.#sharedCount);
    return isShared || this.#isOwn.has(piece) || this.#beginnings.isTag[piece] === 1;
  }

  /**
   * Brings it up to date with a text that begins with the one before.
   * @param confirm which of these pieces quotes of the text can begin with
   */
  grow(text: GrowingText, confirm: ConfirmPieces): void {
    while (this.#length > 0 && this.#length < text.length && continuesAt(text, this.#length)) this.#undoStage();
    if (this.#length === text.length) return;
    const asked = this.#inQuestion(text).filter((piece) => !this.has(piece));
    for (const piece of asked.length > 0 ? confirm(asked) : asked) {
      this.#own.push(piece);
      this.#isOwn.add(piece);
    }
    this.#stages.push({ length: text.length, found: this.#sharedCount + this.#own.length });
    if (this.#own.length > Math.max(FEW_PIECES, this.#sharedCount)) this.#share();
  }

  /** The text is cut to its first `length` bytes. */
  truncate(length: number): void {
    while (this.#length > length) this.#undoStage();
  }

  fork(): KnownBeginnings {
    const fork = new KnownBeginnings(this.#beginnings);
    fork.#shared = this.#shared;
    fork.#sharedCount = this.#sharedCount;
    fork.#own = this.#own.slice();
    fork.#isOwn = new Set(this.#own);
    fork.#stages = this.#stages.slice();
    return fork;
  }

  get #length(): number {
    return this.#stages.at(-1)?.length ?? 0;
  }

  #undoStage(): void {
    this.#stages.pop();
    const found = this.#stages.at(-1)?.found ?? 0;
    for (const piece of this.#own.splice(Math.max(0, found - this.#sharedCount))) this.#isOwn.delete(piece);
    this.#sharedCount = Math.min(this.#sharedCount, found);
    if (this.#sharedCount === 0) this.#shared = NOTHING_FOUND;
  }

  #inQuestion(text: GrowingText): readonly number[] {
    const { pieces } = this.#beginnings;
    // With more text than pieces it is sooner to ask for each of them.
    if (text.length - this.#length > pieces.length) return [...pieces.keys()];
    return [...this.#endingPast(this.#length, text)];
  }

  /** The pieces of which a part that is text ends in `text` past its first `length` bytes. */
  #endingPast(length: number, text: GrowingText): Set<number> {
    const start = Math.max(0, length - this.#beginnings.longest + 1);
    return this.#beginnings.endingPast(length - start, byteString(text.read(start, text.length)));
  }

  /** Makes all pieces shared ones. */
  #share(): void {
    this.#shared = this.#shared.extend(this.#sharedCount, this.#own);
    this.#sharedCount = this.#shared.count;
    this.#own = [];
    this.#isOwn.clear();
  }
}

/** Finds out which of some pieces a quote can begin with. */
export type ConfirmPieces = (pieces: readonly number[]) => readonly number[];

/** Bytes in which the last character is looked for; in UTF-8 it has at most four. */
const CHARACTER_WINDOW = 64;

/** Where the last character of a text begins; 0 where the text does not end as UTF-8 does. */
function lastCharacter(text: GrowingText): number {
  const from = Math.max(0, text.length - CHARACTER_WINDOW);
  const bytes = text.read(from, text.length);
  for (let at = bytes.length - 1; at >= 0; at--) if (!isContinuation(bytes.subarray(at))) return from + at;
  return 0;
}

function continuesAt(text: GrowingText, position: number): boolean {
  return isContinuation(text.read(position, position + 1));
}

/** Whether the first of these bytes goes on with a character. */
export function isContinuation(bytes: Uint8Array): boolean {
  return (bytes[0] & 0xc0) === 0x80;
}
