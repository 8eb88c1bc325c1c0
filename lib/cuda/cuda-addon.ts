/**
 * The functions of the addon that reach the CUDA library, which native/addon/cuda_*_functions.cpp implement; what they
 * do, cuda/include/verbatim_cuda.h says. Handles, and the numbers of sequences, are small integers; addresses and streams are
 * bigints, 0n for none. What a call returns is 0 or more where it succeeded, otherwise one of `CudaFailure`.
 */
export interface CudaAddon {
  /** Loads the library at an absolute path; before all others, and once in a thread. */
  cudaLoad(path: string): number;
  /**
   * Writes what went wrong last, as UTF-8; `NO_HANDLE`: in loading the library, or in creating an engine.
   * @returns how many bytes were written, at most all of `text`
   */
  cudaMessage(engine: number, text: Uint8Array): number;

  cudaCreateEngine(
    device: number,
    vocabSize: number,
    startToken: number,
    endToken: number,
    barriers: Int32Array,
    maxSpanTokens: number,
    minSpanTokens: number,
    recallGenerated: number,
    maskValue: number,
    maxSequences: number,
    maxSpans: number,
    poolBytes: number,
  ): number;
  cudaCloseEngine(engine: number): number;
  /** Engines of this thread that are open. */
  liveCudaEngines(): number;
  /** @param bytes [3]: of the device, of the pool, used of the pool */
  cudaMemory(engine: number, bytes: Float64Array): number;
  /** @param count [1] */
  cudaBadRows(engine: number, count: Float64Array): number;
  /**
   * @param address [1]: of the first sequence's bitmask
   * @returns words per bitmask
   */
  cudaBitmasks(engine: number, address: BigUint64Array): number;

  /** @param pieces `[count0, flags0, count1, flags1, …]` */
  cudaCreateContext(engine: number, tokens: Int32Array, pieces: Int32Array, stream: bigint): number;
  cudaCloseContext(engine: number, context: number): number;

  /** @param context `NO_HANDLE`: none */
  cudaOpenSequence(engine: number, context: number, maxTokens: number, stream: bigint): number;
  cudaForkSequence(engine: number, sequence: number, stream: bigint): number;
  cudaCloseSequence(engine: number, sequence: number, stream: bigint): number;
  cudaAppend(engine: number, sequence: number, tokens: Int32Array, flags: number, stream: bigint): number;
  /** @param ranges `[start0, end0, start1, …]` */
  cudaBeginSpan(
    engine: number,
    sequence: number,
    ranges: Int32Array | null,
    ends: Int32Array | null,
    stream: bigint,
  ): number;
  cudaEndSpan(engine: number, sequence: number, stream: bigint): number;
  cudaTruncate(engine: number, sequence: number, length: number, stream: bigint): number;
  cudaReset(engine: number, sequence: number, stream: bigint): number;
  cudaClear(engine: number, sequence: number, stream: bigint): number;
  cudaSetSampling(
    engine: number,
    sequence: number,
    temperature: number,
    topK: number,
    topP: number,
    minP: number,
    seed: bigint,
    stream: bigint,
  ): number;
  /** @param state [6]: status, length, in a span, depth, candidates, spans */
  cudaSnapshot(engine: number, sequence: number, state: Int32Array): number;
  cudaRead(engine: number, sequence: number, start: number, tokens: Int32Array): number;
  /** @param words as many as `cudaBitmasks` returns */
  cudaReadBitmask(engine: number, sequence: number, words: Int32Array): number;
  /** @returns how many spans were written, as `[start0, end0, isOpen0, start1, …]` */
  cudaReadSpans(engine: number, sequence: number, first: number, spans: Int32Array): number;
  /** @returns how many of `starts`, at most all, were written */
  cudaSources(engine: number, sequence: number, span: number, starts: Int32Array): number;

  cudaAccept(engine: number, rows: number, sequences: bigint, tokens: bigint, stream: bigint): number;
  cudaAcceptHost(engine: number, rows: number, sequences: bigint, tokens: Int32Array, stream: bigint): number;
  cudaStep(engine: number, rows: number, sequences: bigint, tokens: bigint, stream: bigint): number;
  cudaStepHost(engine: number, rows: number, sequences: bigint, tokens: Int32Array, stream: bigint): number;
  cudaPrepare(engine: number, stream: bigint): number;
  cudaRollback(engine: number, rows: number, sequences: bigint, counts: bigint, stream: bigint): number;
  cudaApply(
    engine: number,
    rows: number,
    sequences: bigint,
    logits: bigint,
    dtype: number,
    width: number,
    stride: number,
    stream: bigint,
  ): number;
  cudaSample(
    engine: number,
    rows: number,
    sequences: bigint,
    logits: bigint,
    dtype: number,
    width: number,
    stride: number,
    tokens: bigint,
    stream: bigint,
  ): number;
  cudaDraft(
    engine: number,
    rows: number,
    sequences: bigint,
    max: number,
    latest: number,
    tokens: bigint,
    counts: bigint,
    stream: bigint,
  ): number;
  cudaJoin(engine: number, stream: bigint): number;
  /** @param statuses [maxSequences] */
  cudaPoll(engine: number, statuses: Int32Array, stream: bigint): number;
}

/** No object has this handle: what is closed holds it, so that it never finds the object that took its slot. */
export const NO_HANDLE = -1;

/** Flags of tokens: as in verbatim_cuda.h. */
export const UNSEARCHABLE = 1;
export const SEGMENT = 2;

/** Negated statuses: those of verbatim_cuda.h, and from -100 on the addon's own. */
export const CudaFailure = {
  INVALID_ARGUMENT: -1,
  OUT_OF_MEMORY: -2,
  LIMIT: -3,
  CAPTURING: -4,
  NO_DEVICE: -5,
  CUDA: -6,
  CLOSED: -100,
  MISTYPED: -101,
  NOT_LOADED: -102,
} as const;
