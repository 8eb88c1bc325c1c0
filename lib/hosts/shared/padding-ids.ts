import type { HostVocabulary } from "./host-vocabulary.js";

/**
 * Ids that a model's rows have and its tokenizer lacks, since rows are padded to a round width. One that is sampled
 * outside a quote stands for nothing: for a session it is a token without bytes, which no quote has in it or crosses.
 */
export class PaddingIds {
  readonly #size: number;
  readonly #barrier: number | undefined;
  #width = 0;

  /** @param delimiters what opens and closes quotes: no stand-in for nothing */
  constructor({ size, barriers }: HostVocabulary, delimiters: readonly number[]) {
    this.#size = size;
    this.#barrier = barriers.find((id) => !delimiters.includes(id));
  }

  /** A row of logits is so wide. */
  seeWidth(width: number): void {
    this.#width = Math.max(this.#width, width);
  }

  /** What a session is told in place of a host's id: the id itself where the tokenizer has it, or no row does. */
  forSession(id: number): number {
    return id >= this.#size && id < this.#width && Number.isInteger(id) ? (this.#barrier ?? id) : id;
  }
}
