import { FreeSchemas, type HostSchema } from "./free-schema.js";
import { below } from "./json-pointer.js";
import {
  expectKeywords,
  expectSchema,
  KEYWORDS_OF,
  readProperties,
  readRange,
  readTypes,
  readUnion,
  type Schema,
  type Union,
  VERBATIM,
  withoutOthers,
} from "./keywords.js";
import { isVerbatim, References } from "./references.js";
import { SchemaError } from "./schema-error.js";

/** Longest array with quotes in it, unless its schema says otherwise. */
const DEFAULT_MAX_ITEMS = 100;

/** How a value is generated. */
export type Plan =
  /** A string that is copied: at least `minBytes` bytes, at most `maxBytes`, as they stand in the JSON text. */
  | { readonly type: "quote"; readonly minBytes: 0 | 1; readonly maxBytes: number | null }
  /** All properties are written, in this order. */
  | { readonly type: "object"; readonly properties: readonly (readonly [key: string, value: Plan])[] }
  | { readonly type: "array"; readonly items: Plan; readonly minItems: number; readonly maxItems: number }
  /** `null`, or the value. */
  | { readonly type: "nullable"; readonly value: PlanOfValue }
  /** Without quotes in it: under the host's own grammar. */
  | { readonly type: "free"; readonly schema: HostSchema };

type QuotingPlan = Exclude<Plan, { type: "free" }>;
type PlanOfValue = Exclude<Plan, { type: "free" | "nullable" }>;

/**
 * How data for a JSON schema is generated, with the strings that are marked `"x-verbatim": true` copied.
 * @throws SchemaError for what cannot be honoured
 */
export function planExtraction(schema: unknown): Plan {
  return new Planner(schema).plan(expectSchema(schema, ""), "", []);
}

class Planner {
  readonly #references: References;

  constructor(root: unknown) {
    this.#references = new References(root);
  }

  /** @param open definitions that are being planned */
  plan(schema: Schema, pointer: string, open: readonly string[]): Plan {
    if (this.#references.hasVerbatim(schema, pointer)) return this.#quoting(schema, pointer, open);
    return { type: "free", schema: new FreeSchemas(this.#references).translate(schema, pointer) };
  }

  #quoting(schema: Schema, pointer: string, open: readonly string[]): QuotingPlan {
    if (isVerbatim(schema, pointer)) return quote(schema, pointer);
    if (schema.$ref !== undefined) {
      const target = this.#references.follow(schema, pointer);
      if (open.includes(target.name)) {
        throw new SchemaError(below(pointer, "$ref"), `a schema with "${VERBATIM}" in it cannot refer to itself`);
      }
      return this.#quoting(target.schema, target.pointer, [...open, target.name]);
    }
    const union = readUnion(schema, pointer);
    if (union !== null) return this.#oneOf(union, open);
    const types = readTypes(schema, pointer);
    const others = types.filter((type) => type !== "null");
    if (others.length !== 1 || !["object", "array"].includes(others[0])) {
      throw new SchemaError(below(pointer, "type"), `expected object or array, with "${VERBATIM}" in it, or also null`);
    }
    const one = withoutOthers(schema, types, others[0]);
    const value = others[0] === "object" ? this.#object(one, pointer, open) : this.#array(one, pointer, open);
    return types.length === 1 ? value : nullable(value);
  }

  #oneOf({ alternatives, place }: Union, open: readonly string[]): QuotingPlan {
    const others = alternatives.filter(([one]) => one.type !== "null");
    if (others.length !== 1 || alternatives.length > 2) {
      throw new SchemaError(place, `with "${VERBATIM}" in it, expected one schema, and null beside it`);
    }
    for (const [one, where] of alternatives) if (one.type === "null") expectKeywords(one, where, "null", ["type"]);
    const value = this.#quoting(...others[0], open);
    return alternatives.length === 1 ? value : nullable(value);
  }

  #object(schema: Schema, pointer: string, open: readonly string[]): QuotingPlan {
    expectKeywords(schema, pointer, `an object with "${VERBATIM}" in it`, ["type", ...KEYWORDS_OF.object]);
    if (this.#references.hasVerbatim(schema.additionalProperties, below(pointer, "additionalProperties"))) {
      throw new SchemaError(below(pointer, "additionalProperties"), `"${VERBATIM}" needs properties that have names`);
    }
    const properties = readProperties(schema, pointer);
    const { min = 0, max = Infinity } = readRange(schema, pointer, "minProperties", "maxProperties");
    if (properties.length < min || properties.length > max) {
      const keyword = properties.length < min ? "minProperties" : "maxProperties";
      throw new SchemaError(
        below(pointer, keyword),
        `all of the ${properties.length} properties are written, and no more`,
      );
    }
    const place = below(pointer, "properties");
    return {
      type: "object",
      properties: properties.map(([key, one]) => [key, this.plan(one, below(place, key), open)]),
    };
  }

  #array(schema: Schema, pointer: string, open: readonly string[]): QuotingPlan {
    expectKeywords(schema, pointer, `an array with "${VERBATIM}" in it`, ["type", "items", "minItems", "maxItems"]);
    const { min: minItems = 0, max } = readRange(schema, pointer, "minItems", "maxItems");
    const place = below(pointer, "items");
    const items = this.plan(expectSchema(schema.items, place), place, open);
    return { type: "array", items, minItems, maxItems: max ?? Math.max(minItems, DEFAULT_MAX_ITEMS) };
  }
}

function quote(schema: Schema, pointer: string): QuotingPlan {
  if (schema.type === undefined) throw new SchemaError(pointer, `"${VERBATIM}" needs "type": "string"`);
  const types = readTypes(schema, pointer);
  if (!types.includes("string") || types.some((type) => type !== "string" && type !== "null")) {
    throw new SchemaError(below(pointer, "type"), `"${VERBATIM}" is for strings only`);
  }
  expectKeywords(schema, pointer, "a verbatim string", ["type", VERBATIM, "minLength", "maxLength"]);
  const { min = 1, max = null } = readRange(schema, pointer, "minLength", "maxLength");
  if (min > 1) {
    throw new SchemaError(
      below(pointer, "minLength"),
      "expected 0 or 1: how long a quote can be is up to the documents",
    );
  }
  if (max === 0) throw new SchemaError(below(pointer, "maxLength"), "expected at least 1");
  const plan: QuotingPlan = { type: "quote", minBytes: min === 0 ? 0 : 1, maxBytes: max };
  return types.includes("null") ? nullable(plan) : plan;
}

function nullable(value: QuotingPlan): QuotingPlan {
  return value.type === "nullable" ? value : { type: "nullable", value };
}
