import { COUNT_LIMIT, expectInteger, expectNumber, expectOptions } from "../base/arguments.js";
import { expectBigint, type CudaStreamOption } from "./device-arguments.js";

/** Options of {@link CudaRecallEngine.setSampling}. Each of topK, topP and minP acts on what the one before it kept. */
export interface CudaSamplingOptions extends CudaStreamOption {
  /** Divides the logits; 1 unless given. 0 takes the largest, the lowest id among equals. */
  temperature?: number;
  /** Keeps the `topK` largest logits; 0, which is the default, keeps all. */
  topK?: number;
  /** Keeps the most probable tokens until their probabilities sum to `topP`; 1, which is the default, keeps all. */
  topP?: number;
  /** Keeps tokens at least `minP` times as probable as the most probable one; 0, which is the default, keeps all. */
  minP?: number;
  /** An integer in [0, 2^53) or a bigint in [0, 2^64); draw n depends on it and n alone. 0 unless given. */
  seed?: number | bigint;
}

/** The largest 32-bit float, which is what the device divides by. */
const MAX_TEMPERATURE = 3.4028234663852886e38;

export function checkSampling(options: CudaSamplingOptions | undefined, vocabSize: number) {
  const { temperature = 1, topK = 0, topP = 1, minP = 0, seed = 0 } = expectOptions("options", options);
  return {
    temperature: expectNumber("temperature", temperature, 0, MAX_TEMPERATURE),
    // More than there are ids is as good as all of them, and the device takes no more.
    topK: Math.min(expectInteger("topK", topK, 0, COUNT_LIMIT), vocabSize),
    topP: expectNumber("topP", topP, 0, 1),
    minP: expectNumber("minP", minP, 0, 1),
    seed: typeof seed === "bigint" ? expectBigint("seed", seed, 0n) : BigInt(expectInteger("seed", seed, 0, 2 ** 53)),
  };
}
