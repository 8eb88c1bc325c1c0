import { readExtracted, type ExtractedQuote } from "../../../lib/extract/extracted-data.js";
import { JsonConstraint } from "../../../lib/extract/json/constraint.js";
import { QuotableDocuments } from "../../../lib/extract/quotes/documents.js";
import { Values } from "../../../lib/extract/texts/values.js";
import { planExtraction } from "../../../lib/schema/extract-plan.js";
import { productiveNodes } from "../../../lib/schema/productive.js";
import type { Snap } from "../../../lib/session/snap-edges.js";
import { TokenVocabulary } from "../../../lib/vocabulary/token-vocabulary.js";
import type { BackendName } from "../../support/backends.js";
import type { Random } from "../../support/random.js";
import { utf8 } from "../../support/text-vocabulary.js";

/** Pieces of JSON text, some of which end a value and go on, and of the documents; a control token. */
const PIECES = [
  ...['",', '","', '"}', '":', '{"', '["', '"]', "],", "},", "}]", "[]", "{}", "true", "false", "null", '"a', '",""'],
  ...["123", "00", "-0", ".5", "e+", "2024", "-01", "T1", "http", "://", ".com", "@x.", "ab", "the ", " of", "\\n"],
  ...['\\"', "\\\\", "\\u00", "1f", "é", "日本", "😀", "\n", "  ", " \n", ',"b"', ':"x', "12:", "::", "It was", ' "'],
];

/** Every byte, and the pieces. */
export const vocabulary = new TokenVocabulary({
  vocabSize: 256 + PIECES.length + 1,
  tokenBytes: [...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)), ...PIECES.map(utf8), null],
});

export interface TestDocument {
  readonly name: string;
  readonly text: string;
}

/** What has to be escaped, characters of all lengths, and white space at all ends. */
export const documents: readonly TestDocument[] = [
  { name: "a", text: '  The "Buyer" pays\r\n\t5 % \\ 10 €,\u0000 says Zoë 👩‍👩‍👧 — “soon”. \n\n   \n' },
  { name: "b", text: "It was the best of times, it was the worst of times.\nIt was the age of wisdom.\n\n" },
  { name: "c", text: " \n " },
  { name: "d", text: "x" },
];

export interface GenerateOptions {
  readonly random: Random;
  readonly backend?: BackendName;
  readonly snap?: Snap;
  readonly documents?: readonly TestDocument[];
  readonly maxQuoteBytes?: number;
  /** Tokens after which the model has little wish but to close what is open. */
  readonly patience?: number;
  /** Is shown the constraint before each token is drawn. */
  readonly onStep?: (constraint: JsonConstraint, written: Uint8Array, allowed: Int32Array) => void;
}

export interface Generated {
  readonly text: string;
  readonly data: unknown;
  readonly quotes: readonly ExtractedQuote[];
}

/**
 * Data that a model without any sense writes under the constraint of a schema.
 * @returns `null` where the documents have nothing to quote
 */
export function generate(schema: unknown, options: GenerateOptions): Generated | null {
  const { snap, backend, maxQuoteBytes = 30, patience = 300, random, onStep } = options;
  const plan = planExtraction(schema);
  const quotable = new QuotableDocuments(options.documents ?? documents, { vocabulary, snap, backend, maxQuoteBytes });
  const isQuotable = quotable.isQuotable.bind(quotable);
  const productive = productiveNodes(plan.nodes, isQuotable);
  if (!productive.has(plan.root)) return null;
  const constraint = new JsonConstraint(plan, new Values(productive, isQuotable), vocabulary, quotable);
  try {
    const written: number[] = [];
    for (let tokens = 0; ; tokens++) {
      written.push(...utf8(constraint.force()));
      if (constraint.isDone) break;
      const allowed = constraint.allowed();
      if (allowed.length === 0) throw new Error(`Nothing may follow ${textOf(written.slice(-200))}`);
      onStep?.(constraint, Uint8Array.from(written), allowed);
      const token = draw(allowed, random, Math.min(0.9, 0.2 + tokens / patience));
      if (!constraint.accept(token)) throw new Error(`Token ${token} is refused after ${textOf(written.slice(-200))}`);
      written.push(...vocabulary.view(token));
      if (tokens > 20 * patience) throw new Error(`There is no end of ${textOf(written.slice(-200))}`);
    }
    const text = textOf(written);
    return { text, ...readExtracted(text, constraint.quotes) };
  } finally {
    constraint.close();
    quotable.close();
  }
}

function textOf(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString();
}

/** Where so many tokens may come, they are text, and what closes an array or an object would be text too. */
const MANY = 50;

/** Any token, or one of those that close something, or begin "null" in place of more. */
function draw(allowed: Int32Array, random: Random, haste: number): number {
  const marks = allowed.length < MANY ? '"]}n' : '"';
  const isClosing = (token: number) => marks.includes(String.fromCharCode(vocabulary.view(token)[0]));
  const closing = random.chance(haste) ? allowed.filter(isClosing) : [];
  return random.pick(closing.length > 0 ? closing : allowed);
}
