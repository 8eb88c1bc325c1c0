import { below } from "./json-pointer.js";
import {
  expectKeywords,
  expectSchema,
  KEYWORDS_OF,
  readAlternatives,
  readProperties,
  readRange,
  readTypes,
  readUnion,
  type Schema,
  withoutOthers,
} from "./keywords.js";
import type { References } from "./references.js";
import { SchemaError } from "./schema-error.js";

/** A schema in the dialect of node-llama-cpp's grammars. */
export type HostSchema = Readonly<Record<string, unknown>>;

const FORMATS: readonly unknown[] = ["date", "date-time", "time"];

/**
 * Brings schemas without quotes into the dialect of the host's grammars, which ignores silently what it does not know.
 * What it would ignore is refused here, so that what is generated is as the schema says.
 */
export class FreeSchemas {
  readonly #references: References;
  readonly #definitions = new Map<string, { key: string; schema: Record<string, unknown> }>();

  constructor(references: References) {
    this.#references = references;
  }

  /** @throws SchemaError */
  translate(schema: Schema, pointer: string): HostSchema {
    const translated = this.#translate(schema, pointer);
    if (this.#definitions.size === 0) return translated;
    const $defs = Object.fromEntries([...this.#definitions.values()].map((one) => [one.key, one.schema]));
    return { ...((translated.oneOf ?? translated.$ref) ? translated : { oneOf: [translated] }), $defs };
  }

  #translate(schema: Schema, pointer: string): HostSchema {
    if (schema.$ref !== undefined) return this.#reference(schema, pointer);
    const union = readUnion(schema, pointer);
    if (union !== null) return { oneOf: union.alternatives.map(([one, place]) => this.#translate(one, place)) };
    if (schema.const !== undefined) return this.#constants(schema, pointer, "const", [schema.const]);
    if (schema.enum !== undefined) {
      if (!Array.isArray(schema.enum) || schema.enum.length === 0) {
        throw new SchemaError(below(pointer, "enum"), "expected an array that is not empty");
      }
      return this.#constants(schema, pointer, "enum", schema.enum);
    }
    const types = readTypes(schema, pointer);
    if (types.length === 1) return this.#typed(types[0], schema, pointer);
    return { oneOf: types.map((type) => this.#typed(type, withoutOthers(schema, types, type), pointer)) };
  }

  #reference(schema: Schema, pointer: string): HostSchema {
    const { name, schema: target, pointer: place } = this.#references.follow(schema, pointer);
    let definition = this.#definitions.get(name);
    if (definition === undefined) {
      definition = { key: `d${this.#definitions.size}`, schema: {} };
      this.#definitions.set(name, definition);
      Object.assign(definition.schema, this.#translate(target, place));
    }
    return { $ref: `#/$defs/${definition.key}` };
  }

  #constants(schema: Schema, pointer: string, keyword: string, values: readonly unknown[]): HostSchema {
    expectKeywords(schema, pointer, `a schema with "${keyword}"`, ["type", keyword]);
    const types = schema.type === undefined ? null : readTypes(schema, pointer);
    for (const value of values) {
      if (typeof value === "object" && value !== null) {
        throw new SchemaError(below(pointer, keyword), "expected strings, numbers, booleans or null");
      }
      if (types === null || types.some((type) => isOfType(value, type))) continue;
      throw new SchemaError(below(pointer, keyword), `expected values of the "type", ${types.join(" or ")}`);
    }
    return { enum: values };
  }

  #typed(type: string, schema: Schema, pointer: string): HostSchema {
    const what = `a value of type ${type}`;
    switch (type) {
      case "string": {
        expectKeywords(schema, pointer, what, ["type", ...KEYWORDS_OF.string]);
        const { min, max } = readRange(schema, pointer, "minLength", "maxLength");
        const { format } = schema;
        if (format === undefined) return { type, ...defined({ minLength: min, maxLength: max }) };
        if (FORMATS.includes(format) && min === undefined && max === undefined) return { type, format };
        throw new SchemaError(below(pointer, "format"), "expected date, date-time or time, and no lengths beside it");
      }
      case "object":
        return this.#object(schema, pointer, what);
      case "array": {
        expectKeywords(schema, pointer, what, ["type", ...KEYWORDS_OF.array]);
        const { min, max } = readRange(schema, pointer, "minItems", "maxItems");
        const prefixItems = schema.prefixItems === undefined ? undefined : this.#prefixItems(schema, pointer, max);
        const items = schema.items === undefined ? undefined : this.#sub(schema.items, below(pointer, "items"));
        return { type, ...defined({ items, prefixItems, minItems: min, maxItems: max }) };
      }
      default:
        expectKeywords(schema, pointer, what, ["type"]);
        return { type };
    }
  }

  #object(schema: Schema, pointer: string, what: string): HostSchema {
    expectKeywords(schema, pointer, what, ["type", ...KEYWORDS_OF.object]);
    const properties = readProperties(schema, pointer);
    const { min, max } = readRange(schema, pointer, "minProperties", "maxProperties");
    if (max !== undefined && max < properties.length) {
      throw new SchemaError(
        below(pointer, "maxProperties"),
        "expected at least the number of properties: all are written",
      );
    }
    const more = schema.additionalProperties ?? false;
    if (min !== undefined && min > properties.length && more === false) {
      throw new SchemaError(below(pointer, "minProperties"), "expected at most the number of properties");
    }
    const place = below(pointer, "properties");
    return {
      type: "object",
      properties: Object.fromEntries(properties.map(([key, one]) => [key, this.#translate(one, below(place, key))])),
      additionalProperties: typeof more === "boolean" ? more : this.#sub(more, below(pointer, "additionalProperties")),
      ...defined({ minProperties: min, maxProperties: max }),
    };
  }

  #prefixItems(schema: Schema, pointer: string, max: number | undefined): HostSchema[] {
    const alternatives = readAlternatives(schema, pointer, "prefixItems");
    if (max !== undefined && max < alternatives.length) {
      throw new SchemaError(
        below(pointer, "maxItems"),
        'expected at least the number of "prefixItems": all are written',
      );
    }
    return alternatives.map(([one, place]) => this.#translate(one, place));
  }

  #sub(value: unknown, pointer: string): HostSchema {
    return this.#translate(expectSchema(value, pointer), pointer);
  }
}

function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}
