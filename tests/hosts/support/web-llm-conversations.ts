/**
 * Lets web-llm's pipeline quote at random and compares every step with the definition of the mode: in Node, and in a
 * browser.
 */

import { tokenBytesOfTokenizerJson } from "../../../lib/entry/index.js";
import { RecallLogitProcessor, type QuotableDocument, type RecallSource } from "../../../lib/entry/web-llm.js";
import { Random } from "../../support/random.js";
import { byteString, textOf, TextQuoting } from "./text-quoting.js";
import { TagWishes } from "./tag-wishes.js";
import { TokenQuoting } from "./token-quoting.js";
import { WebLlmPipeline } from "./web-llm-pipeline.js";

export interface NamedText {
  name: string;
  text: string;
}

export interface Conversation {
  tokenizerJson: unknown;
  documents: readonly NamedText[];
  /** The model's `vocab_size`. */
  width: number;
  seed: number;
  steps: number;
  /** Every so many steps the whole row is compared, not the sampled token alone. */
  rowEvery: number;
}

/** A quote, and all the places it is said to come from. */
export interface QuoteReport {
  /** A character per byte: in token mode a quote may begin and end inside a character. */
  bytes: string;
  sources: RecallSource[];
}

export interface ConversationReport {
  backend: string;
  /** Rows that were masked; of these, how many were compared as a whole. */
  masked: number;
  comparedRows: number;
  quotes: QuoteReport[];
}

const MASKED = Math.fround(-1e30);

/** Quotes between tags. */
export function converseInText(options: Conversation): ConversationReport {
  const { tokenizerJson, documents, width, steps, rowEvery } = options;
  const tokens = tokenBytesOfTokenizerJson(tokenizerJson).map((bytes) => byteString(bytes ?? new Uint8Array(0)));
  const recall = new RecallLogitProcessor({ tokenizerJson, documents, mode: "text", recallGenerated: false });
  const random = new Random(options.seed);
  const pipeline = new WebLlmPipeline(recall, { ids: tokens.length, width }, random);
  const truth = new TextQuoting(documents.map(({ text }) => text));
  const wishes = new TagWishes(tokens, random);
  let [masked, comparedRows] = [0, 0];
  for (let step = 0; step < steps; step++) {
    const wasInSpan = truth.inSpan;
    const { token, before, sampled } = pipeline.step(wishes.next(truth));
    if (!truth.allows(tokens[token])) throw new Error(`Step ${step}: token ${token} does not go on with a quote`);
    if (wasInSpan) masked++;
    if (step % rowEvery === 0) {
      comparedRows++;
      compareRow(before, sampled.subarray(0, tokens.length), (id) => truth.allows(tokens[id]));
      if (wasInSpan) compareRow(before, sampled, (id) => id < tokens.length && truth.allows(tokens[id]));
    }
    truth.accept(tokens[token]);
  }
  const quotes = recall.quotes.filter(({ open }) => !open);
  expectEqual(
    quotes.map(({ text }) => text),
    truth.quotes.map(textOf),
  );
  return {
    backend: recall.session.backend,
    masked,
    comparedRows,
    quotes: quotes.map((span) => ({ bytes: byteString(span.bytes!), sources: span.sources({ limit: 1000 }) })),
  };
}

export interface TokenConversation extends Conversation {
  encode: (text: string) => number[];
  /** Whether the processor is given the documents' tokens, or their text and `encode`. */
  asTokens: boolean;
}

/** Quotes between the tokens `<|start_recall|>` and `<|end_recall|>`. */
export function converseInTokens(options: TokenConversation): ConversationReport {
  const { tokenizerJson, width, steps, rowEvery, encode } = options;
  const tokenBytes = tokenBytesOfTokenizerJson(tokenizerJson);
  const encoded = options.documents.map(({ name, text }) => ({ name, tokens: encode(text) }));
  const documents: readonly QuotableDocument[] = options.asTokens ? encoded : options.documents;
  const recall = new RecallLogitProcessor({
    ...{ tokenizerJson, documents, encode, mode: "token" as const },
    ...{ recallGenerated: false, maxSpanTokens: 12 },
  });
  const random = new Random(options.seed);
  const pipeline = new WebLlmPipeline(recall, { ids: tokenBytes.length, width }, random);
  const { startTokenId: start, endTokenId: end } = recall.session as { startTokenId: number; endTokenId: number };
  const truth = new TokenQuoting(
    encoded.map(({ tokens }) => tokens),
    { start, end },
    12,
  );
  let [masked, comparedRows] = [0, 0];
  for (let step = 0; step < steps; step++) {
    const wished = truth.inSpan ? (random.chance(0.15) ? end : undefined) : random.chance(0.9) ? start : undefined;
    const allowed = truth.allowed();
    const { token, before, sampled } = pipeline.step(wished);
    if (allowed?.has(token) === false) throw new Error(`Step ${step}: token ${token} does not go on with a quote`);
    if (allowed !== null) masked++;
    if (step % rowEvery === 0) {
      comparedRows++;
      compareRow(before, sampled, (id) => allowed?.has(id) !== false);
    }
    truth.accept(token);
  }
  const quotes = recall.quotes.filter(({ open }) => !open);
  const textsOf = (spans: readonly ArrayLike<number>[]) =>
    spans.map((span) => Array.from(span, (id) => byteString(tokenBytes[id]!)).join(""));
  const texts = textsOf(truth.quotes);
  expectEqual(textsOf(quotes.map(({ tokens }) => tokens)), texts);
  return {
    backend: recall.session.backend,
    masked,
    comparedRows,
    quotes: quotes.map((span, i) => ({ bytes: texts[i], sources: span.sources({ limit: 1000 }) })),
  };
}

/** That allowed logits are as they were, and the others masked. */
function compareRow(before: Float32Array, sampled: Float32Array, allows: (id: number) => boolean): void {
  for (let id = 0; id < sampled.length; id++) {
    const expected = allows(id) ? before[id] : MASKED;
    if (sampled[id] !== expected) throw new Error(`Logit ${id} is ${sampled[id]} and should be ${expected}`);
  }
}

function expectEqual(actual: readonly string[], expected: readonly string[]): void {
  const differs = actual.findIndex((text, i) => text !== expected[i]);
  if (actual.length === expected.length && differs === -1) return;
  throw new Error(`Quotes differ from ${differs} on: ${actual.length} and ${expected.length}`);
}

/**
 * That every quote stands in a document, and where it is said to.
 * @returns how many quotes are not empty, and how many sources were looked up
 */
export function checkQuotes(
  quotes: readonly QuoteReport[],
  documents: readonly NamedText[],
): { found: number; sources: number } {
  const files = new Map(documents.map(({ name, text }) => [name, byteString(new TextEncoder().encode(text))]));
  const counts = { found: 0, sources: 0 };
  for (const { bytes, sources } of quotes) {
    if (bytes === "") continue;
    if (![...files.values()].some((file) => file.includes(bytes))) throw new Error(`No document has ${bytes}`);
    if (sources.length === 0) throw new Error(`${bytes} has no source`);
    counts.found++;
    for (const { segment, bytes: [from, to] = [0, 0], lines = [0, 0] } of sources) {
      const file = files.get(segment ?? "")!;
      const lineAt = (at: number) => file.slice(0, at).split("\n").length;
      if (file.slice(from, to) !== bytes) throw new Error(`${bytes} is not at ${from} of ${segment}`);
      if (lines[0] !== lineAt(from) || lines[1] !== lineAt(to - 1))
        throw new Error(`${from} is not in line ${lines[0]}`);
      counts.sources++;
    }
  }
  return counts;
}
