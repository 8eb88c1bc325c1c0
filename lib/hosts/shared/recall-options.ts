import type { RecallQuote, TextQuote, TokenQuote } from "../../session/quote.js";
import type { Snap } from "../../session/snap-edges.js";
import type { RecallTextSession } from "../../text-mode/session.js";
import type { RecallSession } from "../../token-mode/session.js";
import type { DelimiterOptions } from "./delimiters.js";
import type { RecallDocument } from "./document-locator.js";
import type { RecallMode } from "./mode.js";

/** The session of that mode; of `"auto"`, one of either, which its own `mode` tells apart. */
export type SessionOf<Mode extends RecallMode> = {
  token: RecallSession;
  text: RecallTextSession;
  auto: RecallSession | RecallTextSession;
}[Mode];

/** A quote of a host: the host's tokenizer says what its tokens are as text. */
export interface HostQuote extends RecallQuote {
  readonly text: string;
}

/** The quotes of that mode. */
export type QuoteOf<Mode extends RecallMode> = {
  token: TokenQuote & HostQuote;
  text: TextQuote;
  auto: HostQuote;
}[Mode];

/** Options of token mode: quotes stand between delimiter tokens. */
export interface TokenModeOptions extends DelimiterOptions {
  /** At this many tokens a quote must end; @defaultValue 128 */
  maxSpanTokens?: number;
  /** Below this many tokens a quote may not end; @defaultValue 0 */
  minSpanTokens?: number;
  /** The session may not grow past this many tokens; @defaultValue 2^30 - 1 */
  maxContextTokens?: number;
}

/** Options of text mode: quotes stand between tags in the text. */
export interface TextModeOptions {
  /** Opens a quote; `null`: only `session.beginSpan` does. @defaultValue `<recall>` */
  startTag?: string | null;
  /** Closes a quote; @defaultValue `</recall>` */
  endTag?: string;
  /** A quote goes no further than the last edge within this many bytes; @defaultValue 4096 */
  maxSpanBytes?: number;
  /** Below this many bytes a quote may not end; @defaultValue 0 */
  minSpanBytes?: number;
  /** The session may not grow past this many bytes; @defaultValue 2^30 - 1 */
  maxContextBytes?: number;
}

/** What can be quoted: the same for every host, in both modes. */
export interface QuotingOptions<Mode extends RecallMode = RecallMode> {
  /**
   * Whether quotes stand between delimiter tokens or between tags in the text. `"auto"`: between tokens where the
   * tokenizer has them, or where `startToken` or `endToken` name some; otherwise between tags. An option of the other
   * mode is an error. @defaultValue `"auto"`
   */
  mode?: Mode;
  /** Quotes start and end at the edges of words, lines or sentences only. */
  snap?: Snap;
  /**
   * Documents that stand in the prompt, by the names that quotes shall report. They are found by their text, wherever
   * a chat template puts it; with documents given, nothing else of the prompt can be quoted unless `recallPrompt`
   * says so. An empty list counts as given: nothing of the prompt can be quoted then. In text mode they can be quoted
   * from the start, whether or not the prompt shows them.
   */
  documents?: readonly RecallDocument[];
  /**
   * Whether the prompt outside `documents` can be quoted. With `false` and no documents, only generated tokens can be
   * quoted. @defaultValue `true` where `documents` is left out, and `false` where it is given, even if empty
   */
  recallPrompt?: boolean;
  /** Whether what the model generated can be quoted; never with `snap`. @defaultValue `true`, and `false` with `snap` */
  recallGenerated?: boolean;
  /** Which engine searches; @defaultValue `"auto"`: the native one where it loads */
  backend?: "auto" | "native" | "javascript";
}

/** The options that a mode has beside those of both. */
export type ModeOptions<Mode extends RecallMode> = {
  token: TokenModeOptions;
  text: TextModeOptions;
  auto: TokenModeOptions & TextModeOptions;
}[Mode];

/** What can be quoted, and how quotes are marked. */
export type RecallHostOptions<Mode extends RecallMode = "auto"> = QuotingOptions<Mode> & ModeOptions<Mode>;

/** The same as it is read: options of both modes, to be checked by {@link expectOptionsOfMode}. */
export type GivenOptions = QuotingOptions & TokenModeOptions & TextModeOptions;

const TOKEN_OPTIONS = ["startToken", "endToken", "maxSpanTokens", "minSpanTokens", "maxContextTokens"] as const;
const TEXT_OPTIONS = ["startTag", "endTag", "maxSpanBytes", "minSpanBytes", "maxContextBytes"] as const;

/**
 * Checks that no option is given which the mode does not have.
 * @throws RangeError
 */
export function expectOptionsOfMode(mode: "token" | "text", options: GivenOptions): void {
  const foreign = mode === "token" ? TEXT_OPTIONS : TOKEN_OPTIONS;
  const given = foreign.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const between = mode === "token" ? "recall tokens" : "tags";
  throw new RangeError(
    `Expected "${given}" only in ${mode === "token" ? "text" : "token"} mode: quotes stand between ${between} here`,
  );
}
