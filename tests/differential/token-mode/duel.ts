import { RecallContext, RecallSession } from "../../../lib/entry/index.js";
import { SessionOracle, type SessionOptions } from "../../oracle/session.js";
import {
  type Append,
  appendOptions,
  layoutOf,
  type Operation,
  type Outcome,
  performOnOracle,
  performOnSession,
  type Pieces,
} from "../operations.js";

export type Backend = "native" | "javascript";

/** How the sessions of a scenario are made. */
export interface Setup {
  options: SessionOptions;
  maskValue: number;
  /** What tokens are in the text of documents; null: no document has a text. */
  pieces: Pieces | null;
  /** The appends of a frozen context that the sessions share; null: they share none. */
  context: Append[] | null;
}

/** A session of each backend and their oracle, all in what should be the same state. */
interface Trio {
  oracle: SessionOracle;
  sessions: RecallSession[];
}

/** The same operations on every backend and on the oracle, compared after each. */
export class Duel {
  private readonly trios: Trio[] = [];
  private readonly contexts: RecallContext[] = [];
  private readonly base: SessionOracle | undefined;
  private readonly expectedWords: Int32Array;
  private readonly words: Int32Array;
  private steps = 0;

  constructor(
    private readonly setup: Setup,
    private readonly backends: readonly Backend[],
  ) {
    const { options, context, pieces } = setup;
    // A row wider than the vocabulary: one more word than it needs.
    this.expectedWords = new Int32Array(Math.ceil(options.vocabSize / 32) + 1);
    this.words = new Int32Array(this.expectedWords.length);
    if (context) {
      this.base = new SessionOracle({ ...options, maxContextTokens: undefined });
      for (const append of context) performOnOracle(append, this.base, setup);
      for (const backend of backends) {
        const shared = new RecallContext({ ...this.vocabulary, ...snapOf(options), backend });
        for (const append of context) {
          shared.append(append.tokens, { ...appendOptions(append), ...layoutOf(append, pieces) });
        }
        this.contexts.push(shared.freeze());
      }
    }
    this.trios.push(this.open());
  }

  get count(): number {
    return this.trios.length;
  }

  oracle(on: number): SessionOracle {
    return this.trios[on % this.trios.length]!.oracle;
  }

  sessions(on: number): readonly RecallSession[] {
    return this.trios[on % this.trios.length]!.sessions;
  }

  /** How the sessions differ from their oracle, or null. */
  difference(on: number): string | null {
    const { oracle, sessions } = this.trios[on % this.trios.length]!;
    const found = sessions.map((session) => this.differentState(oracle, session, { verb: "reset" }));
    return found.find((each) => each !== null) ?? null;
  }

  /** Performs the operation on every side. Returns how the sides differ, or null. */
  step(on: number, operation: Operation): { mismatch: string | null; outcome: Outcome } {
    this.steps++;
    const trio = this.trios[on % this.trios.length]!;
    const expected = performOnOracle(operation, trio.oracle, this.setup);
    let mismatch: string | null = null;
    trio.sessions.forEach((session, index) => {
      const actual = performOnSession(operation, session, this.setup.pieces);
      const found = differentOutcome(expected, actual) ?? this.differentState(trio.oracle, session, operation);
      if (found) mismatch ??= `${this.backends[index]}: ${found}`;
    });
    if (!mismatch && operation.verb === "fork") {
      const copy = { oracle: trio.oracle.fork(), sessions: trio.sessions.map((session) => session.fork()) };
      this.trios.push(copy);
      mismatch = this.differentTrio(copy, operation);
    } else if (!mismatch && operation.verb === "open") {
      const fresh = this.open();
      this.trios.push(fresh);
      mismatch = this.differentTrio(fresh, operation);
    } else if (operation.verb === "close" && this.trios.length > 1) {
      this.trios.splice(this.trios.indexOf(trio), 1);
      for (const session of trio.sessions) session.close();
    }
    return { mismatch, outcome: expected };
  }

  close(): void {
    for (const { sessions } of this.trios) for (const session of sessions) session.close();
    for (const context of this.contexts) context.close();
  }

  private get vocabulary(): Pick<SessionOptions, "vocabSize" | "startTokenId" | "endTokenId"> & {
    barrierTokenIds: number[];
  } {
    const { vocabSize, startTokenId, endTokenId, barrierTokenIds } = this.setup.options;
    return { vocabSize, startTokenId, endTokenId, barrierTokenIds: [...barrierTokenIds] };
  }

