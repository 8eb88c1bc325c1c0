import { strict as assert } from "node:assert";
import o200k from "gpt-tokenizer/bpeRanks/o200k_base";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { loadTextEngine } from "../../lib/engine/load-text.js";
import type { EngineTextContext, EngineTextMatcher } from "../../lib/engine/text-engine.js";
import { TokenVocabulary } from "../../lib/entry/index.js";
import { bytesOfRank } from "../wide-tokenizer.js";

export const SPAN_TOKENS = 32;
export const CLOSING = Buffer.from("</recall>");
export const MOST_BYTES = 2 ** 30;

/** The bytes of each token of o200k. */
export const tokens: readonly Uint8Array[] = o200k.map(bytesOfRank);
/** Of all of them. */
export const vocabulary = new TokenVocabulary({ vocabSize: tokens.length, tokenBytes: tokens });
const engine = loadTextEngine("native");

export interface ReadyText {
  readonly context: EngineTextContext;
  /** In a quote of no byte yet. */
  readonly matcher: EngineTextMatcher;
}

/** Text in, index, the set of first tokens: all that comes before the first mask. */
export function getReady(text: Uint8Array): ReadyText {
  const context = engine.createTextContext(vocabulary.table);
  context.append(text, { searchable: true, newRun: true, json: false, edges: null });
  const matcher = context.matcher();
  begin(matcher);
  assert.ok(matcher.allowed().length > 0);
  return { context, matcher };
}

export function begin(matcher: EngineTextMatcher): void {
  matcher.begin({ ranges: null, tag: CLOSING, minBytes: 0, maxBytes: MOST_BYTES });
}

/** The tokens by which the tokenizer writes what stands from a place on: a span. */
export function spanAt(text: string, start: number): number[] {
  return encode(text.slice(start, start + 400), { disallowedSpecial: new Set() }).slice(0, SPAN_TOKENS);
}

/** Quotes a span, asking after each token for what may follow. */
export function walk(matcher: EngineTextMatcher, span: readonly number[]): void {
  begin(matcher);
  for (const token of span) {
    if (!matcher.advance(token)) throw new Error(`Token ${token} of the text was refused`);
    matcher.allowed();
  }
}
