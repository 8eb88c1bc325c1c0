import type { EngineTextContext, EngineTextMatcher, TextEngine } from "../../../lib/engine/text-engine.js";
import type { EngineVocabulary } from "../../../lib/engine/token-table.js";
import { beginsCharacter, type ByteRange, type Generated } from "../../oracle/text/oracle.js";
import { QuoteOracle, startsWith, TextContextOracle } from "../../oracle/text/oracle.js";
import { differ } from "../text-mode/duel.js";
import { Trios } from "./trios.js";

/** A byte of an append; with this added to it, a caller's edge is before it; twice: one at which quotes only end. */
export const EDGE = 0x100;

/** One call on the interface of text engines, as plain data. */
export type TextEngineOperation =
  /** `edges`: whether the caller gives edges at all. */
  | { call: "append"; tokens: number[]; edges: boolean; searchable: boolean; newRun: boolean; json: boolean }
  | { call: "truncate"; length: number }
  | { call: "compact" }
  /** A copy of the context joins the contexts of the scenario; or takes its place. */
  | { call: "fork"; replace: boolean }
  | { call: "leave" }
  /** `ranges`: flat, as the interface has them. */
  | { call: "begin"; ranges: number[] | null; tag: number[]; minBytes: number; maxBytes: number }
  | { call: "advance"; token: number }
  | { call: "advanceBytes"; tokens: number[] }
  | { call: "rewind"; depth: number }
  | { call: "draft"; max: number; latest: boolean }
  | { call: "find"; tokens: number[]; ranges: number[] | null; limit: number }
  | { call: "read"; start: number; end: number };

/** What was generated after some pieces, and how long the quote is once it is closed. */
export type Reading = Generated & { closedAt: number };

/** A quote as the oracle sees it: the readings after no piece, after the first … */
export interface OpenQuote {
  oracle: QuoteOracle;
  readings: Reading[];
}

/** One context with its matcher on every engine, and the oracle's view of them. */
export interface TextEngineTrio {
  oracle: TextContextOracle;
  /** Null: the context changed after the last `begin`. */
  quote: OpenQuote | null;
  contexts: EngineTextContext[];
  matchers: EngineTextMatcher[];
}

/** The same calls on every text engine and on the oracle, compared after each. */
export class TextEngineDuel {
  private readonly trios: Trios<TextEngineTrio>;

  constructor(
    private readonly tokens: readonly (readonly number[])[],
    private readonly engines: readonly TextEngine[],
  ) {
    const vocabulary = vocabularyOf(tokens);
    const contexts = engines.map((engine) => engine.createTextContext(vocabulary));
    const matchers = contexts.map((context) => context.matcher());
    this.trios = new Trios<TextEngineTrio>({ oracle: new TextContextOracle(), quote: null, contexts, matchers });
  }

  get count(): number {
    return this.trios.count;
  }

  trio(on: number): TextEngineTrio {
    return this.trios.at(on);
  }

  /** Performs the call on every side. Returns how they differ, or null. */
  step(on: number, operation: TextEngineOperation): string | null {
    const trio = this.trio(on);
    if (operation.call === "fork") return this.fork(trio, operation.replace);
    if (operation.call === "leave") {
      this.trios.leave(trio);
      return null;
    }
    const expected = callOracle(trio, operation, this.tokens);
    for (const [index, engine] of this.engines.entries()) {
      const actual = callEngine(engine, trio.contexts[index]!, trio.matchers[index]!, operation);
      const found = differ(operation.call, actual, expected);
      if (found !== null) return `${engine.name}: ${found}`;
    }
    return this.different(trio);
  }

  close(): void {
    this.trios.close();
  }

  private fork(trio: TextEngineTrio, replace: boolean): string | null {
    const contexts = trio.contexts.map((context) => context.fork());
    const matchers = contexts.map((context) => context.matcher());
    const copy = { oracle: trio.oracle, quote: null, contexts, matchers };
    this.trios.join(copy, trio, replace);
    return this.different(copy) ?? (replace ? null : this.different(trio));
  }

