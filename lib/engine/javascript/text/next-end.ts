import type { SearchedText } from "./searched-text.js";

/** Finds the next place where a quote may end. Places before it share it: what was looked at is not looked at again. */
export class NextEnd {
  readonly #context: SearchedText;
  /** Places in [from, end] have `end` as their next one. */
  #from = 0;
  #end = -1;

  constructor(context: SearchedText) {
    this.#context = context;
  }

  /** See `SearchedText.nextEnd`. */
  from(position: number, end: number, limit: number): number {
    if (this.#from <= position && position <= this.#end) return this.#end;
    const found = this.#context.nextEnd(position, end, limit);
    if (found <= limit) [this.#from, this.#end] = [position, found];
    return found;
  }
}
