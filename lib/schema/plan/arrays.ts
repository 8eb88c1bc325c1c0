import { isNever, type Unread } from "../alternatives.js";
import { below } from "../json-pointer.js";
import { type Place, readFlag, readList, readRange } from "../keywords.js";
import { NumberTexts } from "../number-texts.js";
import type { ArrayPlan, PlanAlternative, PlanNode } from "./plan.js";
import { SchemaError } from "../schema-error.js";

/** Members or items of which no keyword says how many there may be. */
export const DEFAULT_MOST = 100;

/** Makes the node of schemas that all hold for one value. */
export type NodeOf = (schemas: readonly Unread[], pointer: string) => PlanNode;

/** The items that a place describes: the first ones, and those after them (`undefined`: nothing is said). */
interface Items {
  readonly first: readonly Unread[];
  readonly others: Unread | undefined;
}

/**
 * @param unevaluated what is said about items that no place describes
 * @throws SchemaError
 */
export function planArray(
  places: readonly Place[],
  unevaluated: readonly Unread[],
  pointer: string,
  nodeOf: NodeOf,
): ArrayPlan {
  const { min, max } = readRange(places, "minItems", "maxItems");
  const described = places.map(readItems);
  const isNothingSaid = described.every(({ first, others }) => first.length === 0 && others === undefined);
  const items = isNothingSaid ? unevaluated.map((others) => ({ first: [], others })) : described;
  // Where a place says that there are no more items, none of the others has any.
  const ends = items.flatMap(({ first, others }) =>
    others !== undefined && isNever(others.value) ? [first.length] : [],
  );
  const count = Math.max(0, ...items.map(({ first }) => first.length));
  const isOpen = ends.length === 0 && (count === 0 || items.some(({ others }) => others !== undefined));
  const most = Math.min(max?.value ?? Infinity, isOpen ? Infinity : Math.min(count, ...ends));
  const first = Array.from({ length: Math.min(count, most) }, (_, i) =>
    nodeOf(schemasAt(items, i), items.find((one) => i < one.first.length)?.first[i].pointer ?? pointer),
  );
  const least = Math.max(min?.value ?? 0, first.length);
  if (least > most) throw new SchemaError((min ?? max)!.pointer, `at most ${most} items are described`);
  return {
    type: "array",
    first,
    items: most > first.length ? nodeOf(schemasAt(items, Infinity), below(pointer, "items")) : null,
    min: least,
    max: Math.min(most, max === null ? Math.max(least, first.length + DEFAULT_MOST) : Infinity),
    uniqueAt: uniqueAt(places),
  };
}

function uniqueAt(places: readonly Place[]): string | null {
  const place = places.find((one) => readFlag(one, "uniqueItems"));
  return place === undefined ? null : below(place.pointer, "uniqueItems");
}

/**
 * Items are told apart by their texts: of an array whose items must differ they have to be strings, integers, or given
 * values that are no arrays or objects, and enough of them.
 * @throws SchemaError
 */
export function expectTellable({ uniqueAt, first, items, min }: ArrayPlan): void {
  if (uniqueAt === null) return;
  const alternatives = items?.alternatives ?? [];
  if (first.length > 0 || !alternatives.every(isTellable)) {
    throw new SchemaError(
      uniqueAt,
      "this can be honoured only of strings that are not copied, integers and given values",
    );
  }
  const count = alternatives.reduce((sum, plan) => sum + countValues(plan, min), 0);
  if (count < min) throw new SchemaError(uniqueAt, `there are no ${min} different items`);
}

function isTellable(plan: PlanAlternative): boolean {
  if (plan.type === "literals") return plan.values.every((value) => typeof value !== "object" || value === null);
  return plan.type === "string" || (plan.type === "number" && plan.range.isInteger);
}

function countValues(plan: PlanAlternative, limit: number): number {
  if (plan.type === "literals") return plan.values.length;
  if (plan.type === "string") return plan.characters.count(plan.characters.start, limit);
  return plan.type === "number" ? new NumberTexts(plan.range).count("", limit) : 0;
}

/** In 2020-12 `prefixItems` has the first items and `items` the others, before that `items` and `additionalItems`. */
function readItems(place: Place): Items {
  const { schema, pointer } = place;
  const unread = (keyword: string): Unread | undefined =>
    schema[keyword] === undefined ? undefined : { value: schema[keyword], pointer: below(pointer, keyword) };
  // TypeBox has a list without items for the empty tuple.
  const isEmpty = (keyword: string) => Array.isArray(schema[keyword]) && schema[keyword].length === 0;
  const list = (keyword: string) =>
    isEmpty(keyword) ? [] : readList(place, keyword).map(([value, where]) => ({ value, pointer: where }));
  if (Array.isArray(schema.items)) return { first: list("items"), others: unread("additionalItems") };
  return { first: schema.prefixItems === undefined ? [] : list("prefixItems"), others: unread("items") };
}

function schemasAt(items: readonly Items[], index: number): Unread[] {
  return items.flatMap(({ first, others }) => (index < first.length ? [first[index]] : (others ?? [])));
}
