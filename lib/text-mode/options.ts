import {
  COUNT_LIMIT,
  expectBoolean,
  expectInteger,
  expectNumber,
  expectOptions,
  expectString,
} from "../base/arguments.js";
import { MAX_CONTEXT_BYTES, RecallTextContext } from "./context.js";
import { OpeningTag } from "./opening-tag.js";
import type { TextSpanLimits } from "./open-span.js";
import type { TextSequence } from "./sequence.js";
import { checkInheritedSetup, checkTextSetup, createSequence, type TextSetup, type TextSetupOptions } from "./setup.js";
import { SharedOpenings } from "./shared-openings.js";

/** The tags unless a session says otherwise. */
export const DEFAULT_TAGS = { start: "<recall>", end: "</recall>" } as const;

/** Longest span unless a session says otherwise. */
const DEFAULT_MAX_SPAN_BYTES = 4096;

interface SessionOnlyOptions {
  /**
   * The text that opens a span when it is generated, at most 4,096 bytes; `<recall>` unless given. `null`, in JSON mode
   * the default: none.
   */
  startTag?: string | null;
  /**
   * The text that closes a span, at most 4,096 bytes; `</recall>` unless given, in JSON mode `"`. `null`: only `endSpan`
   * closes.
   */
  endTag?: string | null;
  /** A quote goes no further than the last edge within so many bytes; 4096 unless given. */
  maxSpanBytes?: number;
  /** Below this many bytes the closing tag is withheld, unless it is the only way on; 0 unless given. */
  minSpanBytes?: number;
  /** What masked logits are set to, as a 32-bit float; `-Infinity` unless given. */
  maskValue?: number;
  /** Whether generated text may be quoted too; `true` unless given, and never with `json` or `snap`. */
  recallGenerated?: boolean;
  /** The sequence may not grow past this many bytes; 2^30 unless given. */
  maxContextBytes?: number;
}

/** Options of a session with a context of its own. */
interface OwnContextOptions extends TextSetupOptions, SessionOnlyOptions {
  context?: undefined;
}

/** Options of a session on a shared context; it inherits the context's vocabulary, `json`, `snap` and backend. */
interface SharedContextOptions extends Partial<TextSetupOptions>, SessionOnlyOptions {
  /** A frozen context to build on. */
  context: RecallTextContext;
}

/** Options of {@link RecallTextSession}. */
export type RecallTextSessionOptions = OwnContextOptions | SharedContextOptions;

/** A session's options, checked. */
export interface TextSettings extends TextSpanLimits {
  readonly setup: TextSetup;
  readonly openingTag: OpeningTag | null;
  /** Shared with forks, and with other sessions on the same context that have the same settings. */
  readonly openings: SharedOpenings;
  /** Empty where no tag closes a span. */
  readonly endTag: Uint8Array;
  readonly maskValue: number;
  readonly recallGenerated: boolean;
  readonly maxContextBytes: number;
  /** Bytes and segments that the session was built on: `reset` returns to them. */
  readonly base: { readonly length: number; readonly segments: number };
}

/** Checks a session's options and makes the sequence it starts with; all options are read before that. */
export function startTextSession(options: RecallTextSessionOptions): {
  settings: TextSettings;
  sequence: TextSequence;
} {
  const given = expectOptions<RecallTextSessionOptions>("options", options);
  const limits = checkLimits(given);
  const { startTag, endTag, recallGenerated } = given;
  const context: unknown = given.context;
  const setup = context === undefined ? checkTextSetup(given) : inheritSetup(given, context);
  const tags = checkTags(startTag, endTag, setup);
  const searched = checkRecallGenerated(recallGenerated, setup);
  const sequence = RecallTextContext.is(context) ? context.share() : createSequence(setup);
  const base = { length: sequence.length, segments: sequence.segments.count };
  if (limits.maxContextBytes < base.length) {
    sequence.close();
    expectInteger("maxContextBytes", limits.maxContextBytes, base.length, MAX_CONTEXT_BYTES + 1);
  }
  const settings = { ...limits, ...tags, setup, recallGenerated: searched, base };
  return { settings: { ...settings, openings: shareOpenings(settings, context) }, sequence };
}

/** Tags longer than this are taken for a mistake. */
const MAX_TAG_BYTES = 4096;

/** A tag's bytes. */
export function expectTag(name: string, tag: unknown): Uint8Array {
  const bytes = new TextEncoder().encode(expectString(name, tag));
  if (bytes.length === 0) throw new RangeError(`Expected "${name}" not to be empty`);
  if (bytes.length > MAX_TAG_BYTES) throw new RangeError(`Expected "${name}" to have at most ${MAX_TAG_BYTES} bytes`);
  return bytes;
}

function shareOpenings(settings: Omit<TextSettings, "openings">, context: unknown): SharedOpenings {
  const { openingTag, recallGenerated, minSpanBytes, maxSpanBytes } = settings;
  if (openingTag === null || !RecallTextContext.is(context)) return new SharedOpenings();
  return SharedOpenings.of(context, [openingTag.key, recallGenerated, minSpanBytes, maxSpanBytes].join());
}

function checkLimits(options: SessionOnlyOptions) {
  const { minSpanBytes = 0, maxSpanBytes = DEFAULT_MAX_SPAN_BYTES } = options;
  const { maskValue = -Infinity, maxContextBytes = MAX_CONTEXT_BYTES } = options;
  expectInteger("maxSpanBytes", maxSpanBytes, 1, COUNT_LIMIT);
  return {
    maxSpanBytes,
    minSpanBytes: expectInteger("minSpanBytes", minSpanBytes, 0, maxSpanBytes + 1),
    maskValue: expectNumber("maskValue", maskValue, -Infinity, Infinity),
    maxContextBytes: expectInteger("maxContextBytes", maxContextBytes, 0, MAX_CONTEXT_BYTES + 1),
  };
}

function checkTags(startTag: unknown, endTag: unknown, { json, vocabulary }: TextSetup) {
  if (startTag === undefined) startTag = json ? null : DEFAULT_TAGS.start;
  if (endTag === undefined) endTag = json ? '"' : DEFAULT_TAGS.end;
  const closing = endTag === null ? new Uint8Array(0) : expectTag("endTag", endTag);
  const opening = startTag === null ? null : OpeningTag.of(expectTag("startTag", startTag), closing, vocabulary);
  return { openingTag: opening, endTag: closing };
}

function checkRecallGenerated(recallGenerated: unknown, { json, snap }: TextSetup): boolean {
  const never = json || snap !== null;
  if (recallGenerated === undefined) return !never;
  if (expectBoolean("recallGenerated", recallGenerated) && never) {
    throw new RangeError('Expected "recallGenerated" to be false with "json" or "snap"');
  }
  return recallGenerated as boolean;
}

function inheritSetup(options: Partial<TextSetupOptions>, context: unknown): TextSetup {
  if (!RecallTextContext.is(context)) throw new TypeError('Expected "context" to be a RecallTextContext');
  checkInheritedSetup(options, context.setup);
  return context.setup;
}
