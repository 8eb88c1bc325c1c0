import type { AnySession } from "../../hosts/shared/any-session.js";
import { draftSource } from "../../hosts/shared/drafts/source.js";
import { DraftProposer } from "../../hosts/shared/drafts/proposer.js";
import type { Constraint } from "../language-model.js";
import { startConstrainedSession, type SessionHost } from "./constrained-session.js";

/** Tokens to look at in advance, and what may come at each place. */
export interface FollowedDraft {
  readonly tokens: readonly number[];
  /** How many of them, from the first on, all candidates agree on. */
  readonly agreed: number;
  /** At index i, what is allowed after the first i tokens: one more than there are tokens. */
  readonly allowed: readonly Int32Array[];
}

/** Drafts are no longer than this. */
const MOST_DRAFTED = 32;

/** Follows what a sequence generates under a constraint with a session: says what may come, and goes back with it. */
export class QuoteFollower {
  readonly constraint: Constraint;
  readonly #session: AnySession;
  readonly #drafts: DraftProposer;
  /** Position in the sequence of the first token that is followed. */
  readonly #start: number;
  /** The session's length at the start, and after each token since. */
  readonly #lengths: number[];

  /** @throws as {@link startConstrainedSession} */
  constructor(constraint: Constraint, host: SessionHost, start: number) {
    this.constraint = constraint;
    this.#session = startConstrainedSession(constraint, host);
    this.#drafts = new DraftProposer(draftSource(this.#session, host.vocabulary, host.tokenize), MOST_DRAFTED);
    this.#start = start;
    this.#lengths = [this.#session.contextLength];
  }

  get inSpan(): boolean {
    return this.#session.inSpan;
  }

  /** The ids that may come next, ascending; `null`: all. A copy. */
  allowed(): Int32Array | null {
    return this.#session.allowed();
  }

  /** @throws RecallError `TOKEN_NOT_ALLOWED`; nothing is changed then */
  accept(token: number): void {
    this.#session.accept(token);
    this.#lengths.push(this.#session.contextLength);
  }

  /** Something else was read: an open quote ends before it. */
  passOver(count: number): void {
    if (this.#session.inSpan) this.#session.endSpan();
    for (let i = 0; i < count; i++) this.#lengths.push(this.#session.contextLength);
  }

  /** The sequence goes back to its first `length` tokens; returns whether any of what was followed is left. */
  truncate(length: number): boolean {
    const kept = length - this.#start;
    if (kept < 0) return false;
    if (kept + 1 < this.#lengths.length) {
      this.#lengths.length = kept + 1;
      this.#session.truncate(this.#lengths[kept]);
    }
    return true;
  }

  /** What the open quote may go on with: at most `room` tokens, none outside one. */
  propose(room: number): FollowedDraft | null {
    if (!this.inSpan) return null;
    const { tokens, agreed } = this.#drafts.propose(room, false);
    return this.#allow([...tokens], agreed);
  }

  /** How many tokens of a draft the model chose too. */
  learn(draft: FollowedDraft, accepted: number): void {
    this.#drafts.learn(draft, draft.tokens.length, accepted);
  }

  close(): void {
    this.#session.close();
  }

  /** The draft as far as it can be accepted and leaves the span open; the session ends as it was. */
  #allow(tokens: readonly number[], agreed: number): FollowedDraft {
    const session = this.#session;
    const allowed = [session.allowed()!];
    let accepted = 0;
    try {
      for (const token of tokens) {
        const state = session.tryAccept(token);
        if (state === "inside" || state === "closed") accepted++;
        if (state !== "inside") break;
        allowed.push(session.allowed()!);
      }
    } finally {
      session.rollback(accepted);
    }
    const drafted = tokens.slice(0, allowed.length - 1);
    return { tokens: drafted, agreed: Math.min(agreed, drafted.length), allowed };
  }
}
