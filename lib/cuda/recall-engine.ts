import {
  COUNT_LIMIT,
  expectInteger,
  expectOneOf,
  expectOptions,
  expectWords,
  typedArrayName,
  type TokenInput,
} from "../base/arguments.js";
import { RecallError } from "../base/errors.js";
import { bitmaskWords } from "../session/bitmask.js";
import type { RecallSource } from "../session/document-layout.js";
import { RecallQuote, type TokenQuote } from "../session/quote.js";
import { checkAppend } from "../token-mode/sequence.js";
import { checkPieces, CudaRecallContext, flagsOf, type CudaContextPiece } from "./context.js";
import { NO_HANDLE } from "./cuda-addon.js";
import {
  expectAddress,
  expectStream,
  readLogits,
  readRows,
  readStream,
  type CudaLogitsOptions,
  type CudaRowsOptions,
  type CudaStreamOption,
} from "./device-arguments.js";
import { CudaEngine } from "./engine.js";
import { checkCudaOptions, type CudaRecallEngineOptions, type CudaSettings } from "./options.js";
import { checkSampling, type CudaSamplingOptions } from "./sampling-options.js";
import { CudaSequence, NO_TOKENS } from "./sequence.js";
import { SequenceReader, type CudaSnapshot, type SpanRecord } from "./sequence-reader.js";
import { rangesOf, readSpanScope, type CudaBeginSpanOptions } from "./span-scope.js";
import { statusOf, type CudaSequenceStatus } from "./status.js";
import type {
  CudaAppendOptions,
  CudaDraftOptions,
  CudaMemory,
  CudaOpenOptions,
  CudaSampleOptions,
} from "./verb-options.js";

type SequenceVerb = "cudaCloseSequence" | "cudaEndSpan" | "cudaReset" | "cudaClear";

/**
 * Sequences whose tokens, spans and masks live on a CUDA device, for servers that keep logits there: a face of
 * `cuda/include/verbatim_cuda.h`, with the semantics of `RecallSession` (`docs/semantics.md`).
 *
 * Device addresses and streams are bigints. An address of other memory than the device's is refused; that enough
 * memory lies there, and that a stream is one, nobody checks. A sequence is named by a number in
 * [0, maxSequences). Unless its description says that it waits, a verb returns before its work is done, and the work
 * comes after all that was enqueued on its `stream` before. Verbs of one engine take effect in the order in which they
 * were called, whatever streams they name. Device memory that a verb reads has to stay unchanged until `join`, or a verb
 * that runs on `stream`, was called and `stream` has reached it.
 *
 * Whatever is wrong with one sequence on the device (a refused token, a full context) sets that sequence's status and
 * touches no other: see `statuses`. Verbs throw `TypeError` and `RangeError` for arguments, and beside what each names
 * `RecallError` with `CLOSED`, `CAPTURING` (the stream is being captured, and the verb cannot be), `OUT_OF_MEMORY` and
 * `CUDA_ERROR`, after which the engine can only be closed.
 */
export class CudaRecallEngine {
  readonly #settings: CudaSettings;
  readonly #engine: CudaEngine;
  readonly #reader: SequenceReader;
  readonly #sequences = new Map<number, CudaSequence>();

  /**
   * Allocates all device memory that the engine will ever use, and waits for the device.
   * @throws TypeError, RangeError for options that are not as {@link CudaRecallEngineOptions} says
   * @throws RecallError `BACKEND_UNAVAILABLE` where the library cannot be loaded or has no device to run on: the
   *   message says what was tried, what failed and what to do; `OUT_OF_MEMORY`
   */
  constructor(options: CudaRecallEngineOptions) {
    this.#settings = checkCudaOptions(options);
    this.#engine = new CudaEngine(this.#settings);
    this.#reader = new SequenceReader(this.#engine);
  }

  /** The tokenizer's id count. */
  get vocabSize(): number {
    return this.#settings.vocabSize;
  }

  /** Sequences that can be open at once. */
  get maxSequences(): number {
    return this.#settings.maxSequences;
  }

  /** Device memory in use, as of now. */
  get memory(): CudaMemory {
    const bytes = new Float64Array(3);
    this.#checked(this.#engine.addon.cudaMemory(this.#engine.handle, bytes), "read the memory's size");
    const [deviceBytes, poolBytes, poolUsedBytes] = bytes;
    return { deviceBytes, poolBytes, poolUsedBytes };
  }

