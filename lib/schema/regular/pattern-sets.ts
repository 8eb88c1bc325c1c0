import type { AST } from "@eslint-community/regexpp";
import { type CodePoints, codePointsMatching, complementOf, unionOf } from "./code-points.js";

const LINE_ENDS: CodePoints = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029];
const DIGITS: CodePoints = [0x30, 0x39];
/** What `\w` stands for. */
export const WORDS: CodePoints = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
const SPACES: CodePoints = [
  ...[0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f],
  ...[0x205f, 0x205f, 0x3000, 0x3000, 0xfeff, 0xfeff],
];

/** An element of a pattern that stands for one character. */
type Single = AST.Character | AST.CharacterClass | AST.CharacterSet | AST.ExpressionCharacterClass;

/** The characters that the element stands for. */
export function charactersOf(element: Single | AST.CharacterClassElement): CodePoints {
  switch (element.type) {
    case "Character":
      return unionOf([[element.value, element.value]]);
    case "CharacterClassRange":
      return unionOf([[element.min.value, element.max.value]]);
    case "CharacterClass": {
      const characters = unionOf(element.elements.map(charactersOf));
      return element.negate ? complementOf(characters) : characters;
    }
    case "CharacterSet":
      return charactersOfSet(element);
    default:
      // Sets with operators need the flag "v", which patterns of schemas do not have.
      throw new TypeError(`Expected no ${element.type}`);
  }
}

function charactersOfSet(set: AST.CharacterSet): CodePoints {
  switch (set.kind) {
    case "any":
      return complementOf(LINE_ENDS);
    case "digit":
      return set.negate ? complementOf(DIGITS) : DIGITS;
    case "space":
      return set.negate ? complementOf(SPACES) : SPACES;
    case "word":
      return set.negate ? complementOf(WORDS) : WORDS;
    case "property":
      return charactersOfProperty(set.raw);
  }
}

const properties = new Map<string, CodePoints>();

function charactersOfProperty(raw: string): CodePoints {
  let characters = properties.get(raw);
  if (characters === undefined) properties.set(raw, (characters = codePointsMatching(raw)));
  return characters;
}
