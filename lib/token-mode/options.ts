import {
  COUNT_LIMIT,
  expectBoolean,
  expectFunction,
  expectInteger,
  expectNumber,
  expectOptions,
} from "../base/arguments.js";
import { MAX_CONTEXT_TOKENS, RecallContext } from "./context.js";
import type { Decode } from "../session/quote.js";
import type { SpanLimits } from "./open-span.js";
import { TokenSequence } from "./sequence.js";
import { checkInheritedSetup, checkTokenSetup, type TokenSetup, type TokenSetupOptions } from "./setup.js";

/** Longest span unless a session says otherwise. */
const DEFAULT_MAX_SPAN_TOKENS = 128;

interface SessionOnlyOptions {
  /** At this many tokens only the end token is allowed; 128 unless given. */
  maxSpanTokens?: number;
  /** Below this many tokens the end token is withheld, unless it is the only way on; 0 unless given. */
  minSpanTokens?: number;
  /** What masked logits are set to, as a 32-bit float; `-Infinity` unless given. */
  maskValue?: number;
  /** Whether generated tokens may be quoted too; `true` unless given, and `false` with `snap`. */
  recallGenerated?: boolean;
  /** The sequence may not grow past this many tokens; 2^30 unless given. */
  maxContextTokens?: number;
  /** Says what tokens are as text, such as a tokenizer's `decode`: with it, quotes have `text`. */
  decode?: Decode;
}

/** Options of a session with a context of its own. */
interface OwnContextOptions extends TokenSetupOptions, SessionOnlyOptions {
  context?: undefined;
}

/** Options of a session on a shared context; it inherits the context's vocabulary, delimiters, barriers and backend. */
interface SharedContextOptions extends Partial<TokenSetupOptions>, SessionOnlyOptions {
  /** A frozen context to build on. */
  context: RecallContext;
}

/** Options of {@link RecallSession}. */
export type RecallSessionOptions = OwnContextOptions | SharedContextOptions;

/** A session's options, checked. */
export interface TokenSettings extends SpanLimits {
  readonly setup: TokenSetup;
  readonly maskValue: number;
  readonly recallGenerated: boolean;
  readonly maxContextTokens: number;
  readonly decode: Decode | undefined;
  /** Tokens and segments that the session was built on: `reset` returns to them. */
  readonly base: { readonly length: number; readonly segments: number };
}

/** Checks a session's options and makes the sequence it starts with; all options are read before that. */
export function startSession(options: RecallSessionOptions): { settings: TokenSettings; sequence: TokenSequence } {
  const given = expectOptions<RecallSessionOptions>("options", options);
  const { recallGenerated: recall, ...limits } = checkSessionOptions(given);
  const context: unknown = given.context;
  const { setup, sequence } = context === undefined ? ownContext(given) : sharedContext(given, context);
  const base = { length: sequence.length, segments: sequence.segments.count };
  const snaps = setup.snap !== undefined;
  try {
    if (snaps && recall === true) throw new RangeError('Expected "recallGenerated" to be false with "snap"');
    expectInteger("maxContextTokens", limits.maxContextTokens, base.length, MAX_CONTEXT_TOKENS + 1);
  } catch (error) {
    sequence.close();
    throw error;
  }
  return { settings: { ...limits, recallGenerated: recall ?? !snaps, snaps, setup, base }, sequence };
}

function checkSessionOptions(options: SessionOnlyOptions) {
  const { minSpanTokens = 0, maskValue = -Infinity, recallGenerated, decode } = options;
  const { maxContextTokens = MAX_CONTEXT_TOKENS, maxSpanTokens = DEFAULT_MAX_SPAN_TOKENS } = options;
  expectInteger("maxSpanTokens", maxSpanTokens, 1, COUNT_LIMIT);
  return {
    maxSpanTokens,
    minSpanTokens: expectInteger("minSpanTokens", minSpanTokens, 0, maxSpanTokens + 1),
    maskValue: expectNumber("maskValue", maskValue, -Infinity, Infinity),
    recallGenerated: recallGenerated === undefined ? undefined : expectBoolean("recallGenerated", recallGenerated),
    maxContextTokens: expectInteger("maxContextTokens", maxContextTokens, 0, MAX_CONTEXT_TOKENS + 1),
    decode: decode === undefined ? undefined : expectFunction("decode", decode),
  };
}

function ownContext(options: Partial<TokenSetupOptions>): { setup: TokenSetup; sequence: TokenSequence } {
  const setup = checkTokenSetup(options);
  const { engine, vocabSize, barriers } = setup;
  return { setup, sequence: new TokenSequence(engine.createContext({ vocabSize, barriers })) };
}

function sharedContext(options: Partial<TokenSetupOptions>, context: unknown) {
  if (!RecallContext.is(context)) throw new TypeError('Expected "context" to be a RecallContext');
  const { setup } = context;
  checkInheritedSetup(options, setup);
  return { setup, sequence: context.share() };
}