  /**
   * Indexes tokens and uploads them: a prompt, or documents, that any number of sequences then share. Takes about
   * 8 bytes of the pool per token and 8 per distinct token. Waits until they are uploaded.
   * @param pieces the tokens in order; each piece joins the context as a session's `append` would
   * @throws RecallError `SEGMENT_EXISTS`, `OUT_OF_MEMORY`
   */
  createContext(pieces: readonly CudaContextPiece[], options?: CudaStreamOption): CudaRecallContext {
    const stream = readStream(options);
    return new CudaRecallContext(this.#engine, checkPieces(pieces, this.vocabSize), stream);
  }

  /**
   * Opens a sequence. Takes from the pool 4 bytes for each of its `maxTokens`, and 4 for each candidate that a span can
   * have: as many as `maxTokens` and the occurrences of the context's most frequent token.
   * @returns its number, the lowest that is free
   * @throws RecallError `LIMIT` where `maxSequences` are open; `OUT_OF_MEMORY`, `CLOSED` for `context`
   */
  open(options: CudaOpenOptions): number {
    const { context, maxTokens, stream: givenStream } = expectOptions("options", options);
    const room = expectInteger("maxTokens", maxTokens, 1, COUNT_LIMIT);
    const stream = expectStream(givenStream);
    if (context !== undefined && !CudaRecallContext.is(context)) {
      throw new TypeError('Expected "context" to be a CudaRecallContext');
    }
    const { handle, shared } = context?.share(this.#engine) ?? { handle: NO_HANDLE, shared: NO_TOKENS };
    const { addon, handle: engine } = this.#engine;
    const sequence = this.#checked(addon.cudaOpenSequence(engine, handle, room, stream), "open a sequence");
    this.#sequences.set(sequence, new CudaSequence(shared, room));
    return sequence;
  }

  /**
   * Opens a copy of a sequence: the two share the context and nothing that either changes later.
   * @returns the copy's number
   * @throws RecallError `LIMIT`, `OUT_OF_MEMORY`
   */
  fork(sequence: number, options?: CudaStreamOption): number {
    const stream = readStream(options);
    const opened = this.#at(sequence);
    const { addon, handle } = this.#engine;
    const fork = this.#checked(addon.cudaForkSequence(handle, sequence, stream), "fork a sequence");
    this.#sequences.set(fork, opened.fork());
    return fork;
  }

  /** Closes a sequence: its number and its memory are free. */
  release(sequence: number, options?: CudaStreamOption): void {
    this.#call("cudaCloseSequence", sequence, options, "release a sequence");
    this.#sequences.delete(sequence);
  }

  /**
   * Adds tokens to a sequence's searchable context, as a session's `append` does. Waits until they are uploaded; with
   * `segment` also for the device, since the segment's place depends on the sequence's length. A long prompt belongs
   * into a context, which is indexed; this is scanned. Status: `CONTEXT_FULL`, `WRONG_SPAN`.
   * @throws RecallError with `segment`: `SEGMENT_EXISTS`; `SEQUENCE_IN_ERROR` where the sequence's status, before or
   *   after, is not `"ok"`: nothing was appended
   */
  append(sequence: number, tokens: TokenInput, options?: CudaAppendOptions): void {
    const stream = readStream(options);
    const checked = checkAppend(tokens, options, { vocabSize: this.vocabSize });
    const { segment, layout } = checked;
    const { segments } = this.#at(sequence);
    segments.expectFree(segment);
    const { addon, handle } = this.#engine;
    this.#checked(addon.cudaAppend(handle, sequence, checked.tokens, flagsOf(checked), stream), "append tokens");
    if (segment === undefined) return;
    const { status, length } = this.#reader.snapshot(sequence);
    if (status !== "ok") {
      throw new RecallError("SEQUENCE_IN_ERROR", `Could not append to sequence ${sequence}: its status is ${status}`);
    }
    segments.add(segment, length - checked.tokens.length, length, layout);
  }

  /**
   * Opens a span without a start token. Status: `WRONG_SPAN`, `SPANS_FULL`.
   * @throws RecallError `SEGMENT_UNKNOWN`
   */
  beginSpan(sequence: number, options?: CudaBeginSpanOptions): void {
    const { segments, ends, stream } = readSpanScope(options, this.vocabSize);
    const opened = this.#at(sequence);
    const ranges = segments === null ? null : rangesOf(segments, opened.segments);
    const { addon, handle } = this.#engine;
    this.#checked(addon.cudaBeginSpan(handle, sequence, ranges, ends, stream), "begin a span");
  }

  /** Closes the open span without a token, however it was opened. Status: `WRONG_SPAN`. */
  endSpan(sequence: number, options?: CudaStreamOption): void {
    this.#call("cudaEndSpan", sequence, options, "end a span");
  }

  /**
   * Undoes tokens, appended and accepted alike: the sequence is as it was when it last had this length, and its status
   * is cleared. Status: `BAD_LENGTH` where it is not that long.
   * @param length in tokens, in [the context's length, that and `maxTokens`]
   */
  truncate(sequence: number, length: number, options?: CudaStreamOption): void {
    const stream = readStream(options);
    const { base, maxTokens, segments } = this.#at(sequence);
    expectInteger("length", length, base.length, base.length + maxTokens + 1);
    const { addon, handle } = this.#engine;
    this.#checked(addon.cudaTruncate(handle, sequence, length, stream), "truncate a sequence");
    segments.truncate(length);
  }

  /** Back to the state after `open`; the status is cleared. */
  reset(sequence: number, options?: CudaStreamOption): void {
    this.#call("cudaReset", sequence, options, "reset a sequence").reset();
  }

  /** Clears the status; the state stays. */
  clear(sequence: number, options?: CudaStreamOption): void {
    this.#call("cudaClear", sequence, options, "clear a status");
  }

  /** Says how `sample` draws for a sequence, from draw 0 of the seed on; until then temperature 1, no cuts, seed 0. */
  setSampling(sequence: number, options?: CudaSamplingOptions): void {
    const { temperature, topK, topP, minP, seed } = checkSampling(options, this.vocabSize);
    const stream = readStream(options);
    this.#at(sequence);
    const { addon, handle } = this.#engine;
    const result = addon.cudaSetSampling(handle, sequence, temperature, topK, topP, minP, seed, stream);
    this.#checked(result, "set how to sample");
  }

  /**
   * Accepts a token per row; -1 skips the row. Masks are stale until `prepare`, or a verb that needs them. Status:
   * `TOKEN_OUT_OF_RANGE`, `CONTEXT_FULL`, `TOKEN_NOT_ALLOWED`, `SPANS_FULL`.
   * @param tokens device address of int32 [rows]; or host memory, at least [rows], which is read before the call returns
   * @throws RecallError `CAPTURING` for tokens in host memory
   */
  accept(tokens: bigint | Int32Array, options: CudaRowsOptions): void {
    const { rows, sequences, stream } = readRows(options);
    const { addon, handle } = this.#engine;
    const result =
      typeof tokens === "bigint"
        ? addon.cudaAccept(handle, rows, sequences, expectAddress("tokens", tokens), stream)
        : addon.cudaAcceptHost(handle, rows, sequences, expectHostTokens(tokens, rows), stream);
    this.#checked(result, "accept tokens");
  }

  /** `accept` and the masks of its rows in one launch: the call for a decoding step, before the forward pass. */
  step(tokens: bigint | Int32Array, options: CudaRowsOptions): void {
    const { rows, sequences, stream } = readRows(options);
    const { addon, handle } = this.#engine;
    const result =
      typeof tokens === "bigint"
        ? addon.cudaStep(handle, rows, sequences, expectAddress("tokens", tokens), stream)
        : addon.cudaStepHost(handle, rows, sequences, expectHostTokens(tokens, rows), stream);
    this.#checked(result, "step");
  }

  /** Starts computing the masks that are stale, on the engine's own stream, and returns at once. */
  prepare(options?: CudaStreamOption): void {
    const stream = readStream(options);
    this.#checked(this.#engine.addon.cudaPrepare(this.#engine.handle, stream), "prepare masks");
  }

  /**
   * Takes back the last tokens of each row, as `truncate` does; a sequence in error is skipped. Status: `BAD_LENGTH`.
   * Where a sequence of the engine has a named segment of its own, which the cut may take, this waits for the device;
   * a graph cannot tell the engine of it, so that the sequences it rolls back should have none.
   * @param counts device address of int32 [rows]: how many tokens; 0 takes back nothing
   * @throws RecallError `CAPTURING` where it would have to wait
   */
  rollback(counts: bigint, options: CudaRowsOptions): void {
    const { rows, sequences, stream } = readRows(options);
    const address = expectAddress("counts", counts);
    const cuttable = [...this.#sequences].filter(([, opened]) => opened.hasOwnSegments);
    // What cannot be captured fails here, before anything is done.
    if (cuttable.length > 0) this.statuses({ stream });
    const { addon, handle } = this.#engine;
    this.#checked(addon.cudaRollback(handle, rows, sequences, address, stream), "roll back");
    for (const [sequence, { segments }] of cuttable) segments.truncate(this.#reader.snapshot(sequence).length);
  }

  /**
   * Masks the rows that are in a span, or in error, in place: every logit that is not allowed is set to `maskValue`,
   * columns from `vocabSize` on included; allowed logits keep their bits. Runs on `stream`, after the masks.
   * @param logits device address of [rows, width] entries, row-major, `stride` entries apart; aligned to its entries
   */
  apply(logits: bigint, options: CudaLogitsOptions): void {
    const { rows, sequences, stream } = readRows(options);
    const { dtype, width, stride } = readLogits(options, this.vocabSize);
    const address = expectAddress("logits", logits);
    const { addon, handle } = this.#engine;
    this.#checked(addon.cudaApply(handle, rows, sequences, address, dtype, width, stride, stream), "mask logits");
  }

  /**
   * Draws a token per row: from the allowed logits alone inside a span, from [0, vocabSize) outside. The logits need
   * not have been masked. Where no such logit is finite the token is -1 (status: `NO_VALID_TOKEN`); in a row in error
   * it is the end token. Runs on `stream`.
   * @param logits as for `apply`
   */
  sample(logits: bigint, options: CudaSampleOptions): void {
    const { rows, sequences, stream } = readRows(options);
    const { dtype, width, stride } = readLogits(options, this.vocabSize);
    const address = expectAddress("logits", logits);
    const tokens = expectAddress("tokens", options.tokens);
    const { addon, handle } = this.#engine;
    const result = addon.cudaSample(handle, rows, sequences, address, dtype, width, stride, tokens, stream);
    this.#checked(result, "sample");
  }

  /**
   * Writes for each row tokens to propose to the model: a copy in advance, never a closing token. None outside a span,
   * or in error. Runs on `stream`.
   * @param max at most so many tokens per row, in [0, maxSpanTokens]
   */
  draft(max: number, options: CudaDraftOptions): void {
    expectInteger("max", max, 0, this.#settings.maxSpanTokens + 1);
    const { rows, sequences, stream } = readRows(options);
    const { choose = "agreed" } = options;
    const latest = expectOneOf("choose", choose, ["agreed", "latest"]) === "latest" ? 1 : 0;
    const tokens = expectAddress("tokens", options.tokens);
    const counts = expectAddress("counts", options.counts);
    const { addon, handle } = this.#engine;
    this.#checked(addon.cudaDraft(handle, rows, sequences, max, latest, tokens, counts, stream), "draft");
  }

  /** Makes `stream` wait for all that was called before. */
  join(stream: bigint): void {
    const joined = expectStream(stream);
    this.#checked(this.#engine.addon.cudaJoin(this.#engine.handle, joined), "join a stream");
  }

  /**
   * The statuses of all sequences, [maxSequences]; `"ok"` where none is open. Waits for `stream` and the device.
   */
  statuses(options?: CudaStreamOption): CudaSequenceStatus[] {
    const stream = readStream(options);
    const words = new Int32Array(this.maxSequences);
    this.#checked(this.#engine.addon.cudaPoll(this.#engine.handle, words, stream), "read the statuses");
    return Array.from(words, statusOf);
  }

  /** How many rows have been skipped since the engine was made: see `sequences`. Waits for the device. */
  badRows(): number {
    const count = new Float64Array(1);
    this.#checked(this.#engine.addon.cudaBadRows(this.#engine.handle, count), "count bad rows");
    return count[0];
  }

  /**
   * The bitmasks on the device, for a kernel of the caller's own: uint32 [maxSequences, wordsPerRow], bit `i % 32` of
   * word `i >> 5` is 1 where id `i` is allowed, all ones outside a span. Current after `prepare` and `join`.
   */
  bitmasks(): { address: bigint; wordsPerRow: number } {
    return this.#reader.bitmasks();
  }

  /** A sequence's state. Waits for the device. */
  snapshot(sequence: number): CudaSnapshot {
    this.#at(sequence);
    return this.#reader.snapshot(sequence);
  }

  /** A copy of a sequence's tokens at positions [start, end), which must exist. Waits for the device. */
  read(sequence: number, start: number, end: number): Int32Array {
    const { base, maxTokens } = this.#at(sequence);
    expectInteger("start", start, 0, base.length + maxTokens + 1);
    expectInteger("end", end, start, base.length + maxTokens + 1);
    return this.#reader.tokens(sequence, start, end);
  }

  /** A copy of a sequence's bitmask, brought up to date: [ceil(vocabSize / 32)]. Waits for the device. */
  bitmask(sequence: number): Int32Array {
    this.#at(sequence);
    return this.#reader.bitmask(sequence).subarray(0, bitmaskWords(this.vocabSize));
  }

  /**
   * The quotes of a sequence, in order, the open one last: each as it is now. Waits for the device, as does listing the
   * `sources` of one, which throws `SPAN_UNDONE` where its span was undone or has changed since.
   */
  quotes(sequence: number): TokenQuote[] {
    const opened = this.#at(sequence);
    const records = this.#reader.spans(sequence, 0, this.#reader.snapshot(sequence).spans);
    return records.map((record, span) => this.#describe(sequence, opened, span, record));
  }

  /**
   * Where a quote's tokens stand in what its span searched, as `RecallQuote.sources` lists them. Waits for the device.
   * @param quote its index in `quotes(sequence)`
   * @param options.limit at most so many sources; @defaultValue 16
   */
  sources(sequence: number, quote: number, options?: { limit?: number }): RecallSource[] {
    const opened = this.#at(sequence);
    expectInteger("quote", quote, 0, this.#reader.snapshot(sequence).spans);
    const [record] = this.#reader.spans(sequence, quote, 1);
    return this.#describe(sequence, opened, quote, record).sources(options);
  }

  /**
   * Waits for the engine's work and frees it, its contexts and its sequences; later verbs throw `CLOSED`. Closing twice
   * changes nothing.
   */
  close(): void {
    this.#engine.close();
    this.#sequences.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #checked(result: number, verb: string): number {
    return this.#engine.checked(result, verb);
  }

  /** A verb that takes nothing but a sequence and a stream. */
  #call(name: SequenceVerb, sequence: number, options: CudaStreamOption | undefined, verb: string): CudaSequence {
    const stream = readStream(options);
    const opened = this.#at(sequence);
    const { addon, handle } = this.#engine;
    this.#checked(addon[name](handle, sequence, stream), verb);
    return opened;
  }

  #at(sequence: number): CudaSequence {
    expectInteger("sequence", sequence, 0, this.maxSequences);
    if (this.#engine.handle === NO_HANDLE) throw new RecallError("CLOSED", "The engine is closed");
    const opened = this.#sequences.get(sequence);
    if (opened === undefined) throw new RecallError("CLOSED", `Sequence ${sequence} is not open`);
    return opened;
  }

  #describe(sequence: number, opened: CudaSequence, span: number, { tokens, start, isOpen }: SpanRecord): TokenQuote {
    const find = (limit: number) => {
      if (this.#at(sequence) !== opened) throw new RecallError("CLOSED", `The span's sequence was released`);
      const now = this.#reader.spans(sequence, span, 1).at(0);
      if (now?.start !== start || now.tokens.join() !== tokens.join()) {
        throw new RecallError("SPAN_UNDONE", "The span has been undone, or has changed since it was read");
      }
      return this.#reader.sources(sequence, span, tokens.length, opened, limit);
    };
    return new RecallQuote({
      ...{ start, length: tokens.length, open: isOpen, find },
      readText: () => undefined,
      copyTokens: () => tokens.slice(),
      copyBytes: () => undefined,
    }) as TokenQuote;
  }
}

function expectHostTokens(tokens: unknown, rows: number): Int32Array {
  if (typedArrayName(tokens) === "Int32Array") return expectWords("tokens", tokens, rows);
  throw new TypeError('Expected "tokens" to be a device address as a bigint, or an Int32Array');
}
