import * as assert from "uvu/assert";
import {
  CudaRecallEngine,
  RecallError,
  type CudaContextPiece,
  type CudaRecallEngineOptions,
  type CudaRecallContext,
  type CudaSequenceStatus,
} from "../../../lib/entry/cuda.js";
import { RecallContext, RecallSession } from "../../../lib/entry/index.js";
import { ids } from "../../support/snapshot.js";
import type { Device } from "./device.js";

/** A context of the batch, and the same of the native engine. */
export interface TwinContext {
  readonly cuda: CudaRecallContext;
  readonly native: RecallContext;
}

/** What a status of a sequence is where a session throws. */
const STATUS_OF_CODE: Partial<Record<string, CudaSequenceStatus>> = {
  TOKEN_NOT_ALLOWED: "TOKEN_NOT_ALLOWED",
  CONTEXT_FULL: "CONTEXT_FULL",
  IN_SPAN: "WRONG_SPAN",
  NOT_IN_SPAN: "WRONG_SPAN",
};

/** A batch, and for each of its rows a session of the native engine that is told the same. */
export class TwinBatch {
  readonly batch: CudaRecallEngine;
  readonly sessions = new Map<number, RecallSession>();
  /** Of each row: the tokens of its context, and the most that it can have. */
  readonly #bounds = new Map<number, { base: number; limit: number }>();
  readonly #device: Device;
  readonly #options: CudaRecallEngineOptions;

  constructor(device: Device, options: CudaRecallEngineOptions) {
    this.#device = device;
    this.#options = options;
    this.batch = new CudaRecallEngine(options);
  }

  get rows(): number[] {
    return [...this.sessions.keys()];
  }

  /** Tokens of a row's context: it cannot be cut below that. */
  base(row: number): number {
    return this.#bounds.get(row)!.base;
  }

  /** Tokens that a row can have, those of its context included. */
  limit(row: number): number {
    return this.#bounds.get(row)!.limit;
  }

  createContext(pieces: readonly CudaContextPiece[]): TwinContext {
    const { vocabSize, startTokenId, endTokenId, barrierTokenIds } = this.#options;
    const native = new RecallContext({ vocabSize, startTokenId, endTokenId, barrierTokenIds, backend: "native" });
    for (const { tokens, ...how } of pieces) native.append(tokens, how);
    return { cuda: this.batch.createContext(pieces), native: native.freeze() };
  }

  open({ cuda, native }: TwinContext, maxTokens: number): number {
    const row = this.batch.open({ context: cuda, maxTokens });
    const { maxSpanTokens, minSpanTokens, maskValue, recallGenerated } = this.#options;
    const maxContextTokens = native.length + maxTokens;
    const how = { maxSpanTokens, minSpanTokens, maskValue, recallGenerated, maxContextTokens };
    this.sessions.set(row, new RecallSession({ context: native, ...how }));
    this.#bounds.set(row, { base: native.length, limit: maxContextTokens });
    return row;
  }

  fork(row: number): number {
    const fork = this.batch.fork(row);
    this.sessions.set(fork, this.sessions.get(row)!.fork());
    this.#bounds.set(fork, this.#bounds.get(row)!);
    return fork;
  }

  release(row: number): void {
    this.batch.release(row);
    this.sessions.get(row)!.close();
    this.sessions.delete(row);
    this.#bounds.delete(row);
  }

  /**
   * Accepts a token per row that is named, in that order; -1 names no row, or skips it.
   * @returns the status that each should have then
   */
  accept(rows: readonly number[], tokens: readonly number[], { onDevice = true, inOneLaunch = true, stream = 0n }) {
    const expected = rows.map((row, i): CudaSequenceStatus => {
      if (row === -1 || tokens[i] === -1) return "ok";
      return statusAfter(() => this.sessions.get(row)!.accept(tokens[i]), "TOKEN_OUT_OF_RANGE");
    });
    const given = Int32Array.from(tokens);
    const sequences = this.#device.place(Int32Array.from(rows));
    const address = this.#device.place(given);
    const how = { rows: rows.length, sequences, stream };
    if (inOneLaunch) this.batch.step(onDevice ? address : given, how);
    else this.batch.accept(onDevice ? address : given, how);
    // What was given has been read before it is freed.
    this.batch.join(stream);
    this.#device.free(sequences);
    this.#device.free(address);
    return expected;
  }

