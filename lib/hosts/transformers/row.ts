import { RecallError } from "../../base/errors.js";
import type { AnySession } from "../shared/any-session.js";
import type { HostHistory } from "../shared/following.js";
import type { PaddingIds } from "../shared/padding-ids.js";

/** What a row of a batch needs to know of the batch's tokenizer. */
export interface RowOptions {
  /** Before a row's first token, this one is padding. */
  readonly padTokenId: number | undefined;
  /** With these tokens a row of several ends, while others go on. */
  readonly eosTokenIds: ReadonlySet<number>;
  /** What the model's rows have beyond the tokenizer's ids. */
  readonly paddingIds: PaddingIds;
}

/**
 * One row of a batch: a session, kept in step with the row's token ids. `generate` appends what it samples to the very
 * array that it hands to logits processors, so that the last token of all is there to be read afterwards.
 */
export class Row {
  readonly #session: AnySession;
  readonly #history: HostHistory;
  readonly #options: RowOptions;
  /** The host's array, padding included; `null` where there is none to follow. */
  #ids: readonly bigint[] | null = null;
  /** So many of its ids have been seen. */
  #seen = 0;
  /** Whether the host was told what may come next, and has not said yet what came. */
  #awaits = false;
  #isOneOfSeveral = false;
  #hasEnded = false;

  constructor(session: AnySession, history: HostHistory, options: RowOptions) {
    this.#session = session;
    this.#history = history;
    this.#options = options;
  }

  /**
   * The session, with all that the host has generated so far.
   * @throws RecallError `NOT_ENFORCED` where the host has since sampled a token that was not allowed
   */
  get session(): AnySession {
    this.#readSampled();
    return this.#session;
  }

  /** Whether `ids` are those that were seen last, and one more. */
  isFollowedBy(ids: readonly bigint[]): boolean {
    const known = this.#ids;
    return known !== null && ids.length === this.#seen + 1 && startsWith(ids, known, this.#seen);
  }

  /** Whether `ids` come where those of this row and one more are due, and are other ones. */
  isReplacedBy(ids: readonly bigint[]): boolean {
    return this.#awaits && ids !== this.#ids && ids.length === this.#seen + 1 && !this.isFollowedBy(ids);
  }

  /**
   * Brings the session to what comes before the next token.
   * @param isOneOfSeveral whether the host goes on with this row when it has ended, until the others have
   * @throws RecallError `NOT_ENFORCED`, `CONTEXT_FULL`, and `SEGMENT_UNKNOWN` for a document that is not in the prompt
   */
  follow(ids: readonly bigint[], isOneOfSeveral: boolean): void {
    if (ids !== this.#ids) {
      this.#readSampled();
      // A host that copies its ids for each step has just told what it sampled.
      if (this.#awaits && this.isFollowedBy(ids)) this.#ids = ids;
      else this.#start(ids);
    }
    this.#isOneOfSeveral = isOneOfSeveral;
    this.#readSampled();
  }

  /** Masks a row of logits, once the session is where they come from. */
  mask(logits: Float32Array): void {
    if (this.#hasEnded) return;
    this.#session.apply(logits);
    this.#awaits = true;
  }

  close(): void {
    this.#session.close();
  }

  /** A prompt, or what a conversation goes on with. */
  #start(ids: readonly bigint[]): void {
    const { padTokenId, paddingIds } = this.#options;
    let padding = 0;
    while (padding < ids.length && Number(ids[padding]) === padTokenId) padding++;
    this.#ids = null;
    const read = Array.from(ids.slice(padding), (id) => paddingIds.forSession(Number(id)));
    this.#history.align(read, false);
    this.#ids = ids;
    this.#seen = ids.length;
    this.#awaits = this.#hasEnded = false;
  }

  #readSampled(): void {
    const ids = this.#ids;
    if (ids === null || this.#hasEnded) return;
    while (this.#seen < ids.length && !this.#hasEnded) {
      const token = Number(ids[this.#seen]);
      this.#accept(token);
      this.#seen++;
      this.#awaits = false;
      this.#hasEnded = this.#isOneOfSeveral && this.#options.eosTokenIds.has(token);
    }
  }

  #accept(token: number): void {
    const known = this.#options.paddingIds.forSession(token);
    try {
      if (!this.#session.allows(known)) throw notEnforced(token);
      this.#history.accept(known);
    } catch (error) {
      // What the host goes on with is not what the session has.
      this.#ids = null;
      throw error;
    }
  }
}

function startsWith(ids: readonly bigint[], start: readonly bigint[], length: number): boolean {
  for (let i = 0; i < length; i++) if (ids[i] !== start[i]) return false;
  return true;
}

function notEnforced(token: number): RecallError {
  return new RecallError(
    "NOT_ENFORCED",
    `The host sampled token ${token}, which does not continue any quote: another logits processor, or the host itself, ` +
      "overrides the recall constraint",
  );
}