  private different({ oracle, quote, contexts, matchers }: TextEngineTrio): string | null {
    const expected = quote && stateOf(quote, this.tokens);
    for (const [index, { name }] of this.engines.entries()) {
      const found =
        differ("length", contexts[index]!.length, oracle.bytes.length) ??
        (expected === null ? null : differentQuote(matchers[index]!, expected));
      if (found !== null) return `${name}: ${found}`;
    }
    return null;
  }
}

function stateOf(quote: OpenQuote, tokens: readonly (readonly number[])[]) {
  const now = quote.readings.at(-1)!;
  const isText = now.closedAt < 0 && quote.oracle.occurs(now.bytes);
  return {
    depth: quote.readings.length - 1,
    byteLength: now.bytes.length,
    closedAt: now.closedAt,
    mayEnd: isText && quote.oracle.mayEnd(now.bytes),
    allowed: [...tokens.keys()].filter((token) => after(quote, tokens[token]!, tokens) !== null),
  };
}

function differentQuote(matcher: EngineTextMatcher, expected: ReturnType<typeof stateOf>): string | null {
  const { depth, byteLength, closedAt } = matcher;
  const actual = { depth, byteLength, closedAt, mayEnd: matcher.mayEnd(), allowed: [...matcher.allowed()] };
  return differ("the quote", actual, expected);
}

/** The reading after one more piece; null where it is not allowed. */
function after(
  { oracle, readings }: OpenQuote,
  piece: readonly number[],
  tokens: readonly (readonly number[])[],
): Reading | null {
  const now = readings.at(-1)!;
  if (now.closedAt >= 0 || piece.length === 0) return null;
  return oracle.after(now, piece, oracle.leastBytes(now, tokens));
}

function callOracle(
  trio: TextEngineTrio,
  operation: TextEngineOperation,
  tokens: readonly (readonly number[])[],
): unknown {
  switch (operation.call) {
    case "append": {
      trio.quote = null;
      const bytes = operation.tokens.map(byteOf);
      trio.oracle = trio.oracle.with(bytes, {
        ...operation,
        edges: edgesOf(bytes, operation),
        noStart: operation.edges ? operation.tokens.map((place) => place >= 2 * EDGE) : undefined,
      });
      return null;
    }
    case "truncate":
      trio.quote = null;
      trio.oracle = trio.oracle.first(operation.length);
      return null;
    case "compact":
      trio.quote = null;
      return null;
    case "begin": {
      const { tag, minBytes, maxBytes } = operation;
      const oracle = new QuoteOracle(trio.oracle, toRanges(operation.ranges, trio.oracle), tag, minBytes, maxBytes);
      trio.quote = { oracle, readings: [{ bytes: [], tags: [], closedAt: -1 }] };
      return null;
    }
    case "advance":
      return take(trio.quote, tokens[operation.token]!, tokens);
    case "advanceBytes":
      return take(trio.quote, operation.tokens, tokens);
    case "rewind":
      if (trio.quote) trio.quote.readings.length = operation.depth + 1;
      return null;
    case "draft":
      return trio.quote && draftOf(trio.quote, operation, tokens);
    case "find": {
      const everywhere = new QuoteOracle(trio.oracle, toRanges(operation.ranges, trio.oracle), [], 0, Infinity);
      return operation.tokens.length === 0 ? [] : everywhere.places(operation.tokens).slice(0, operation.limit);
    }
    case "read":
      return trio.oracle.bytes.slice(operation.start, operation.end);
    default:
      return null;
  }
}

function take(
  quote: OpenQuote | null,
  piece: readonly number[],
  tokens: readonly (readonly number[])[],
): boolean | null {
  if (quote === null) return null;
  const next = after(quote, piece, tokens);
  if (next !== null) quote.readings.push(next);
  return next !== null;
}

