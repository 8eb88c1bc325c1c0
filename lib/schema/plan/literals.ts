import { below } from "../json-pointer.js";
import { KEYWORDS_OF, type Place, readFlag, type Type, VERBATIM } from "../keywords.js";
import { isWithin } from "../number-range.js";
import type { LiteralsPlan } from "./plan.js";
import { readCharacters } from "./strings.js";
import { isAmong } from "../regular/characters.js";
import { SchemaError } from "../schema-error.js";

/** Whether some place says which values there are. */
export function hasLiterals(places: readonly Place[]): boolean {
  return places.some(({ schema }) => schema.const !== undefined || schema.enum !== undefined);
}

/**
 * The values that all of the places name, and that fit what else they say.
 * @param types what the places say about types; `null`: nothing
 * @throws SchemaError
 */
export function planLiterals(places: readonly Place[], types: readonly Type[] | null): LiteralsPlan {
  const lists = places.flatMap(readValues);
  const [{ values, pointer }] = lists;
  for (const place of places) {
    if (readFlag(place, VERBATIM)) throw new SchemaError(pointer, `no "${VERBATIM}" string can be one of given values`);
  }
  const named = distinct(values).filter((value) =>
    lists.every((list) => list.values.some((one) => isSame(one, value))),
  );
  const fitting = named.filter((value) => types === null || types.some((type) => isOfType(value, type)));
  const strings = fitting.some((value) => typeof value === "string") ? readCharacters(places) : null;
  const left = fitting.filter((value) =>
    typeof value === "string" ? isAmong(value, strings!) : fits(value, places, pointer),
  );
  if (left.length > 0) return { type: "literals", values: left };
  const ofType = types === null ? "" : ` of the "type", ${types.join(" or ")},`;
  throw new SchemaError(pointer, `there is no value${ofType} that fits what else is said`);
}

function readValues({ schema, pointer }: Place): { values: readonly unknown[]; pointer: string }[] {
  const lists: { values: readonly unknown[]; pointer: string }[] = [];
  if (schema.const !== undefined) lists.push({ values: [schema.const], pointer: below(pointer, "const") });
  if (schema.enum !== undefined) {
    const place = below(pointer, "enum");
    if (!Array.isArray(schema.enum) || schema.enum.length === 0) {
      throw new SchemaError(place, "expected an array that is not empty");
    }
    lists.push({ values: schema.enum, pointer: place });
  }
  return lists;
}

/** @throws SchemaError where it would have to be looked into the value */
function fits(value: unknown, places: readonly Place[], pointer: string): boolean {
  if (typeof value === "number") return isWithin(value, places);
  if (typeof value !== "object" || value === null) return true;
  const keywords = Array.isArray(value) ? ARRAY_KEYWORDS : OBJECT_KEYWORDS;
  if (places.every(({ schema }) => keywords.every((keyword) => schema[keyword] === undefined))) return true;
  throw new SchemaError(pointer, "nothing else can be said about an array or an object that is given as a value");
}

const ARRAY_KEYWORDS = [...KEYWORDS_OF.array, "unevaluatedItems"];
const OBJECT_KEYWORDS = [...KEYWORDS_OF.object, "unevaluatedProperties"];

/** Whether a value is of a type. */
export function isOfType(value: unknown, type: Type): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
