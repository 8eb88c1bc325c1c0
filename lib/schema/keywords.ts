import { below } from "./json-pointer.js";
import { SchemaError } from "./schema-error.js";

/** A schema that is an object; what its keywords hold is unknown until it is read. */
export type Schema = Readonly<Record<string, unknown>>;

/** A schema, and where it stands: a JSON pointer. */
export interface Place {
  readonly schema: Schema;
  readonly pointer: string;
}

/** The keyword that makes a string a quote. */
export const VERBATIM = "x-verbatim";

/** The types of JSON values; integers are numbers too. */
export const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"] as const;
export type Type = (typeof TYPES)[number];

/** What each keyword constrains: it says nothing about values of other types. */
export const KEYWORDS_OF = {
  string: ["minLength", "maxLength", "pattern", "format", VERBATIM],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  array: ["items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems"],
  object: [
    ...["properties", "required", "additionalProperties", "patternProperties", "propertyNames"],
    ...["minProperties", "maxProperties", "dependentRequired"],
  ],
} as const;

/** What is said of items and members that no other keyword describes. */
export const UNEVALUATED = ["unevaluatedItems", "unevaluatedProperties"] as const;

/** Keywords that hold further schemas of the same value, or close them off. */
const COMBINING: ReadonlySet<string> = new Set([
  ...["$ref", "allOf", "anyOf", "oneOf", "not", "nullable"],
  ...UNEVALUATED,
]);

/** Keywords that constrain nothing. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...["$anchor", "$comment", "$defs", "$id", "$schema", "$vocabulary", "id", "definitions", "title", "description"],
  ...["default", "deprecated", "example", "examples", "readOnly", "writeOnly", "contentEncoding", "contentMediaType"],
  ...["contentSchema", "discriminator", "externalDocs", "xml", "tsType", "tsEnumNames", "enumNames"],
  ...["deprecationMessage", "markdownDeprecationMessage", "markdownEnumDescriptions", "enumItemLabels", "doNotSuggest"],
  ...["patternErrorMessage", "defaultSnippets", "suggestSortText", "allowComments", "allowTrailingCommas"],
  ...["enumDescriptions", "markdownDescription", "errorMessage"],
]);

/** Where OpenAPI keeps schemas, for `$ref`: at the root it constrains nothing. */
const ROOT_ONLY = "components";

/** Keywords that say themselves what a value may be. */
const CONSTRAINING: ReadonlySet<string> = new Set(["type", "const", "enum", ...Object.values(KEYWORDS_OF).flat()]);

/** @throws SchemaError which names the first keyword that is not honoured */
export function expectKeywords({ schema, pointer }: Place): void {
  for (const keyword of Object.keys(schema)) {
    if (CONSTRAINING.has(keyword) || COMBINING.has(keyword) || ANNOTATIONS.has(keyword)) continue;
    if (keyword.startsWith("x-") || (keyword === ROOT_ONLY && pointer === "")) continue;
    throw new SchemaError(below(pointer, keyword), `"${keyword}" cannot be honoured`);
  }
}

/** Whether a schema says something itself, beside what it refers to and combines. */
export function isConstraining(schema: Schema): boolean {
  return Object.keys(schema).some((keyword) => CONSTRAINING.has(keyword));
}

/** A schema that is written as an object. @throws SchemaError */
export function expectSchema(value: unknown, pointer: string): Place {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SchemaError(pointer, "expected an object");
  }
  return { schema: value as Schema, pointer };
}

/** What stands at a keyword of the place. */
export function placeOf({ pointer }: Place, keyword: string): string {
  return below(pointer, keyword);
}

/** An object of schemas by name, such as `properties`: each with its pointer; none where the keyword is left out. */
export function readSchemas(place: Place, keyword: string): [name: string, value: unknown, pointer: string][] {
  const value = place.schema[keyword];
  if (value === undefined) return [];
  const pointer = below(place.pointer, keyword);
  return Object.entries(expectSchema(value, pointer).schema).map(([name, one]) => [name, one, below(pointer, name)]);
}

/** The schemas in an array, and the pointer of each. @throws SchemaError */
export function readList(place: Place, keyword: string): [value: unknown, pointer: string][] {
  const pointer = below(place.pointer, keyword);
  const list = place.schema[keyword];
  if (!Array.isArray(list) || list.length === 0) {
    throw new SchemaError(pointer, "expected an array of schemas that is not empty");
  }
  return list.map((value: unknown, i) => [value, below(pointer, i)]);
}

/** The strings in an array; none where the keyword is left out. @throws SchemaError */
export function readNames(place: Place, keyword: string): string[] {
  const names = place.schema[keyword] ?? [];
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw new SchemaError(below(place.pointer, keyword), "expected an array of strings");
}

/** The types that `type` names; `null` where it is left out. @throws SchemaError */
export function readTypes({ schema, pointer }: Place): Type[] | null {
  if (schema.type === undefined) return null;
  const types: unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (types.length > 0 && types.every(isType)) return types;
  throw new SchemaError(below(pointer, "type"), `expected one of ${TYPES.join(", ")}, or several of them`);
}

function isType(name: unknown): name is Type {
  return (TYPES as readonly unknown[]).includes(name);
}

/** What a keyword holds that has to be true or false; false where it is left out. @throws SchemaError */
export function readFlag({ schema, pointer }: Place, keyword: string): boolean {
  const value = schema[keyword] ?? false;
  if (typeof value !== "boolean") throw new SchemaError(below(pointer, keyword), "expected true or false");
  return value;
}

/** A number that some of the places give, and where. */
export interface Limit {
  readonly value: number;
  readonly pointer: string;
}

/** The largest of the least counts that the places give, and the least of the largest. */
export interface Range {
  readonly min: Limit | null;
  readonly max: Limit | null;
}

/**
 * Two keywords that hold counts, of all places together.
 * @throws SchemaError also where the second is less than the first
 */
export function readRange(places: readonly Place[], least: string, most: string): Range {
  const min = strictest(places, least, (a, b) => a > b);
  const max = strictest(places, most, (a, b) => a < b);
  if (min !== null && max !== null && max.value < min.value) {
    throw new SchemaError(max.pointer, `expected at least "${least}", ${min.value}`);
  }
  return { min, max };
}

function strictest(places: readonly Place[], keyword: string, beats: (a: number, b: number) => boolean): Limit | null {
  let found: Limit | null = null;
  for (const { schema, pointer } of places) {
    const value = schema[keyword];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || (value as number) < 0) {
      throw new SchemaError(below(pointer, keyword), "expected an integer of at least 0");
    }
    if (found === null || beats(value as number, found.value)) {
      found = { value: value as number, pointer: below(pointer, keyword) };
    }
  }
  return found;
}
