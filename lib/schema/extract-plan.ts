import { Alternatives, type Alternative, type Unread } from "./alternatives.js";
import { expectDisjoint } from "./disjoint.js";
import { below } from "./json-pointer.js";
import { KEYWORDS_OF, type Place, readFlag, readTypes, type Type, TYPES, VERBATIM } from "./keywords.js";
import { readNumbers } from "./number-range.js";
import { NumberTexts } from "./number-texts.js";
import { expectTellable, planArray } from "./plan/arrays.js";
import { hasLiterals, planLiterals } from "./plan/literals.js";
import { planObject } from "./plan/objects.js";
import { planString, readCharacters } from "./plan/strings.js";
import type { Plan, PlanAlternative, PlanNode } from "./plan/plan.js";
import { expectFinite } from "./productive.js";
import { References } from "./references.js";
import { Dfa, TooComplex } from "./regular/dfa.js";
import { SchemaError } from "./schema-error.js";
import { expectSeen, unevaluatedItems } from "./seals.js";

/**
 * How data for a JSON schema is generated, with the strings that are marked `"x-verbatim": true` copied.
 * @throws SchemaError for what cannot be honoured
 */
export function planExtraction(schema: unknown): Plan {
  return new Planner(asJson(schema)).plan();
}

/** A schema as JSON has it: without what it does not have, and without circles. */
function asJson(schema: unknown): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(schema);
  } catch (cause) {
    const isDeep = cause instanceof RangeError;
    throw new SchemaError("", isDeep ? "it is nested too deeply" : "expected JSON", { cause });
  }
  if (text === undefined) throw new SchemaError("", "expected JSON");
  return JSON.parse(text) as unknown;
}

const DESCRIBING_MEMBERS = ["properties", "patternProperties", "additionalProperties"];

class Planner {
  readonly #root: unknown;
  readonly #alternatives: Alternatives;
  readonly #nodes: PlanNode[] = [];
  /** By the schemas that hold for them: what refers to one schema from many places is planned once. */
  readonly #known = new Map<string, PlanNode>();
  /** Nodes whose alternatives are still to be found. */
  readonly #open: { node: PlanNode; schemas: readonly Unread[] }[] = [];

  constructor(root: unknown) {
    this.#root = root;
    this.#alternatives = new Alternatives(new References(root));
  }

  plan(): Plan {
    const root = this.#nodeOf([{ value: this.#root, pointer: "" }], "");
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      const { node, schemas } = next;
      const alternatives = this.#alternatives.ofAll(schemas, node.pointer);
      expectVerbatimStrings(alternatives);
      node.alternatives = alternatives.flatMap((one) => this.#planned(one, node.pointer));
    }
    for (const node of this.#nodes) {
      expectDisjoint(node);
      for (const plan of node.alternatives) if (plan.type === "array") expectTellable(plan);
    }
    expectFinite(root, this.#nodes);
    return { root, nodes: this.#nodes };
  }

  /** The node of a value, which is there at once; its alternatives are found later, however deep schemas are nested. */
  #nodeOf(schemas: readonly Unread[], pointer: string): PlanNode {
    const key = JSON.stringify([...new Set(schemas.map((schema) => schema.pointer))].sort());
    let node = this.#known.get(key);
    if (node === undefined) {
      node = { id: this.#nodes.length, pointer, alternatives: [] };
      this.#nodes.push(node);
      this.#known.set(key, node);
      this.#open.push({ node, schemas });
    }
    return node;
  }

  #planned(alternative: Alternative, pointer: string): PlanAlternative[] {
    const { places, choices, seals } = alternative;
    const types = typesOf(places);
    if (hasLiterals(places)) {
      return [{ ...planLiterals([...places, ...seals.map(({ place }) => place)], types), choices }];
    }
    const all = types ?? impliedTypes(places);
    return all.map((type) => ({ ...this.#ofType(type, alternative, pointer), choices }));
  }

  #ofType(type: Type, { places, seals }: Alternative, pointer: string) {
    const nodeOf = (schemas: readonly Unread[], where: string) => this.#nodeOf(schemas, where);
    switch (type) {
      case "null":
        return { type: "literals" as const, values: [null] };
      case "boolean":
        return { type: "literals" as const, values: [true, false] };
      case "string":
        return planString(places);
      case "array":
        expectSeen(seals, places, "unevaluatedItems", ["items", "prefixItems"]);
        return planArray(places, unevaluatedItems(seals), pointer, nodeOf);
      case "object":
        expectSeen(seals, places, "unevaluatedProperties", DESCRIBING_MEMBERS);
        return planObject(places, nodeOf, (schemas) => this.#keysOf(schemas));
      default:
        return planNumber(places, type === "integer", pointer);
    }
  }

  /** The names that schemas for names allow. */
  #keysOf(schemas: readonly Unread[]): Dfa | null {
    if (schemas.length === 0) return null;
    const [{ pointer }] = schemas;
    const parts = this.#alternatives.ofAll(schemas, pointer).flatMap(({ places }) => {
      const types = typesOf(places);
      if (types !== null && !types.includes("string")) return [];
      for (const place of places) {
        if (readFlag(place, VERBATIM)) throw new SchemaError(below(place.pointer, VERBATIM), "keys cannot be copied");
      }
      if (!hasLiterals(places)) return [dfaOf(() => Dfa.from(readCharacters(places)), pointer)];
      const { values } = planLiterals(places, ["string"]);
      return [dfaOf(() => Dfa.ofStrings(values as string[]), pointer)];
    });
    if (parts.length === 0) throw new SchemaError(pointer, "names are strings");
    return parts.reduce((all, part) => dfaOf(() => all.union(part), pointer));
  }
}

function dfaOf(make: () => Dfa, pointer: string): Dfa {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    throw new SchemaError(pointer, "it is too complex to be honoured");
  }
}

