import { strict as assert } from "node:assert";
import { RecallSession } from "../../lib/entry/index.js";
import { ContextOracle, Survivors } from "../../tests/oracle/oracle.js";
import { generator } from "../texts.js";
import { delimiters, tokenText } from "../token-texts.js";

export const SPAN_TOKENS = 32;

export type Backend = "native" | "javascript";

export function wayOf(backend: Backend): string {
  return backend === "native" ? "Verbatim" : "Verbatim in JavaScript";
}

/** A context of a text's first tokens, spans to quote from it, and what the oracle allows in them. */
export class QuotedText {
  readonly tokens: Int32Array;
  readonly startTokenId: number;
  readonly endTokenId: number;
  /** Where spans start: uniform, the same on every machine. */
  readonly starts: readonly number[];
  #candidates: Survivors | undefined;

  constructor(
    readonly text: string,
    readonly length: number,
    readonly vocabulary: number,
  ) {
    this.tokens = tokenText(text, vocabulary).tokens.subarray(0, length);
    [this.startTokenId, this.endTokenId] = delimiters(vocabulary);
    const random = generator(5);
    this.starts = Array.from({ length: 1_000 }, () => Math.floor(random() * (length - SPAN_TOKENS)));
  }

  /** A session over the text; what it generates is not searched, so that every span has the same context. */
  session(backend: Backend): RecallSession {
    const { vocabulary: vocabSize, startTokenId, endTokenId } = this;
    const session = new RecallSession({ vocabSize, startTokenId, endTokenId, backend, recallGenerated: false });
    session.append(this.tokens);
    return session;
  }

  /** The span's first tokens. */
  span(span: number, count: number): Int32Array {
    const start = this.starts[span]!;
    return this.tokens.subarray(start, start + count);
  }

  /** The span's token after k others. */
  token(span: number, k: number): number {
    return this.tokens[this.starts[span % this.starts.length]! + k]!;
  }

  /** The tokens that come after the text. */
  next(count: number): Int32Array[] {
    const { tokens } = tokenText(this.text, this.vocabulary);
    return Array.from({ length: count }, (_, i) => tokens.slice(this.length + i, this.length + i + 1));
  }

  /** Opens a span and accepts its first k tokens. */
  quote(session: RecallSession, span: number, k: number): void {
    session.accept(this.startTokenId);
    for (let depth = 0; depth < k; depth++) session.accept(this.token(span, depth));
  }

  /** What the oracle says of the span's first k tokens. */
  survivors(span: number, k: number): Survivors {
    this.#candidates ??= this.#allCandidates();
    let survivors = this.#candidates;
    for (let depth = 0; depth < k; depth++) survivors = survivors.advance(this.token(span, depth));
    return survivors;
  }

  /** Every id that the oracle allows after the span's first k tokens, ascending. */
  allowed(span: number, k: number): number[] {
    return this.allowedBy(this.survivors(span, k));
  }

  allowedBy(survivors: Survivors): number[] {
    return [...survivors.continuations(), this.endTokenId].sort((a, b) => a - b);
  }

  /** Walks a span in a session that has this context, and compares what each step allows. */
  checkSpan(session: RecallSession, span: number): void {
    const { contextLength } = session;
    session.accept(this.startTokenId);
    let survivors = this.survivors(span, 0);
    for (let k = 0; ; k++) {
      assert.deepEqual(Array.from(session.allowed()!), this.allowedBy(survivors));
      if (k === SPAN_TOKENS) break;
      const token = this.token(span, k);
      session.accept(token);
      survivors = survivors.advance(token);
    }
    session.truncate(contextLength);
  }

  #allCandidates(): Survivors {
    const oracle = new ContextOracle(new Set([this.startTokenId, this.endTokenId]));
    oracle.append(this.tokens, { searchable: true, newRun: true });
    return Survivors.all(oracle, [[0, this.length]]);
  }
}
