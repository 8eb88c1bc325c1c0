import type { RecallSession } from "../../lib/entry/index.js";

/** Everything that a session tells about itself, as plain data. */
export function snapshot(session: RecallSession) {
  const words = new Int32Array(Math.ceil(session.vocabSize / 32) + 1);
  return {
    backend: session.backend,
    contextLength: session.contextLength,
    inSpan: session.inSpan,
    allowed: ids(session.allowed()),
    spans: session.quotes.map((span) => ({
      tokens: ids(span.tokens),
      start: span.start,
      end: span.end,
      open: span.open,
      sources: span.sources(),
    })),
    applies: session.fillBitmask(words),
    words: ids(words),
    draft: ids(session.draft(32)),
    latest: ids(session.draft(32, { choose: "latest" })),
  };
}

/** The ids as a plain array, for comparisons. */
export function ids(values: Int32Array): number[];
export function ids(values: Int32Array | null): number[] | null;
export function ids(values: Int32Array | null): number[] | null {
  return values === null ? null : Array.from(values);
}
