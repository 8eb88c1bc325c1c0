import { below } from "./json-pointer.js";
import { expectKeywords, expectSchema, type Schema, VERBATIM } from "./keywords.js";
import { SchemaError } from "./schema-error.js";

/** Keywords that hold values of data, in which nothing is a schema. */
const DATA: ReadonlySet<string> = new Set(["const", "default", "enum", "example", "examples", "required", "type"]);
/** Keywords that hold schemas by name. */
const MAPS: ReadonlySet<string> = new Set(["dependentSchemas", "patternProperties", "properties"]);
/** Reached by references only. */
const DEFINITIONS: ReadonlySet<string> = new Set(["$defs", "definitions"]);

/** The definitions of a schema, and what is in the schemas that refer to them. */
export class References {
  readonly #root: unknown;

  constructor(root: unknown) {
    this.#root = root;
  }

  /** The definition that `$ref` names: `#/$defs/name`, or `#/definitions/name`. */
  resolve(schema: Schema, pointer: string): { name: string; schema: Schema; pointer: string } {
    const { $ref } = schema;
    const place = below(pointer, "$ref");
    const match = typeof $ref === "string" ? /^#\/(\$defs|definitions)\/([^/]+)$/.exec($ref) : null;
    if (match === null) throw new SchemaError(place, 'expected "#/$defs/" and a name');
    const [name, folder, encoded] = match;
    const key = encoded.replaceAll("~1", "/").replaceAll("~0", "~");
    const definitions = expectSchema(expectSchema(this.#root, "")[folder] ?? {}, `/${folder}`);
    if (!Object.hasOwn(definitions, key)) throw new SchemaError(place, "there is no such definition");
    const found = below(`/${folder}`, key);
    return { name, schema: expectSchema(definitions[key], found), pointer: found };
  }

  /** The same for a schema that is nothing but a reference. */
  follow(schema: Schema, pointer: string) {
    expectKeywords(schema, pointer, 'a schema with "$ref"', ["$ref"]);
    return this.resolve(schema, pointer);
  }

  /** Whether a quote may stand somewhere in what the schema describes, wherever in it that is said. */
  hasVerbatim(schema: unknown, pointer: string, seen = new Set<string>()): boolean {
    if (Array.isArray(schema)) return schema.some((item, i) => this.hasVerbatim(item, below(pointer, i), seen));
    if (typeof schema !== "object" || schema === null) return false;
    const keywords = schema as Schema;
    if (isVerbatim(keywords, pointer)) return true;
    if (keywords.$ref !== undefined) {
      const target = this.resolve(keywords, pointer);
      if (!seen.has(target.name)) {
        seen.add(target.name);
        if (this.hasVerbatim(target.schema, target.pointer, seen)) return true;
      }
    }
    return Object.entries(keywords).some(([keyword, value]) => {
      if (DATA.has(keyword) || DEFINITIONS.has(keyword)) return false;
      const place = below(pointer, keyword);
      if (!MAPS.has(keyword) || typeof value !== "object" || value === null)
        return this.hasVerbatim(value, place, seen);
      return Object.entries(value).some(([key, one]) => this.hasVerbatim(one, below(place, key), seen));
    });
  }
}

/** Whether the schema itself is one of a quote. */
export function isVerbatim(schema: Schema, pointer: string): boolean {
  const value = schema[VERBATIM] ?? false;
  if (typeof value !== "boolean") throw new SchemaError(below(pointer, VERBATIM), "expected true or false");
  return value;
}
