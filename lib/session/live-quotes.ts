import type { RecallQuote } from "./quote.js";

interface Opened<Opening> {
  readonly opening: Opening;
}

/** The quotes of a session as a caller sees them: one object each, made once, for as long as it is not undone. */
export class LiveQuotes<Opening extends object, Quote extends RecallQuote> {
  readonly #make: (opening: Opening) => Quote;
  readonly #made = new WeakMap<Opening, Quote>();
  #openings: readonly Opening[] = [];
  #quotes: readonly Quote[] = [];

  constructor(make: (opening: Opening) => Quote) {
    this.#make = make;
  }

  /** The quotes of these closed spans and of the open one, in order: the same array while they are the same. */
  all(closed: readonly Opened<Opening>[], open: Opened<Opening> | null): readonly Quote[] {
    const count = closed.length + (open === null ? 0 : 1);
    const last = (open ?? closed.at(-1))?.opening;
    // Spans come and go at the end only, and an opening never comes again in another place.
    if (count !== this.#quotes.length || last !== this.#openings.at(-1)) {
      this.#openings = [...closed, ...(open === null ? [] : [open])].map(({ opening }) => opening);
      this.#quotes = Object.freeze(this.#openings.map((opening) => this.#quoteOf(opening)));
    }
    return this.#quotes;
  }

  /** The last of them. */
  last(closed: readonly Opened<Opening>[], open: Opened<Opening> | null): Quote | undefined {
    const last = open ?? closed.at(-1);
    return last === undefined ? undefined : this.#quoteOf(last.opening);
  }

  #quoteOf(opening: Opening): Quote {
    let quote = this.#made.get(opening);
    if (quote === undefined) this.#made.set(opening, (quote = this.#make(opening)));
    return quote;
  }
}
