import { countUpTo } from "../base/search.js";

/** The spans of a session as a caller sees them: one object each, made once, for as long as the span is not undone. */
export class LiveSpans<Opening extends object, Span> {
  readonly #make: (opening: Opening) => Span;
  readonly #made = new WeakMap<Opening, Span>();
  #openings: readonly Opening[] = [];
  #spans: readonly Span[] = [];

  constructor(make: (opening: Opening) => Span) {
    this.#make = make;
  }

  /** The spans of these closed ones and of the open one, in order: the same array while they are the same. */
  of(closed: readonly { readonly opening: Opening }[], open: { readonly opening: Opening } | null): readonly Span[] {
    const count = closed.length + (open === null ? 0 : 1);
    const last = open?.opening ?? closed.at(-1)?.opening;
    // Spans come and go at the end only, and an opening never comes again in another place.
    if (count !== this.#spans.length || last !== this.#openings.at(-1)) {
      this.#openings = [...closed, ...(open === null ? [] : [open])].map(({ opening }) => opening);
      this.#spans = Object.freeze(this.#openings.map((opening) => this.#spanOf(opening)));
    }
    return this.#spans;
  }

  #spanOf(opening: Opening): Span {
    let span = this.#made.get(opening);
    if (span === undefined) this.#made.set(opening, (span = this.#make(opening)));
    return span;
  }
}

/** The closed span of an opening, among closed ones in the order of their starts. */
export function findClosed<Closed extends { readonly opening: { readonly start: number } }>(
  closed: readonly Closed[],
  opening: Closed["opening"],
): Closed | undefined {
  let index = countUpTo(closed.length, (i) => closed[i].opening.start <= opening.start) - 1;
  while (index >= 0 && closed[index].opening.start === opening.start) {
    if (closed[index].opening === opening) return closed[index];
    index--;
  }
  return undefined;
}
