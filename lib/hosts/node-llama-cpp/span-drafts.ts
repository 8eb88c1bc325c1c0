import type { Token } from "node-llama-cpp";
import type { AnySession } from "../shared/any-session.js";
import type { AllowedBias, Raised } from "./allowed-bias.js";
import { DraftProposer } from "../shared/drafts/proposer.js";
import type { DraftSource } from "../shared/drafts/source.js";

/** Tokens for the model to look at in advance, and what may come at each place. */
export interface Draft {
  readonly tokens: readonly Token[];
  /** How many of them, from the first on, all candidates agree on. */
  readonly agreed: number;
  /** At index i, what is allowed after the first i tokens: one more than there are tokens. */
  readonly allowed: readonly Raised[];
}

/** Drafts how an open quote may go on, and learns from what the model makes of it. */
export class SpanDrafts {
  readonly #session: AnySession;
  readonly #bias: AllowedBias;
  readonly #proposer: DraftProposer;

  /** @param most no draft is longer; at least 1 */
  constructor(session: AnySession, bias: AllowedBias, source: DraftSource, most: number) {
    this.#session = session;
    this.#bias = bias;
    this.#proposer = new DraftProposer(source, most);
  }

  /** A draft of what the open quote goes on with: at most `room` tokens, perhaps none. */
  propose(room: number): Draft {
    const { tokens, agreed } = this.#proposer.propose(room, false);
    return this.#allow(
      Array.from(tokens, (id) => id as Token),
      agreed,
    );
  }

  /** How many tokens of a draft the model chose too. */
  learn(draft: Draft, accepted: number): void {
    this.#proposer.learn(draft, draft.tokens.length, accepted);
  }

  /** The draft as far as it can be accepted and leaves the span open; the session ends as it was. */
  #allow(tokens: readonly Token[], agreed: number): Draft {
    const session = this.#session;
    const allowed = [this.#raised()];
    let accepted = 0;
    try {
      for (const token of tokens) {
        const state = session.tryAccept(token);
        if (state === "inside" || state === "closed") accepted++;
        if (state !== "inside") break;
        allowed.push(this.#raised());
      }
    } finally {
      session.rollback(accepted);
    }
    const drafted = tokens.slice(0, allowed.length - 1);
    return { tokens: drafted, agreed: Math.min(agreed, drafted.length), allowed };
  }

  #raised(): Raised {
    return this.#bias.inSpan(this.#session.allowed()!);
  }
}
