import { RecallTextSession, TokenVocabulary, type RecallTextSessionOptions } from "../../lib/entry/index.js";
import type { BackendName } from "./backends.js";

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A vocabulary of these tokens, and the ids of some; `null` is a control token. */
export class Tokens {
  readonly vocabulary: TokenVocabulary;
  readonly #texts: readonly (string | null)[];

  constructor(...texts: (string | null)[]) {
    this.#texts = texts;
    const tokenBytes = texts.map((text) => (text === null ? null : utf8(text)));
    this.vocabulary = new TokenVocabulary({ vocabSize: texts.length, tokenBytes });
  }

  session(backend: BackendName, options: Partial<RecallTextSessionOptions> = {}): RecallTextSession {
    return new RecallTextSession({ vocabulary: this.vocabulary, backend, ...options } as RecallTextSessionOptions);
  }

  id(text: string | null): number {
    const id = this.#texts.indexOf(text);
    if (id === -1) throw new Error(`No token is ${JSON.stringify(text)}`);
    return id;
  }

  ids(...texts: (string | null)[]): number[] {
    return texts.map((text) => this.id(text));
  }

  /** The allowed tokens as text, in the order of their ids; `null` where all are. */
  allowed(session: RecallTextSession): (string | null)[] | null {
    const allowed = session.allowed();
    return allowed === null ? null : Array.from(allowed, (id) => this.#texts[id]);
  }
}

/** Tags whole and in pieces, tokens that go on after a tag, words, and what JSON escapes. */
export const recallTokens = new Tokens(
  ...["<recall>", "</recall>", "<re", "call>", "call>The", "call>Zoo", "x<recall>T", "The", " cat", " sat", "."],
  ...[".</", "recall>", "</recall>!", "t</recall>", "a", "b", "é", "<", "\n", '"', "\\n", "\\", "n", null],
);

/** Accepts tokens of {@link recallTokens} given as text. */
export function say(session: RecallTextSession, ...texts: (string | null)[]): void {
  session.acceptAll(recallTokens.ids(...texts));
}

/** Everything that a session tells about itself, as plain data. */
export function textSnapshot(session: RecallTextSession) {
  const words = new Int32Array(Math.ceil(session.vocabSize / 32) + 1);
  const allowed = session.allowed();
  return {
    backend: session.backend,
    contextLength: session.contextLength,
    inSpan: session.inSpan,
    allowed: allowed === null ? null : Array.from(allowed),
    spans: session.quotes.map((span) => ({
      text: span.text,
      bytes: Array.from(span.bytes),
      start: span.start,
      end: span.end,
      open: span.open,
      sources: span.sources(),
    })),
    applies: session.fillBitmask(words),
    words: Array.from(words),
    draft: Array.from(session.draft(32)),
    latest: Array.from(session.draft(32, { choose: "latest" })),
  };
}
