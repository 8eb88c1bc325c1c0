import { expectEach, expectInteger, expectInt32Array, expectRow, expectWords, isArray } from "../base/arguments.js";
import { bitmaskWords } from "./bitmask.js";
import type { RecallErrorCode } from "../base/errors.js";
import type { DecodingSession, SpanState } from "./decoding-session.js";
import { expectSession } from "./expect-session.js";

/** What became of a row's token: where it left the session, or the code of what was wrong with it. */
export type RowStatus = SpanState | "skipped" | "OUT_OF_RANGE" | RecallErrorCode;

/** A token that skips its row. */
const SKIP = -1;

/**
 * Sessions that are decoded together, one per row of the logits. Whatever is wrong with a row (a refused token, a
 * full context, a closed session) stays in that row.
 */
export class RecallBatch {
  readonly #sessions: DecodingSession[] = [];

  /** Rows in the batch. */
  get size(): number {
    return this.#sessions.length;
  }

  /**
   * Adds a row at the end. The batch does not own its sessions: closing them is the caller's.
   * @returns the row's index
   * @throws TypeError where it is not a session; RangeError where it is in the batch already
   */
  add(session: DecodingSession): number {
    expectSession(session);
    if (this.#sessions.includes(session)) throw new RangeError('Expected "session" not to be in the batch already');
    return this.#sessions.push(session) - 1;
  }

  /**
   * Takes a row out; the rows after it move up by one.
   * @returns the row's session
   * @throws TypeError, RangeError for `row`
   */
  remove(row: number): DecodingSession {
    return this.#sessions.splice(this.#expectRow("row", row), 1)[0];
  }

  /**
   * Moves row `from` to index `to`; the rows between them close up.
   * @throws TypeError, RangeError for `from`, `to`
   */
  move(from: number, to: number): void {
    this.#expectRow("from", from);
    this.#expectRow("to", to);
    this.#sessions.splice(to, 0, ...this.#sessions.splice(from, 1));
  }

  /**
   * Accepts a token per row; -1 skips a row. A row that refuses its token is unchanged, and no row is affected by
   * another.
   * @param tokens [size]; an entry of another type is out of range
   * @returns per row what the session's `accept` would have returned, `"skipped"`, or why not: `"OUT_OF_RANGE"` or the code of the `RecallError` that
   *   the session's `accept` would have thrown
   * @throws TypeError, RangeError where `tokens` is not an array of `size` entries; no row is changed then
   */
  accept(tokens: Int32Array | readonly (number | bigint)[]): RowStatus[] {
    const entries = this.#readEntries(tokens);
    this.#expectEntryPerRow(entries);
    return this.#sessions.map((session, row) => {
      const entry = entries[row];
      const token = typeof entry === "bigint" ? Number(entry) : entry;
      return token === SKIP ? "skipped" : session.tryAccept(token);
    });
  }

  /**
   * Works out every row's allowed ids now, so that `apply`, `fillBitmask` and `allowed` find them ready: call it while
   * the forward pass runs elsewhere. It runs on the calling thread and returns when it is done. `accept` has searched
   * already; what is left is to collect the ids, which takes time where there are many of them: at a span's start.
   */
  prepare(): void {
    for (const session of this.#sessions) {
      if (session.usable) session.prepare();
    }
  }

  /**
   * The ids that may come next in a row, as `session.allowed()`; `null` outside a span.
   * @throws TypeError, RangeError for `row`
   * @throws RecallError `CLOSED` where the row's session was closed
   */
  allowed(row: number): Int32Array | null {
    return this.#sessions[this.#expectRow("row", row)].allowed();
  }

  /**
   * Masks the rows that are in a span, as `session.apply` does. Rows in which every id is allowed, and rows whose
   * session was closed, are left alone.
   * @param logits [size, width], row-major
   * @param width entries per row, at least every row's `vocabSize`
   * @returns how many rows were masked
   * @throws TypeError, RangeError for arguments; nothing is written then
   */
  apply(logits: Float32Array, width: number): number {
    expectInteger("width", width, this.#widestVocabulary(), 2 ** 31);
    const rows = expectRow("logits", logits, this.size * width);
    let masked = 0;
    this.#sessions.forEach((session, row) => {
      if (session.usable && session.apply(rows.subarray(row * width, (row + 1) * width))) masked++;
    });
    return masked;
  }

  /**
   * Writes every row's bitmask, as `session.fillBitmask` does; all ones where the row's session was closed.
   * @param words [size, wordsPerRow], row-major
   * @param wordsPerRow words per row, at least `ceil(vocabSize / 32)` for every row's `vocabSize`
   * @returns per row whether its mask needs applying
   * @throws TypeError, RangeError for arguments; nothing is written then
   */
  fillBitmask(words: Int32Array, wordsPerRow: number): boolean[] {
    expectInteger("wordsPerRow", wordsPerRow, bitmaskWords(this.#widestVocabulary()), 2 ** 31);
    const rows = expectWords("words", words, this.size * wordsPerRow);
    return this.#sessions.map((session, row) => {
      const mask = rows.subarray(row * wordsPerRow, (row + 1) * wordsPerRow);
      if (session.usable) return session.fillBitmask(mask);
      mask.fill(-1);
      return false;
    });
  }

  #widestVocabulary(): number {
    return this.#sessions.reduce((widest, session) => Math.max(widest, session.vocabSize), 0);
  }

  #expectRow(name: string, row: unknown): number {
    return expectInteger(name, row, 0, this.size);
  }

  /** The entries, each read once: reading an array may run a caller's code, and no row is to be changed before. */
  #readEntries(tokens: unknown): ArrayLike<unknown> {
    if (!isArray(tokens)) return expectInt32Array("tokens", tokens, " or an array of integers");
    this.#expectEntryPerRow(tokens);
    return expectEach("tokens", tokens, (_, token) => token);
  }

  #expectEntryPerRow({ length }: ArrayLike<unknown>): void {
    if (length !== this.size) throw new RangeError(`Expected "tokens" to have ${this.size} entries, one per row`);
  }
}