  /** Takes back tokens of rows, by counts in device memory. */
  rollback(rows: readonly number[], counts: readonly number[], stream = 0n): void {
    rows.forEach((row, i) => this.sessions.get(row)!.rollback(counts[i]));
    const sequences = this.#device.place(Int32Array.from(rows));
    const address = this.#device.place(Int32Array.from(counts));
    this.batch.rollback(address, { rows: rows.length, sequences, stream });
    this.batch.join(stream);
    this.#device.free(sequences);
    this.#device.free(address);
  }

  /** Checks that the masks are what the sessions say: the bitmasks, and what becomes of rows of logits. */
  compareMasks(logits: Float32Array, width: number, stream = 0n): void {
    const rows = this.rows;
    const expected = logits.slice();
    rows.forEach((row, i) => this.sessions.get(row)!.apply(expected.subarray(i * width, (i + 1) * width)));
    const address = this.#device.place(logits);
    const sequences = this.#device.place(Int32Array.from(rows));
    this.batch.apply(address, { dtype: "float32", rows: rows.length, width, sequences, stream });
    const applied = this.#device.read(address, new Float32Array(logits.length), stream);
    assert.equal(new Int32Array(applied.buffer), new Int32Array(expected.buffer));
    this.#device.free(address);
    this.#device.free(sequences);
    for (const row of rows) this.compareBitmask(row);
  }

  compareBitmask(row: number): void {
    const session = this.sessions.get(row)!;
    const words = new Int32Array(Math.ceil(session.vocabSize / 32));
    session.fillBitmask(words);
    assert.equal(ids(this.batch.bitmask(row)), ids(words), `bitmask of row ${row}`);
  }

  /** Checks that drafts are what the sessions say. */
  compareDrafts(max: number, choose: "agreed" | "latest", stream = 0n): void {
    const rows = this.rows;
    const sequences = this.#device.place(Int32Array.from(rows));
    const tokens = this.#device.place(new Int32Array(rows.length * max));
    const counts = this.#device.place(new Int32Array(rows.length));
    this.batch.draft(max, { rows: rows.length, sequences, choose, tokens, counts, stream });
    const found = this.#device.read(counts, new Int32Array(rows.length), stream);
    const drafts = this.#device.read(tokens, new Int32Array(rows.length * max), stream);
    rows.forEach((row, i) => {
      const draft = ids(drafts.subarray(i * max, i * max + found[i]));
      assert.equal(draft, ids(this.sessions.get(row)!.draft(max, { choose })), `draft of row ${row}`);
    });
    for (const address of [sequences, tokens, counts]) this.#device.free(address);
  }

  /** Checks that a row tells of itself what its session does. */
  compareState(row: number): void {
    const session = this.sessions.get(row)!;
    const { length, inSpan, depth, spans } = this.batch.snapshot(row);
    const told = session.quotes;
    const open = told.find((span) => span.open);
    assert.equal(
      { length, inSpan, depth, spans },
      { length: session.contextLength, inSpan: session.inSpan, depth: open?.tokens.length ?? 0, spans: told.length },
      `state of row ${row}`,
    );
  }

  /** Checks that a row has its session's spans, each with the same sources. */
  compareSpans(row: number, limit: number): void {
    const told = this.sessions.get(row)!.quotes;
    const spans = this.batch.quotes(row);
    assert.is(spans.length, told.length);
    spans.forEach((span, i) => {
      const { tokens, start, end, open } = told[i];
      assert.equal([ids(span.tokens), span.start, span.end, span.open], [ids(tokens), start, end, open]);
      assert.equal(span.sources({ limit }), told[i].sources({ limit }), `sources of span ${i} of row ${row}`);
    });
  }

  close(): void {
    this.batch.close();
    for (const session of this.sessions.values()) session.close();
  }
}

/**
 * The status of a sequence to which the same was done as `verb` does to a session.
 * @param outOfRange what it is for a RangeError
 */
export function statusAfter(verb: () => void, outOfRange?: CudaSequenceStatus): CudaSequenceStatus {
  try {
    verb();
    return "ok";
  } catch (error) {
    const status = error instanceof RecallError ? STATUS_OF_CODE[error.code] : outOfRange;
    if (status === undefined) throw error;
    return status;
  }
}
