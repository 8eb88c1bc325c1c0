export { RecallError } from "../errors.js";
export type { RecallSource } from "../session/document-layout.js";
export type { RecallSession } from "../session.js";
export type { Snap } from "../session/snap-edges.js";
export type { RecallSpan } from "../span.js";
export type { RecallTextSession } from "../text-session.js";
export type { RecallTextSpan } from "../text-span.js";
export type { DelimiterOptions } from "./shared/delimiters.js";
export type { RecallDocument } from "./shared/document-locator.js";
export type { RecallMode } from "./shared/mode.js";
export type { SessionOf } from "./shared/recall-options.js";
export {
  generateWithRecall,
  type GenerateWithRecallOptions,
  type GenerationWithRecall,
} from "./transformers/generate-with-recall.js";
export { RecallLogitsProcessor, type RecallLogitsProcessorOptions } from "./transformers/recall-logits-processor.js";
