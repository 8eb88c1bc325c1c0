/** A document as everything above the sampler knows it. */
export interface DocumentRecord {
  /** Under this name quotes report it as their source; no two documents of one list share theirs. */
  readonly name: string;
  /** What the document calls itself. */
  readonly title?: string;
  /** What can be quoted: a quote is exact with respect to this text. */
  readonly text: string;
}
