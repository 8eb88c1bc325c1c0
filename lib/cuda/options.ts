import {
  COUNT_LIMIT,
  expectBoolean,
  expectId,
  expectInteger,
  expectIntegers,
  expectNumber,
  expectOptions,
  type TokenInput,
} from "../base/arguments.js";

/** One past the most ids that a vocabulary may have: VBT_MAX_VOCAB_SIZE. */
const VOCAB_LIMIT = 2 ** 28 + 1;

/** Options of {@link CudaRecallEngine}. */
export interface CudaRecallEngineOptions {
  /** The tokenizer's id count: ids are integers in [0, vocabSize). At most 2^28. */
  vocabSize: number;
  /** The token that opens a recall span when it is accepted; without one only `beginSpan` does. */
  startTokenId?: number;
  /** The token that closes a recall span; the rows of a sequence in error are masked to it. */
  endTokenId: number;
  /** Further ids that are never part of a quote: end of text, chat-template markers. */
  barrierTokenIds?: TokenInput;
  /** At this many tokens only the end token is allowed; 128 unless given. */
  maxSpanTokens?: number;
  /** Below this many tokens the end token is withheld, unless it is the only way on; 0 unless given. */
  minSpanTokens?: number;
  /** What masked logits are set to, rounded to the row's type; `-Infinity` unless given. */
  maskValue?: number;
  /** Whether generated tokens may be quoted too; `true` unless given. */
  recallGenerated?: boolean;
  /** Sequences that can be open at once; 64 unless given. */
  maxSequences?: number;
  /** Spans that one sequence can have; 256 unless given. */
  maxSpans?: number;
  /** Device memory for contexts and for the sequences' own tokens and candidates, in bytes; 256 MiB unless given. */
  poolBytes?: number;
  /** Index of the CUDA device; 0 unless given. */
  device?: number;
}

/** An engine's options, checked. */
export interface CudaSettings {
  readonly vocabSize: number;
  /** -1: none. */
  readonly startTokenId: number;
  readonly endTokenId: number;
  readonly barriers: Int32Array;
  readonly maxSpanTokens: number;
  readonly minSpanTokens: number;
  readonly maskValue: number;
  readonly recallGenerated: boolean;
  readonly maxSequences: number;
  readonly maxSpans: number;
  readonly poolBytes: number;
  readonly device: number;
}

export function checkCudaOptions(options: CudaRecallEngineOptions): CudaSettings {
  const given = expectOptions("options", options);
  const { maxSpanTokens = 128, minSpanTokens = 0, maskValue = -Infinity, recallGenerated = true } = given;
  const { maxSequences = 64, maxSpans = 256, poolBytes = 2 ** 28, device = 0, barrierTokenIds = [] } = given;
  const vocabSize = expectInteger("vocabSize", given.vocabSize, 1, VOCAB_LIMIT);
  const startTokenId = given.startTokenId === undefined ? -1 : expectId("startTokenId", given.startTokenId, vocabSize);
  const endTokenId = expectId("endTokenId", given.endTokenId, vocabSize);
  if (startTokenId === endTokenId) throw new RangeError('Expected "endTokenId" to differ from "startTokenId"');
  expectInteger("maxSpanTokens", maxSpanTokens, 1, COUNT_LIMIT);
  return {
    vocabSize,
    startTokenId,
    endTokenId,
    barriers: expectIntegers("barrierTokenIds", barrierTokenIds, vocabSize),
    maxSpanTokens,
    minSpanTokens: expectInteger("minSpanTokens", minSpanTokens, 0, maxSpanTokens + 1),
    maskValue: expectNumber("maskValue", maskValue, -Infinity, Infinity),
    recallGenerated: expectBoolean("recallGenerated", recallGenerated),
    maxSequences: expectInteger("maxSequences", maxSequences, 1, COUNT_LIMIT),
    maxSpans: expectInteger("maxSpans", maxSpans, 1, COUNT_LIMIT),
    poolBytes: expectInteger("poolBytes", poolBytes, 0, 2 ** 53),
    device: expectInteger("device", device, 0, 2 ** 31),
  };
}
