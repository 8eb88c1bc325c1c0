import { RecallTextContext, RecallTextSession, TokenVocabulary } from "../../../lib/entry/index.js";
import type { Snap } from "../../../lib/session/snap-edges.js";
import { definedEdges } from "../../oracle/snap-edges.js";
import { type TextOptions, TextSessionOracle } from "../../oracle/text/session.js";
import type { Backend } from "../token-mode/duel.js";
import {
  type Append,
  appendOptions,
  type CommonOperation,
  draftOf,
  type Outcome,
  outcome,
  performAlike,
} from "../operations.js";

/** One verb with its arguments, as plain data. */
export type TextOperation = CommonOperation | { verb: "beginSpan"; segments?: string[]; end?: string };

/** How the sessions of a scenario are made. */
export interface TextSetup {
  tokens: number[][];
  /** `null`: no tag. */
  startTag: string | null;
  endTag: string | null;
  maxSpanBytes: number;
  minSpanBytes: number;
  maxContextBytes?: number;
  recallGenerated: boolean;
  json: boolean;
  snap: Snap | null;
  /** The appends of a frozen context that the sessions share; null: they share none. */
  context: Append[] | null;
}

/** A session of each backend and their oracle, all in what should be the same state. */
interface Trio {
  oracle: TextSessionOracle;
  sessions: RecallTextSession[];
}

/** The same operations on every backend and on the oracle, compared after each. */
export class TextDuel {
  private readonly trios: Trio[] = [];
  private readonly contexts: RecallTextContext[] = [];
  private readonly base: TextSessionOracle | undefined;
  private readonly vocabulary: TokenVocabulary;
  private readonly options: TextOptions;
  private steps = 0;

  constructor(
    private readonly setup: TextSetup,
    private readonly backends: readonly Backend[],
  ) {
    this.options = oracleOptions(setup);
    const { tokens, json, snap, context } = setup;
    this.vocabulary = new TokenVocabulary({
      vocabSize: tokens.length,
      tokenBytes: (id) => (tokens[id]!.length === 0 ? null : Uint8Array.from(tokens[id]!)),
    });
    if (context) {
      this.base = new TextSessionOracle({ ...this.options, maxContextBytes: undefined });
      for (const append of context) this.base.append(append.tokens, append);
      for (const backend of backends) {
        const shared = new RecallTextContext({ vocabulary: this.vocabulary, json, ...(snap && { snap }), backend });
        for (const append of context) shared.append(Uint8Array.from(append.tokens), appendOptions(append));
        this.contexts.push(shared.freeze());
      }
    }
    this.trios.push(this.open());
  }

  get count(): number {
    return this.trios.length;
  }

  oracle(on: number): TextSessionOracle {
    return this.trios[on % this.trios.length]!.oracle;
  }

  sessions(on: number): readonly RecallTextSession[] {
    return this.trios[on % this.trios.length]!.sessions;
  }

  /** How the sessions differ from their oracle, or null. */
  difference(on: number): string | null {
    const { oracle, sessions } = this.trios[on % this.trios.length]!;
    return sessions.map((session) => this.differentState(oracle, session)).find((found) => found !== null) ?? null;
  }

  /** Performs the operation on every side. Returns how the sides differ, or null, and what the oracle said. */
  step(on: number, operation: TextOperation): { mismatch: string | null; outcome: Outcome } {
    this.steps++;
    const trio = this.trios[on % this.trios.length]!;
    const { inSpan } = trio.oracle;
    const expected = outcome(() => performOnOracle(operation, trio.oracle));
    let mismatch: string | null = null;
    const isGenerated = operation.verb === "accept" || operation.verb === "acceptAll";
    const closes = isGenerated && inSpan && !trio.oracle.inSpan;
    trio.sessions.forEach((session, index) => {
      const actual = outcome(() => performOnSession(operation, session));
      const found =
        differ("the verb", actual, expected) ??
        this.differentState(trio.oracle, session) ??
        (closes ? this.brokenText(trio.oracle) : null);
      if (found) mismatch ??= `${this.backends[index]}: ${found}`;
    });
    let added: Trio | null = null;
    if (operation.verb === "fork") {
      added = { oracle: trio.oracle.fork(), sessions: trio.sessions.map((session) => session.fork()) };
    } else if (operation.verb === "open") {
      added = this.open();
    } else if (operation.verb === "close" && this.trios.length > 1) {
      this.trios.splice(this.trios.indexOf(trio), 1);
      for (const session of trio.sessions) session.close();
    }
    if (added) {
      this.trios.push(added);
      for (const [index, session] of added.sessions.entries()) {
        const found = this.differentState(added.oracle, session);
        if (found) mismatch ??= `${this.backends[index]}, the new session: ${found}`;
      }
    }
    return { mismatch, outcome: expected };
  }

  close(): void {
    for (const { sessions } of this.trios) for (const session of sessions) session.close();
    for (const context of this.contexts) context.close();
  }

