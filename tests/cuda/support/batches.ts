import { CudaRecallEngine, type CudaRecallEngineOptions } from "../../../lib/entry/cuda.js";
import { RecallError } from "../../../lib/entry/index.js";
import { END, START, VOCAB_SIZE } from "../../support/backends.js";

/** A batch over twenty ids, of which 18 opens and 19 closes a span. */
export function makeBatch(options: Partial<CudaRecallEngineOptions> = {}): CudaRecallEngine {
  const small = { maxSequences: 4, poolBytes: 1 << 16 };
  return new CudaRecallEngine({ vocabSize: VOCAB_SIZE, startTokenId: START, endTokenId: END, ...small, ...options });
}

/** The ids that a bitmask allows. */
export function allowedBy(bitmask: Int32Array): number[] {
  return Array.from({ length: 32 * bitmask.length }, (_, id) => id).filter(
    (id) => (bitmask[id >> 5] & (1 << (id % 32))) !== 0,
  );
}

/** Accepts tokens of one sequence, in a batch of which all other rows are skipped. */
export function acceptAll(batch: CudaRecallEngine, row: number, tokens: readonly number[]): void {
  for (const token of tokens) {
    const given = new Int32Array(row + 1).fill(-1);
    given[row] = token;
    batch.accept(given, { rows: row + 1 });
  }
}

/** Whether an error is a RecallError of that code. */
export function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof RecallError && error.code === code;
}
