import { expectString } from "../../base/arguments.js";

/** Of no character. */
const SEPARATOR = -1;

/**
 * F1 of two texts as the published code of RecaLLM takes it, in place of their intervals: what they have in common is
 * the whole of one if the other contains it, and otherwise the longest end of one that is a beginning of the other. In
 * characters (code points).
 */
export function edgeF1(gold: string, span: string): number {
  const [a, b] = [codePoints(expectString("gold", gold)), codePoints(expectString("span", span))];
  if (a.length === 0 || b.length === 0) return 0;
  return (2 * commonLength(gold, span, a, b)) / (a.length + b.length);
}

function commonLength(gold: string, span: string, a: number[], b: number[]): number {
  if (span.includes(gold)) return a.length;
  if (gold.includes(span)) return b.length;
  return Math.max(endThatBegins(a, b), endThatBegins(b, a));
}

/** How much of the end of `ending` is a beginning of `beginning`: the last border of the two, one after the other. */
function endThatBegins(ending: number[], beginning: number[]): number {
  const text = [...beginning, SEPARATOR, ...ending];
  const borders = new Int32Array(text.length);
  for (let i = 1; i < text.length; i++) {
    let border = borders[i - 1];
    while (border > 0 && text[border] !== text[i]) border = borders[border - 1];
    borders[i] = text[border] === text[i] ? border + 1 : 0;
  }
  return borders[text.length - 1];
}

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}
