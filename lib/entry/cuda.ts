export { CudaRecallEngine } from "../cuda/recall-engine.js";
export type { CudaContextPiece, CudaRecallContext } from "../cuda/context.js";
export type { CudaDtype, CudaLogitsOptions, CudaRowsOptions, CudaStreamOption } from "../cuda/device-arguments.js";
export type { CudaRecallEngineOptions } from "../cuda/options.js";
export type { CudaSamplingOptions } from "../cuda/sampling-options.js";
export type { CudaSnapshot } from "../cuda/sequence-reader.js";
export type { CudaBeginSpanOptions } from "../cuda/span-scope.js";
export type { CudaSequenceStatus } from "../cuda/status.js";
export type {
  CudaAppendOptions,
  CudaDraftOptions,
  CudaMemory,
  CudaOpenOptions,
  CudaSampleOptions,
} from "../cuda/verb-options.js";
export { RecallError } from "../base/errors.js";
export type { RecallSource } from "../session/document-layout.js";
export type { RecallQuote, TokenQuote } from "../session/quote.js";
