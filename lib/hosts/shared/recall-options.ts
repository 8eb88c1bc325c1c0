import type { RecallSession } from "../../token-mode/session.js";
import type { Snap } from "../../session/snap-edges.js";
import type { RecallTextSession } from "../../text-mode/session.js";
import type { DelimiterOptions } from "./delimiters.js";
import type { RecallDocument } from "./document-locator.js";
import type { RecallMode } from "./mode.js";

/** The session of that mode. */
export type SessionOf<Mode extends RecallMode> = {
  token: RecallSession;
  text: RecallTextSession;
  auto: RecallSession | RecallTextSession;
}[Mode];

/** What can be quoted, and how quotes are marked: the same for every host. */
export interface RecallHostOptions<Mode extends RecallMode = RecallMode> extends DelimiterOptions {
  /**
   * Whether quotes stand between delimiter tokens or between tags in the text. `"auto"`, the default: between tokens
   * where the tokenizer has them, or where `startToken` or `endToken` name some; otherwise between tags.
   */
  mode?: Mode;
  /** Text mode: opens a quote; `<recall>` unless given. `null`: only `session.beginSpan` does. */
  startTag?: string | null;
  /** Text mode: closes a quote; `</recall>` unless given. */
  endTag?: string;
  /** Quotes start and end at the edges of words, lines or sentences only. */
  snap?: Snap;
  /** Text mode: a quote goes no further than the last edge within so many bytes; 4096 unless given. */
  maxSpanBytes?: number;
  /** Text mode: below this many bytes a quote may not end; 0 unless given. */
  minSpanBytes?: number;
  /** Text mode: the session may not grow past this many bytes. */
  maxContextBytes?: number;
  /**
   * Documents that stand in the prompt, by the names that quotes shall report. They are found by their text, wherever
   * a chat template puts it; with documents given, nothing else of the prompt can be quoted unless `recallPrompt`
   * says so. An empty list counts as given: nothing of the prompt can be quoted then. In text mode they can be quoted
   * from the start, whether or not the prompt shows them.
   */
  documents?: readonly RecallDocument[];
  /**
   * Whether the prompt outside `documents` can be quoted; unless given, `true` where `documents` is left out and
   * `false` where it is given, even if empty. With `false` and no documents, only generated tokens can be quoted.
   */
  recallPrompt?: boolean;
  /** Whether what the model generated can be quoted; `true` unless given, and never with `snap`. */
  recallGenerated?: boolean;
  /** Token mode: at this many tokens a quote must end; 128 unless given. */
  maxSpanTokens?: number;
  /** Token mode: below this many tokens a quote may not end; 0 unless given. */
  minSpanTokens?: number;
  /** Token mode: the session may not grow past this many tokens. */
  maxContextTokens?: number;
  /** Which engine searches. */
  backend?: "auto" | "native" | "javascript";
}
