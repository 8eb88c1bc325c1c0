/**
 * Grammars in llama.cpp's notation under which a model writes a quote between its delimiters, and then anything: what
 * a user of a grammar would write. Delimiters are given by id.
 */
export interface Delimiters {
  readonly start: number;
  readonly end: number;
}

/** A quote is one of the document's sentences, whole. */
export function sentenceGrammar(sentences: readonly string[], delimiters: Delimiters): string {
  return [quoteRules(delimiters), `quote ::= ${sentences.map(literal).join(" | ")}`].join("\n");
}

/** A quote may begin at every character of the document and end at every later one: a rule for each place. */
export function everyPlaceGrammar(document: string, delimiters: Delimiters): string {
  const characters = [...document];
  const places = characters.map((_, i) => `place${i}`);
  const rules = characters.map((character, i) => {
    const rest = i + 1 < characters.length ? ` ${places[i + 1]}?` : "";
    return `${places[i]} ::= ${literal(character)}${rest}`;
  });
  return [quoteRules(delimiters), `quote ::= ${places.join(" | ")}`, ...rules].join("\n");
}

function quoteRules({ start, end }: Delimiters): string {
  return `root ::= " " <[${start}]> quote <[${end}]> anything\nanything ::= [^\\x00]*`;
}

/** JSON's escapes mean the same in a grammar. */
function literal(text: string): string {
  return JSON.stringify(text);
}