/** The longest tokens of what all candidates agree on, up to the first that would complete the tag. */
function draftOf(
  quote: OpenQuote,
  { max, latest }: { max: number; latest: boolean },
  tokens: readonly (readonly number[])[],
): number[] {
  const draft: number[] = [];
  const ahead: OpenQuote = { oracle: quote.oracle, readings: [...quote.readings] };
  const now = ahead.readings.at(-1)!;
  let agreed = now.closedAt < 0 && quote.oracle.occurs(now.bytes) ? quote.oracle.agreed(now.bytes, latest) : [];
  while (draft.length < max) {
    const fitting = [...tokens.keys()].filter((t) => tokens[t]!.length > 0 && startsWith(agreed, tokens[t]!));
    if (fitting.length === 0) break;
    const token = fitting.reduce((best, each) => (tokens[each]!.length > tokens[best]!.length ? each : best));
    const next = after(ahead, tokens[token]!, tokens);
    if (next === null || next.closedAt >= 0) break;
    ahead.readings.push(next);
    draft.push(token);
    agreed = agreed.slice(tokens[token]!.length);
  }
  return draft;
}

function callEngine(
  engine: TextEngine,
  context: EngineTextContext,
  matcher: EngineTextMatcher,
  operation: TextEngineOperation,
): unknown {
  switch (operation.call) {
    case "append": {
      const { tokens, edges, searchable, newRun, json } = operation;
      const given = edges ? Uint8Array.from(tokens, (place) => Math.floor(place / EDGE)) : null;
      context.append(Uint8Array.from(tokens, byteOf), { searchable, newRun, json, edges: given });
      return null;
    }
    case "truncate":
      context.truncate(operation.length);
      return null;
    case "compact":
      context.compact();
      return null;
    case "begin": {
      const { tag, minBytes, maxBytes } = operation;
      const ranges = operation.ranges && Int32Array.from(operation.ranges);
      matcher.begin({ ranges, tag: Uint8Array.from(tag), minBytes, maxBytes });
      return null;
    }
    case "advance":
      return matcher.advance(operation.token);
    case "advanceBytes":
      return matcher.advanceBytes(Uint8Array.from(operation.tokens));
    case "rewind":
      matcher.rewind(operation.depth);
      return null;
    case "draft":
      return [...matcher.draft(operation.max, operation.latest)];
    case "find": {
      const ranges = operation.ranges && Int32Array.from(operation.ranges);
      return [...engine.findText(context, Uint8Array.from(operation.tokens), ranges, operation.limit)];
    }
    case "read":
      return [...context.read(operation.start, operation.end)];
    default:
      return null;
  }
}

/** Calls that need a matcher that has begun after the context's last change. */
export function needsMatcher({ call }: TextEngineOperation): boolean {
  return call === "advance" || call === "advanceBytes" || call === "rewind" || call === "draft";
}

function byteOf(place: number): number {
  return place % EDGE;
}

/** Before which bytes an edge is: those that begin a character, in JSON mode no byte of an escape but its first. */
function edgesOf(
  bytes: readonly number[],
  { tokens, edges, json }: { tokens: readonly number[]; edges: boolean; json: boolean },
): boolean[] {
  let escapeEnd = 0;
  return bytes.map((byte, at) => {
    const isInEscape = at < escapeEnd;
    if (json && !isInEscape && byte === 0x5c) escapeEnd = at + (bytes[at + 1] === 0x75 ? 6 : 2);
    return beginsCharacter(byte) && !isInEscape && (!edges || tokens[at]! >= EDGE);
  });
}

function toRanges(flat: number[] | null, context: TextContextOracle): ByteRange[] {
  const { length } = context.bytes;
  if (flat === null) return [[0, length]];
  return Array.from({ length: flat.length / 2 }, (_, index): ByteRange => [flat[2 * index]!, flat[2 * index + 1]!]);
}

function vocabularyOf(tokens: readonly (readonly number[])[]): EngineVocabulary {
  const offsets = new Int32Array(tokens.length + 1);
  tokens.forEach((token, i) => (offsets[i + 1] = offsets[i]! + token.length));
  return { vocabSize: tokens.length, offsets, bytes: Uint8Array.from(tokens.flat()) };
}