  private open(): Trio {
    const { startTag, endTag, maxSpanBytes, minSpanBytes, maxContextBytes, recallGenerated, json, snap } = this.setup;
    const own = { startTag, endTag, maxSpanBytes, minSpanBytes, recallGenerated };
    const limited = { ...own, ...(maxContextBytes !== undefined && { maxContextBytes }) };
    const sessions = this.backends.map((backend, index) => {
      const context = this.contexts[index];
      if (context) return new RecallTextSession({ ...limited, context });
      return new RecallTextSession({ ...limited, vocabulary: this.vocabulary, json, ...(snap && { snap }), backend });
    });
    sessions.forEach(({ backend }, index) => {
      if (backend !== this.backends[index]) throw new Error(`${this.backends[index]} was asked for, not ${backend}`);
    });
    return { oracle: this.base?.share(this.options) ?? new TextSessionOracle(this.options), sessions };
  }

  private differentState(oracle: TextSessionOracle, session: RecallTextSession): string | null {
    const allowed = oracle.allowed();
    const actual = session.allowed();
    // One id of all, and one of those that are allowed.
    const probes = [(this.steps * 7919) % this.options.tokens.length];
    if (allowed?.length) probes.push(allowed[this.steps % allowed.length]!);
    const verdicts = probes.map((token) => allowed === null || allowed.includes(token));
    const spans = oracle.spans.map((span) => ({ ...span, text: this.textOf(span) }));
    const last = spans.length - 1;
    return (
      differ("inSpan", session.inSpan, oracle.inSpan) ??
      differ("contextLength", session.contextLength, oracle.length) ??
      differ("allowed()", actual && Array.from(actual), allowed) ??
      differ(
        `allows of ${probes.join(" and ")}`,
        probes.map((token) => session.allows(token)),
        verdicts,
      ) ??
      differ("bitmask", this.bitmask(session), bits(allowed, this.options.tokens.length)) ??
      differ(
        "spans",
        session.quotes.map(({ bytes, start, end, open, text }, index) => {
          return { bytes: Array.from(bytes), start, end, open, text: spans[index]?.text === null ? null : text };
        }),
        spans,
      ) ??
      (last < 0 ? null : differ("sources", session.quotes[last]!.sources(), oracle.sources(last, 16)))
    );
  }

  private bitmask(session: RecallTextSession): { applies: boolean; words: number[] } {
    const words = new Int32Array(Math.ceil(this.options.tokens.length / 32) + 1).fill(0x5a5a5a5a);
    const applies = session.fillBitmask(words);
    return { applies, words: Array.from(words) };
  }

  /** In JSON mode what a closing tag ends is all of a JSON string, whatever was cut before. */
  private brokenText({ spans }: TextSessionOracle): string | null {
    const last = spans.at(-1)!;
    return this.textOf(last) === null ? `${JSON.stringify(last.bytes)} is quoted, which is no JSON` : null;
  }

  /** A quote's text; `null` where it is a piece of JSON that is not a string by itself. */
  private textOf({ bytes, open }: { bytes: number[]; open: boolean }): string | null {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const text = decoder.decode(Uint8Array.from(bytes), { stream: open });
    if (!this.setup.json) return text;
    try {
      return JSON.parse(`"${text}"`) as string;
    } catch {
      return null;
    }
  }
}

function oracleOptions(setup: TextSetup): TextOptions {
  const { tokens, startTag, endTag, maxSpanBytes, minSpanBytes, maxContextBytes, recallGenerated, json, snap } = setup;
  return {
    tokens,
    startTag: startTag === null ? null : bytesOf(startTag),
    endTag: bytesOf(endTag ?? ""),
    maxSpanBytes,
    minSpanBytes,
    ...(maxContextBytes !== undefined && { maxContextBytes }),
    recallGenerated,
    json,
    snapEdges: snap && ((text) => definedEdges(text, snap)),
  };
}

export function bytesOf(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

function performOnOracle(operation: TextOperation, oracle: TextSessionOracle): unknown {
  switch (operation.verb) {
    case "append":
      return oracle.append(operation.tokens, operation);
    case "beginSpan": {
      const { segments, end } = operation;
      return oracle.beginSpan({ ...(segments && { segments }), ...(end !== undefined && { end: bytesOf(end) }) });
    }
    case "draft":
      return oracle.draft(operation.max, operation.latest);
    case "sources":
      return oracle.spans.length && oracle.sources(operation.span % oracle.spans.length, operation.limit);
    default:
      return performAlike(operation, oracle);
  }
}

function performOnSession(operation: TextOperation, session: RecallTextSession): unknown {
  switch (operation.verb) {
    case "append":
      session.append(Uint8Array.from(operation.tokens), appendOptions(operation));
      return undefined;
    case "beginSpan": {
      const { segments, end } = operation;
      return session.beginSpan({ ...(segments && { segments }), ...(end !== undefined && { end }) });
    }
    case "draft":
      return draftOf(session, operation);
    case "sources": {
      const { quotes } = session;
      return quotes.length && quotes[operation.span % quotes.length]!.sources({ limit: operation.limit });
    }
    default:
      return performAlike(operation, session);
  }
}

function bits(allowed: readonly number[] | null, vocabSize: number): { applies: boolean; words: number[] } {
  const words = new Array<number>(Math.ceil(vocabSize / 32) + 1).fill(allowed === null ? -1 : 0);
  for (const token of allowed ?? []) words[token >> 5]! |= 1 << (token % 32);
  return { applies: allowed !== null, words };
}

export function differ(what: string, actual: unknown, expected: unknown): string | null {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  return left === right ? null : `${what} is ${left.slice(0, 400)}, expected ${right.slice(0, 400)}`;
}
