import type { AppendOptions } from "../token-mode/sequence.js";
import type { CudaRecallContext } from "./context.js";
import type { CudaLogitsOptions, CudaRowsOptions, CudaStreamOption } from "./device-arguments.js";

/** Options of {@link CudaRecallEngine.open}. */
export interface CudaOpenOptions extends CudaStreamOption {
  /** What the sequence starts with; nothing unless given. */
  context?: CudaRecallContext;
  /** How many tokens the sequence can have beyond its context's, at least 1. */
  maxTokens: number;
}

/** Options of {@link CudaRecallEngine.append}. */
export interface CudaAppendOptions extends AppendOptions, CudaStreamOption {}

/** Options of {@link CudaRecallEngine.sample}. */
export interface CudaSampleOptions extends CudaLogitsOptions {
  /** Device address of int32 [rows], where the tokens are written. */
  tokens: bigint;
}

/** Options of {@link CudaRecallEngine.draft}. */
export interface CudaDraftOptions extends CudaRowsOptions {
  /** `"agreed"` (the default): the tokens on which all candidates agree. `"latest"`: those after the latest one. */
  choose?: "agreed" | "latest";
  /** Device address of int32 [rows, max], row-major. */
  tokens: bigint;
  /** Device address of int32 [rows]: how many tokens were written. */
  counts: bigint;
}

/** Device memory of an engine, in bytes. */
export interface CudaMemory {
  /** All that the engine allocated, the pool included. */
  deviceBytes: number;
  poolBytes: number;
  /** What of the pool contexts and open sequences hold. */
  poolUsedBytes: number;
}
