import { SegmentTable } from "../session/segments.js";

/** What sequences share: the length of a context, and where its named segments lie. */
export interface SharedTokens {
  readonly length: number;
  readonly segments: SegmentTable;
}

export const NO_TOKENS: SharedTokens = { length: 0, segments: new SegmentTable() };

/** What the host knows of a sequence: its named segments. Its tokens, its spans and its length are the device's. */
export class CudaSequence {
  readonly base: SharedTokens;
  /** Tokens that it can have beyond its base's. */
  readonly maxTokens: number;
  readonly segments: SegmentTable;

  constructor(base: SharedTokens, maxTokens: number, segments = base.segments.fork()) {
    this.base = base;
    this.maxTokens = maxTokens;
    this.segments = segments;
  }

  /** Whether some of its named segments are its own, so that undoing may cut them. */
  get hasOwnSegments(): boolean {
    return this.segments.count > this.base.segments.count;
  }

  reset(): void {
    this.segments.keep(this.base.segments.count);
  }

  fork(): CudaSequence {
    return new CudaSequence(this.base, this.maxTokens, this.segments.fork());
  }
}
