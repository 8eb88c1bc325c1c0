import type { RecallMode } from "../shared/mode.js";
import type { RecallHostOptions } from "../shared/recall-options.js";
import type { Encode, QuotableDocument } from "./documents.js";

/** Options of `RecallLogitProcessor`. */
export interface RecallLogitProcessorOptions<Mode extends RecallMode = "text"> extends Omit<
  RecallHostOptions<Mode>,
  "documents" | "mode" | "recallPrompt"
> {
  /** The model's `tokenizer.json`, parsed. It is read once per object: give further processors the same. */
  tokenizerJson: unknown;
  /** What can be quoted, whether or not the prompt shows it: web-llm does not tell a processor what it reads. */
  documents: readonly QuotableDocument[];
  /**
   * Whether quotes stand between tags in the text, `"text"`, the default; between delimiter tokens, `"token"`; or what
   * the tokenizer has, `"auto"`.
   */
  mode?: Mode;
  /** Token mode: the model's tokens for a text, for documents that are given as text. */
  encode?: Encode;
  /** What masked logits are set to; -1e30 unless given. Not -Infinity, which a GPU may take for anything. */
  maskValue?: number;
}