  private open(): Trio {
    const { options, maskValue } = this.setup;
    const { maxSpanTokens, minSpanTokens, recallGenerated, maxContextTokens } = options;
    const sessions = this.backends.map((backend, index) => {
      const context = this.contexts[index];
      return new RecallSession({
        ...this.vocabulary,
        maxSpanTokens,
        minSpanTokens,
        recallGenerated,
        maskValue,
        backend,
        ...snapOf(options),
        ...(maxContextTokens !== undefined && { maxContextTokens }),
        ...(context && { context }),
      });
    });
    return { oracle: new SessionOracle(options, this.base), sessions };
  }

  private differentTrio({ oracle, sessions }: Trio, operation: Operation): string | null {
    for (const [index, session] of sessions.entries()) {
      const found = this.differentState(oracle, session, operation);
      if (found) return `${this.backends[index]}, the new session: ${found}`;
    }
    return null;
  }

  private differentState(oracle: SessionOracle, session: RecallSession, operation: Operation): string | null {
    if (session.inSpan !== oracle.inSpan) return `inSpan is ${session.inSpan}, expected ${oracle.inSpan}`;
    if (session.contextLength !== oracle.length) {
      return `contextLength is ${session.contextLength}, expected ${oracle.length}`;
    }
    const allowed = oracle.allowed();
    return (
      differentTokens("allowed()", session.allowed(), allowed) ??
      this.differentVerdict(session, allowed) ??
      this.differentBitmask(session, allowed) ??
      this.differentSpans(oracle, session, operation)
    );
  }

  /** `allows` of one id, a different one at every step. */
  private differentVerdict(session: RecallSession, allowed: readonly number[] | null): string | null {
    const probes = allowed?.length ? [allowed[this.steps % allowed.length]!] : [];
    for (const token of [...probes, (this.steps * 7919) % this.setup.options.vocabSize]) {
      const expected = allowed === null || allowed.includes(token);
      if (session.allows(token) !== expected) return `allows(${token}) is ${!expected}, expected ${expected}`;
    }
    return null;
  }

  private differentBitmask(session: RecallSession, allowed: readonly number[] | null): string | null {
    this.words.fill(0x5a5a5a5a);
    const applies = session.fillBitmask(this.words);
    if (applies !== (allowed !== null)) return `fillBitmask() returns ${applies}, expected ${!applies}`;
    this.expectedWords.fill(allowed === null ? -1 : 0);
    for (const token of allowed ?? []) this.expectedWords[token >> 5]! |= 1 << (token % 32);
    const word = this.words.findIndex((value, index) => value !== this.expectedWords[index]);
    if (word === -1) return null;
    return `word ${word} of the bitmask is ${this.words[word]}, expected ${this.expectedWords[word]}`;
  }

  /** All spans after a verb that may change old ones; otherwise the latest. */
  private differentSpans(oracle: SessionOracle, session: RecallSession, { verb }: Operation): string | null {
    const { quotes } = session;
    if (quotes.length !== oracle.spanCount) return `there are ${quotes.length} spans, expected ${oracle.spanCount}`;
    const all = verb === "truncate" || verb === "rollback" || verb === "reset" || verb === "fork";
    for (let index = all ? 0 : Math.max(0, quotes.length - 2); index < quotes.length; index++) {
      const expected = oracle.span(index);
      const { tokens, start, end } = quotes[index]!;
      if (start !== expected.start || end !== expected.end) {
        return `span ${index} is at [${start}, ${end}), expected [${expected.start}, ${expected.end})`;
      }
      const found = differentTokens(`the tokens of span ${index}`, tokens, expected.tokens);
      if (found) return found;
    }
    return null;
  }
}

function snapOf({ snap }: SessionOptions): Pick<SessionOptions, "snap"> {
  return snap === undefined ? {} : { snap };
}

function differentOutcome(expected: Outcome, actual: Outcome): string | null {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  return left === right ? null : `the verb ${brief(left)}, expected ${brief(right)}`;
}

function differentTokens(
  what: string,
  actual: ArrayLike<number> | null,
  expected: ArrayLike<number> | null,
): string | null {
  if (sameTokens(actual, expected)) return null;
  const show = (tokens: ArrayLike<number> | null): string =>
    tokens ? `[${brief(Array.from(tokens).join(" "))}]` : "null";
  return `${what} is ${show(actual)}, expected ${show(expected)}`;
}

function sameTokens(actual: ArrayLike<number> | null, expected: ArrayLike<number> | null): boolean {
  if (actual === null || expected === null) return actual === expected;
  let at = 0;
  while (at < expected.length && actual[at] === expected[at]) at++;
  return at === expected.length && actual.length === expected.length;
}

function brief(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)} … (${text.length} characters)`;
}
