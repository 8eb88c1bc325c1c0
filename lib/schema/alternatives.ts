import { below } from "./json-pointer.js";
import {
  expectKeywords,
  expectSchema,
  isConstraining,
  type Place,
  readFlag,
  readList,
  type Schema,
  UNEVALUATED,
} from "./keywords.js";
import type { References } from "./references.js";
import { SchemaError } from "./schema-error.js";

/** Which alternative of which `oneOf` was taken. */
export interface Choice {
  /** Of the `oneOf`. */
  readonly pointer: string;
  readonly index: number;
}

/** Schemas that all hold for one value, none of which refers to or combines others. */
export interface Alternative {
  readonly places: readonly Place[];
  readonly choices: readonly Choice[];
  readonly seals: readonly Seal[];
}

/** What a schema says about the items or members that it and what it combines leave unevaluated. */
export interface Seal {
  /** That says so. */
  readonly place: Place;
  /** Which places it sees, by pointer. */
  readonly sees: ReadonlySet<string>;
}

/** A value that nothing is said about. */
const ANYTHING: readonly Alternative[] = [{ places: [], choices: [], seals: [] }];
/** More ways to combine alternatives of one value are refused. */
const MAX_ALTERNATIVES = 1000;
/** A schema that leads further from one to the next, for the same value, is refused. */
const MAX_STEPS = 400;

/** What a schema may be of which only the pointer is known to be right. */
export interface Unread {
  readonly value: unknown;
  readonly pointer: string;
}

/**
 * Resolves what refers to other schemas (`$ref`) and combines them (`allOf`, `anyOf`, `oneOf`, `nullable`): a value fits
 * the schemas, all of them, where it fits one of the alternatives.
 */
export class Alternatives {
  readonly #references: References;
  /** By pointer, where no cycle was cut: what is found depends on nothing else then. */
  readonly #known = new Map<string, readonly Alternative[]>();
  #cuts = 0;

  constructor(references: References) {
    this.#references = references;
  }

  /**
   * @param pointer of the value's schema, for an error
   * @throws SchemaError also where there is no alternative at all
   */
  ofAll(schemas: readonly Unread[], pointer: string): readonly Alternative[] {
    const cuts = this.#cuts;
    const alternatives = combine(
      schemas.map((schema) => this.#of(schema, [])),
      pointer,
    );
    if (alternatives.length > 0) return alternatives;
    if (this.#cuts === cuts) throw new SchemaError(pointer, "there is no value that fits");
    throw new SchemaError(pointer, "a schema cannot be no more than itself");
  }

  /** @param trail the pointers of the schemas that led here */
  #of({ value, pointer }: Unread, trail: readonly string[]): readonly Alternative[] {
    if (value === true) return ANYTHING;
    if (value === false) return [];
    const known = this.#known.get(pointer);
    if (known !== undefined) return known;
    if (trail.includes(pointer)) {
      // A schema that is no more than itself adds no value.
      this.#cuts++;
      return [];
    }
    if (trail.length >= MAX_STEPS) throw new SchemaError(pointer, "too many schemas lead one to the next");
    const cuts = this.#cuts;
    const alternatives = this.#read(expectSchema(value, pointer), [...trail, pointer]);
    if (this.#cuts === cuts) this.#known.set(pointer, alternatives);
    return alternatives;
  }

  #read(place: Place, trail: readonly string[]): readonly Alternative[] {
    expectKeywords(place);
    const { schema, pointer } = place;
    const parts: (readonly Alternative[])[] = isConstraining(schema)
      ? [[{ places: [place], choices: [], seals: [] }]]
      : [ANYTHING];
    if (schema.$ref !== undefined) parts.push(this.#of(this.#references.resolve(place), trail));
    if (schema.allOf !== undefined) {
      parts.push(...readList(place, "allOf").map(([one, where]) => this.#of({ value: one, pointer: where }, trail)));
    }
    for (const keyword of ["anyOf", "oneOf"]) {
      if (schema[keyword] !== undefined) parts.push(this.#union(place, keyword, trail));
    }
    if (schema.not !== undefined && !isNever(schema)) {
      throw new SchemaError(below(pointer, "not"), '"not" cannot be honoured');
    }
    const all = schema.not === undefined ? sealed(combine(parts, pointer), place) : [];
    return isNullable(place) ? [...all, nullAt(place)] : all;
  }

  #union(place: Place, keyword: string, trail: readonly string[]): readonly Alternative[] {
    const pointer = below(place.pointer, keyword);
    const all = readList(place, keyword).flatMap(([value, where], index) => {
      const alternatives = this.#of({ value, pointer: where }, trail);
      if (keyword === "anyOf") return alternatives;
      return alternatives.map((one) => ({ ...one, choices: [...one.choices, { pointer, index }] }));
    });
    const different = new Map(all.map((one) => [keyOf(one), one]));
    if (different.size > MAX_ALTERNATIVES) throw tooMany(pointer);
    return [...different.values()];
  }
}

function sealed(alternatives: readonly Alternative[], place: Place): readonly Alternative[] {
  if (UNEVALUATED.every((keyword) => place.schema[keyword] === undefined)) return alternatives;
  return alternatives.map((one) => {
    const sees = new Set(one.places.map(({ pointer }) => pointer));
    return { ...one, seals: [...one.seals, { place, sees }] };
  });
}

/** One alternative of each part, in all ways. */
function combine(parts: readonly (readonly Alternative[])[], pointer: string): readonly Alternative[] {
  return parts.reduce((before, part) => {
    if (before.length * part.length > MAX_ALTERNATIVES) throw tooMany(pointer);
    return before.flatMap((one) =>
      part.map((other) => ({
        places: unique([...one.places, ...other.places]),
        choices: [...one.choices, ...other.choices],
        seals: [...one.seals, ...other.seals],
      })),
    );
  }, ANYTHING);
}

function tooMany(pointer: string): SchemaError {
  return new SchemaError(pointer, `a value may be one of more than ${MAX_ALTERNATIVES} alternatives`);
}

function keyOf({ places, choices }: Alternative): string {
  return JSON.stringify([places.map(({ pointer }) => pointer), choices]);
}

function unique(places: readonly Place[]): Place[] {
  return places.filter(({ pointer }, i) => places.findIndex((other) => other.pointer === pointer) === i);
}

/** OpenAPI 3.0 has `nullable` beside a type; values that are named one by one have to name null too. */
function isNullable(place: Place): boolean {
  const { schema } = place;
  return readFlag(place, "nullable") && schema.enum === undefined && schema.const === undefined;
}

function nullAt({ pointer }: Place): Alternative {
  return { places: [{ schema: { type: "null" }, pointer: below(pointer, "nullable") }], choices: [], seals: [] };
}

/** Whether a schema is one of those that libraries write where there is no value. */
export function isNever(value: unknown): boolean {
  if (value === false) return true;
  const { not } = (value ?? {}) as Schema;
  return not === true || (typeof not === "object" && not !== null && Object.keys(not).length === 0);
}
