export { RecallError } from "../base/errors.js";
export type { RecallQuote, TextQuote, TokenQuote } from "../session/quote.js";
export type { RecallSource } from "../session/document-layout.js";
export type { RecallSession } from "../token-mode/session.js";
export type { Snap } from "../session/snap-edges.js";
export type { RecallTextSession } from "../text-mode/session.js";
export type { DelimiterOptions } from "../hosts/shared/delimiters.js";
export type { RecallDocument } from "../hosts/shared/document-locator.js";
export type { RecallMode } from "../hosts/shared/mode.js";
export type { HostQuote, QuoteOf, SessionOf } from "../hosts/shared/recall-options.js";
export {
  generateWithRecall,
  type GenerateWithRecallOptions,
  type GenerationWithRecall,
} from "../hosts/transformers/generate-with-recall.js";
export {
  RecallLogitsProcessor,
  type RecallLogitsProcessorOptions,
} from "../hosts/transformers/recall-logits-processor.js";
