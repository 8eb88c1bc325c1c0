import { COUNT_LIMIT, expectInteger, expectOneOf, expectOptions } from "../base/arguments.js";

const WORD_LIMIT = 2n ** 64n;
/** The legacy default stream, and no row map. */
const NONE = 0n;

/** Option of verbs that enqueue work. */
export interface CudaStreamOption {
  /**
   * The caller's stream, a `cudaStream_t` as an integer; 0n, the legacy default stream, unless given. The verb's work
   * comes after all that was enqueued on it before.
   */
  stream?: bigint;
}

/** Options of verbs that act on rows, of logits or of tokens. */
export interface CudaRowsOptions extends CudaStreamOption {
  /** How many rows there are. */
  rows: number;
  /**
   * Device address of int32 [rows]: the sequence of each row, -1 where it has none. Unless given, row i is sequence i.
   * Rows that name a sequence that is not open, or one that an earlier row changes, are skipped (`badRows`).
   */
  sequences?: bigint;
}

/** How an entry of a row of logits is stored. */
export type CudaDtype = "float32" | "float16" | "bfloat16";

/** Options of verbs that act on rows of logits. */
export interface CudaLogitsOptions extends CudaRowsOptions {
  dtype: CudaDtype;
  /** Entries of a row, at least `vocabSize`. */
  width: number;
  /** Entries from one row's start to the next's, at least `width`; `width` unless given. */
  stride?: number;
}

/** As vbt_dtype has them. */
const DTYPES: readonly CudaDtype[] = ["float32", "float16", "bfloat16"];

/** An address of device memory. */
export function expectAddress(name: string, value: unknown): bigint {
  return expectBigint(name, value, 1n);
}

export function expectStream(value: unknown): bigint {
  return value === undefined ? NONE : expectBigint("stream", value, 0n);
}

/** The stream that the options name. */
export function readStream(options: CudaStreamOption | undefined): bigint {
  return options === undefined ? NONE : expectStream(expectOptions("options", options).stream);
}

export function readRows(options: CudaRowsOptions) {
  const { rows, sequences, stream } = expectOptions("options", options);
  return {
    rows: expectInteger("rows", rows, 0, COUNT_LIMIT),
    sequences: sequences === undefined ? NONE : expectAddress("sequences", sequences),
    stream: expectStream(stream),
  };
}

export function readLogits(options: CudaLogitsOptions, vocabSize: number) {
  const given = expectOptions("options", options);
  const dtype = readDtype(given.dtype);
  const width = expectInteger("width", given.width, vocabSize, 2 ** 31);
  const { stride = width } = given;
  return { dtype, width, stride: expectInteger("stride", stride, width, 2 ** 53) };
}

/** The number of a type. Looked up first, since this is on the path of every token, and a message takes its time. */
function readDtype(name: CudaDtype | undefined): number {
  const dtype = DTYPES.indexOf(name!);
  return dtype >= 0 ? dtype : DTYPES.indexOf(expectOneOf("dtype", name, DTYPES));
}

/** A bigint in [low, 2^64). */
export function expectBigint(name: string, value: unknown, low: bigint): bigint {
  if (typeof value === "bigint" && value >= low && value < WORD_LIMIT) return value;
  const message = `Expected "${name}" to be a bigint in [${low}, 2^64)`;
  throw typeof value === "bigint" ? new RangeError(message) : new TypeError(message);
}
