import { below } from "./json-pointer.js";
import { SchemaError } from "./schema-error.js";

/** A schema that is an object; what its keywords hold is unknown until it is read. */
export type Schema = Readonly<Record<string, unknown>>;

/** The keyword that makes a string a quote. */
export const VERBATIM = "x-verbatim";

/** Keywords that constrain nothing. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...["$anchor", "$comment", "$defs", "$id", "$schema", "default", "definitions", "deprecated", "description"],
  ...["example", "examples", "readOnly", "title", "writeOnly"],
]);

/** Of several types, each has keywords of its own: those of the others say nothing about it. */
export const KEYWORDS_OF: Readonly<Record<string, readonly string[]>> = {
  string: ["minLength", "maxLength", "format"],
  object: ["properties", "required", "additionalProperties", "minProperties", "maxProperties"],
  array: ["items", "prefixItems", "minItems", "maxItems"],
};

/** A schema of several types as one of them. */
export function withoutOthers(schema: Schema, types: readonly string[], type: string): Schema {
  const others = types.filter((other) => other !== type).flatMap((other) => KEYWORDS_OF[other] ?? []);
  return { ...Object.fromEntries(Object.entries(schema).filter(([keyword]) => !others.includes(keyword))), type };
}

/** @throws SchemaError */
export function expectSchema(value: unknown, pointer: string): Schema {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SchemaError(pointer, "expected an object");
  }
  return value as Schema;
}

/** @throws SchemaError which names the first keyword that is not honoured */
export function expectKeywords(schema: Schema, pointer: string, what: string, keywords: readonly string[]): void {
  for (const keyword of Object.keys(schema)) {
    if (keywords.includes(keyword) || ANNOTATIONS.has(keyword)) continue;
    if (keyword === VERBATIM ? schema[keyword] === false : keyword.startsWith("x-")) continue;
    throw new SchemaError(below(pointer, keyword), `"${keyword}" cannot be honoured in ${what}`);
  }
}

/** The integer of at least 0 that a keyword holds; `undefined` where it is left out. */
export function readCount(schema: Schema, pointer: string, keyword: string): number | undefined {
  const value = schema[keyword];
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0))
    return value as number | undefined;
  throw new SchemaError(below(pointer, keyword), "expected an integer of at least 0");
}

/** Two counts, the second not less than the first. */
export function readRange(schema: Schema, pointer: string, least: string, most: string) {
  const [min, max] = [readCount(schema, pointer, least), readCount(schema, pointer, most)];
  if (min !== undefined && max !== undefined && max < min) {
    throw new SchemaError(below(pointer, most), `expected at least "${least}", ${min}`);
  }
  return { min, max };
}

/** The types that a schema allows, of those that are named or that its other keywords imply. */
export function readTypes(schema: Schema, pointer: string): string[] {
  const { type } = schema;
  if (type === undefined) {
    if (schema.properties !== undefined) return ["object"];
    if (schema.items !== undefined || schema.prefixItems !== undefined) return ["array"];
    throw new SchemaError(pointer, 'expected a "type"');
  }
  const types: unknown[] = Array.isArray(type) ? type : [type];
  const known = types.every((name) => typeof name === "string" && TYPES.includes(name));
  if (known && types.length > 0 && new Set(types).size === types.length) return types as string[];
  throw new SchemaError(below(pointer, "type"), `expected one of ${TYPES.join(", ")}, or several of them`);
}

const TYPES = ["string", "number", "integer", "boolean", "null", "object", "array"];

/** The properties of an object, in the order of the schema; a required one that is none of them is refused. */
export function readProperties(schema: Schema, pointer: string): [key: string, schema: Schema][] {
  const place = below(pointer, "properties");
  const properties = expectSchema(schema.properties ?? {}, place);
  const { required = [] } = schema;
  if (!Array.isArray(required)) throw new SchemaError(below(pointer, "required"), "expected an array");
  for (const [i, key] of required.entries()) {
    if (typeof key === "string" && Object.hasOwn(properties, key)) continue;
    throw new SchemaError(below(below(pointer, "required"), i), 'expected the name of one of "properties"');
  }
  return Object.entries(properties).map(([key, value]) => [key, expectSchema(value, below(place, key))]);
}

/** Schemas of which a value fits one, each with its pointer. */
export interface Union {
  readonly alternatives: readonly (readonly [Schema, string])[];
  /** The pointer of the keyword that says so. */
  readonly place: string;
}

/** The alternatives of `anyOf` or `oneOf`, whichever the schema has; `null` where it has neither. */
export function readUnion(schema: Schema, pointer: string): Union | null {
  const keyword = ["anyOf", "oneOf"].find((one) => schema[one] !== undefined);
  if (keyword === undefined) return null;
  expectKeywords(schema, pointer, `a schema with "${keyword}"`, [keyword]);
  return { alternatives: readAlternatives(schema, pointer, keyword), place: below(pointer, keyword) };
}

/** The schemas in an array, and the pointer of each. */
export function readAlternatives(schema: Schema, pointer: string, keyword: string): [Schema, string][] {
  const place = below(pointer, keyword);
  const alternatives = schema[keyword];
  if (!Array.isArray(alternatives) || alternatives.length === 0) {
    throw new SchemaError(place, "expected an array of schemas that is not empty");
  }
  return alternatives.map((value, i) => [expectSchema(value, below(place, i)), below(place, i)]);
}
