import { END, START } from "./tiny-model.js";

/** The closed quotes of a generation, by its delimiters alone. */
export function quotesIn<Token extends number>(generated: readonly Token[]): Token[][] {
  const quotes: Token[][] = [];
  let quote: Token[] | null = null;
  for (const token of generated) {
    if (quote === null) {
      if (token === START) quote = [];
    } else if (token === END) {
      quotes.push(quote);
      quote = null;
    } else {
      quote.push(token);
    }
  }
  return quotes;
}
