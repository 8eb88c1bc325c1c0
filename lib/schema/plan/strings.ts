import { KNOWN_FORMATS, looseStringsOfFormat, stringsOfFormat } from "../formats.js";
import { below } from "../json-pointer.js";
import { type Place, readFlag, readRange, VERBATIM } from "../keywords.js";
import type { QuotePlan, StringPlan } from "./plan.js";
import { AnyCharacters, type Characters } from "../regular/characters.js";
import { type Dfa, TooComplex } from "../regular/dfa.js";
import { compilePattern, PatternError } from "../regular/pattern.js";
import { StringsOfLength } from "../regular/strings-of-length.js";
import { SchemaError } from "../schema-error.js";

/** @throws SchemaError */
export function planString(places: readonly Place[]): StringPlan | QuotePlan {
  if (places.some((place) => readFlag(place, VERBATIM))) return planQuote(places);
  return { type: "string", characters: readCharacters(places), isExact: places.every((place) => !hasFormat(place)) };
}

/**
 * The strings that the places allow, all of them.
 * @throws SchemaError
 */
export function readCharacters(places: readonly Place[]): Characters {
  const { min, max } = readRange(places, "minLength", "maxLength");
  const [least, most] = [min?.value ?? 0, max?.value ?? Infinity];
  const dfa = readDfa(places);
  if (dfa === null) return new AnyCharacters(least, most);
  if (least === 0 && most === Infinity) return dfa;
  const pointer = (max ?? min)!.pointer;
  const strings = orRefuse(pointer, () => new StringsOfLength(dfa, least, most));
  if (strings.start < 0) throw new SchemaError(pointer, "no string of such a length is left");
  return strings;
}

/** The strings of all patterns and formats; `null` where there are none. */
function readDfa(places: readonly Place[]): Dfa | null {
  let strings: Dfa | null = null;
  for (const { schema, pointer } of places) {
    if (schema.pattern !== undefined)
      strings = narrow(strings, readPattern(schema.pattern, below(pointer, "pattern")), pointer);
  }
  for (const place of places) if (hasFormat(place)) strings = withFormat(strings, place, places);
  return strings;
}

/** @throws SchemaError */
export function readPattern(pattern: unknown, pointer: string): Dfa {
  if (typeof pattern !== "string") throw new SchemaError(pointer, "expected a string");
  try {
    const dfa = compilePattern(pattern);
    if (!dfa.isEmpty) return dfa;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new SchemaError(pointer, `the pattern cannot be honoured: ${error.message}`);
  }
  throw new SchemaError(pointer, "no string matches the pattern");
}

function narrow(strings: Dfa | null, other: Dfa, pointer: string): Dfa {
  if (strings === null) return other;
  const both = orRefuse(pointer, () => strings.intersect(other));
  if (both.isEmpty) throw new SchemaError(pointer, "no string fits this and what else is said about it");
  return both;
}

function hasFormat({ schema }: Place): boolean {
  return schema.format !== undefined;
}

/**
 * A format by itself is what its standard says. Beside a pattern it is read as the library reads it that wrote both: a
 * format that is not known adds nothing then.
 */
function withFormat(strings: Dfa | null, { schema: { format }, pointer }: Place, places: readonly Place[]): Dfa | null {
  const place = below(pointer, "format");
  if (typeof format !== "string") throw new SchemaError(place, "expected a string");
  const ofFormat = stringsOfFormat(format, strings === null);
  if (ofFormat === undefined && !places.some(({ schema }) => schema.pattern !== undefined)) {
    throw new SchemaError(place, `this format cannot be honoured: expected one of ${KNOWN_FORMATS.join(", ")}`);
  }
  if (ofFormat === undefined || ofFormat === null) return strings;
  if (strings === null) return ofFormat;
  const [both, loose] = [orRefuse(place, () => strings.intersect(ofFormat)), looseStringsOfFormat(format)];
  return both.isEmpty && loose !== undefined ? narrow(strings, loose, place) : narrow(strings, ofFormat, place);
}

function planQuote(places: readonly Place[]): QuotePlan {
  for (const { schema, pointer } of places) {
    const keyword = ["pattern", "format"].find((one) => schema[one] !== undefined);
    if (keyword !== undefined) {
      throw new SchemaError(below(pointer, keyword), `"${keyword}" cannot be honoured in a verbatim string`);
    }
  }
  const { min, max } = readRange(places, "minLength", "maxLength");
  if (max?.value === 0) throw new SchemaError(max.pointer, "expected at least 1");
  return { type: "quote", minLength: min?.value ?? 1, maxLength: max?.value ?? Infinity };
}

function orRefuse<Result>(pointer: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    throw new SchemaError(pointer, "what is said about the string is too complex to be honoured together");
  }
}
