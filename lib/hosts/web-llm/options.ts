import type { RecallMode } from "../shared/mode.js";
import type { GivenOptions, ModeOptions, QuotingOptions } from "../shared/recall-options.js";
import type { Encode, QuotableDocument } from "./documents.js";

interface ProcessorOptions {
  /** The model's `tokenizer.json`, parsed. It is read once per object: give further processors the same. */
  tokenizerJson: unknown;
  /** What can be quoted, whether or not the prompt shows it: web-llm does not tell a processor what it reads. */
  documents: readonly QuotableDocument[];
  /** Token mode: the model's tokens for a text, for documents that are given as text. */
  encode?: Encode;
  /** What masked logits are set to: not -Infinity, which a GPU may take for anything. @defaultValue -1e30 */
  maskValue?: number;
}

/** Options of `RecallLogitProcessor`. */
export type RecallLogitProcessorOptions<Mode extends RecallMode = "auto"> = Omit<
  QuotingOptions<Mode>,
  "documents" | "recallPrompt"
> &
  ModeOptions<Mode> &
  ProcessorOptions;

/** The same as it is read. */
export type GivenProcessorOptions = Omit<GivenOptions, "documents" | "recallPrompt"> & ProcessorOptions;
