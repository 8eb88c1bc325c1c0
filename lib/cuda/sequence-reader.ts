import type { RecallSource } from "../session/document-layout.js";
import type { CudaEngine } from "./engine.js";
import type { CudaSequence } from "./sequence.js";
import { listSources } from "./sources.js";
import { statusOf, type CudaSequenceStatus } from "./status.js";

/** A sequence's state, as it was when it was read. */
export interface CudaSnapshot {
  status: CudaSequenceStatus;
  /** Tokens, those of the context and of the open span included. */
  length: number;
  inSpan: boolean;
  /** Tokens of the open span; 0 outside one. */
  depth: number;
  /** Candidates of the open span; `null` at depth 0, where every searchable position is one, and outside a span. */
  candidates: number | null;
  /** Spans, closed and open. */
  spans: number;
}

/** A span, as it was when it was read. */
export interface SpanRecord {
  readonly tokens: Int32Array;
  /** Position of its first token. */
  readonly start: number;
  readonly isOpen: boolean;
}

/** Figures of a span that the addon writes: start, end, whether it is open. */
const SPAN_FIGURES = 3;

/** Reads back what is on the device; all of it but `bitmasks` waits for the device. Sequences come checked. */
export class SequenceReader {
  readonly #engine: CudaEngine;

  constructor(engine: CudaEngine) {
    this.#engine = engine;
  }

  snapshot(row: number): CudaSnapshot {
    const state = new Int32Array(6);
    const { addon, handle } = this.#engine;
    this.#engine.checked(addon.cudaSnapshot(handle, row, state), "read a sequence's state");
    const [status, length, inSpan, depth, candidates, spans] = state;
    return {
      status: statusOf(status),
      length,
      inSpan: inSpan !== 0,
      depth,
      candidates: candidates < 0 ? null : candidates,
      spans,
    };
  }

  tokens(row: number, start: number, end: number): Int32Array {
    const tokens = new Int32Array(end - start);
    const { addon, handle } = this.#engine;
    this.#engine.checked(addon.cudaRead(handle, row, start, tokens), "read tokens");
    return tokens;
  }

  bitmasks(): { address: bigint; wordsPerRow: number } {
    const address = new BigUint64Array(1);
    const { addon, handle } = this.#engine;
    const wordsPerRow = this.#engine.checked(addon.cudaBitmasks(handle, address), "find the bitmasks");
    return { address: address[0], wordsPerRow };
  }

  bitmask(row: number): Int32Array {
    const words = new Int32Array(this.bitmasks().wordsPerRow);
    const { addon, handle } = this.#engine;
    this.#engine.checked(addon.cudaReadBitmask(handle, row, words), "read a bitmask");
    return words;
  }

  /** At most `limit` spans, from number `first` on. */
  spans(row: number, first: number, limit: number): SpanRecord[] {
    const figures = new Int32Array(limit * SPAN_FIGURES);
    const { addon, handle } = this.#engine;
    const count = this.#engine.checked(addon.cudaReadSpans(handle, row, first, figures), "read spans");
    if (count === 0) return [];
    const [base, end] = [figures[0], figures[(count - 1) * SPAN_FIGURES + 1]];
    // One read for all: they lie close together, among the tokens that were generated.
    const tokens = this.tokens(row, base, end);
    return Array.from({ length: count }, (_, span) => {
      const [start, end, isOpen] = figures.subarray(span * SPAN_FIGURES);
      return { tokens: tokens.slice(start - base, end - base), start, isOpen: isOpen !== 0 };
    });
  }

  /** Sources of a span of `count` tokens, named segments first. */
  sources(row: number, span: number, count: number, sequence: CudaSequence, limit: number): RecallSource[] {
    const { base, maxTokens, segments } = sequence;
    const { addon, handle } = this.#engine;
    const list = (most: number): Int32Array => {
      const starts = new Int32Array(most);
      const found = this.#engine.checked(addon.cudaSources(handle, row, span, starts), "list sources");
      return starts.subarray(0, found);
    };
    return listSources({ count, segments, positions: base.length + maxTokens, list }, limit);
  }
}