/** The types that all of the places allow; `null` where none of them says anything. @throws SchemaError */
function typesOf(places: readonly Place[]): readonly Type[] | null {
  let types: readonly Type[] | null = null;
  for (const place of places) {
    const own = readTypes(place);
    if (own === null) continue;
    types = types === null ? own : types.flatMap((type) => commonTypes(type, own));
    if (types.length === 0) throw new SchemaError(below(place.pointer, "type"), "there is no value of these types");
  }
  return types === null ? null : withoutSubtypes(types);
}

function commonTypes(type: Type, others: readonly Type[]): Type[] {
  if (others.includes(type)) return [type];
  if (type === "integer" && others.includes("number")) return [type];
  return type === "number" && others.includes("integer") ? ["integer"] : [];
}

function withoutSubtypes(types: readonly Type[]): readonly Type[] {
  return [...new Set(types)].filter((type) => type !== "integer" || !types.includes("number"));
}

/** Where nothing is said about types: those that keywords are there for; every type where there are none. */
function impliedTypes(places: readonly Place[]): readonly Type[] {
  const isSpokenOf = (type: keyof typeof KEYWORDS_OF) =>
    places.some(({ schema }) => KEYWORDS_OF[type].some((keyword) => schema[keyword] !== undefined));
  const implied = (["string", "number", "array", "object"] as const).filter(isSpokenOf);
  return implied.length > 0 ? implied : TYPES.filter((type) => type !== "integer");
}

/** Of a place that asks for quotes, some alternative has to be a string. @throws SchemaError */
function expectVerbatimStrings(alternatives: readonly Alternative[]): void {
  const asking = new Map<string, boolean>();
  for (const { places } of alternatives) {
    const types = typesOf(places);
    const isString = types === null || types.includes("string");
    for (const place of places) {
      if (readFlag(place, VERBATIM)) asking.set(place.pointer, isString || asking.get(place.pointer) === true);
    }
  }
  for (const [pointer, isString] of asking) {
    if (!isString) throw new SchemaError(below(pointer, VERBATIM), `"${VERBATIM}" is for strings`);
  }
}

function planNumber(places: readonly Place[], isInteger: boolean, pointer: string) {
  const range = readNumbers(places, isInteger);
  if (new NumberTexts(range).begins("")) return { type: "number" as const, range };
  throw new SchemaError(pointer, "no number of at most 15 digits fits");
}
