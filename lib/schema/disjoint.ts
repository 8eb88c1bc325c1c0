import { toDecimal } from "./number-range.js";
import type { ObjectPlan, PlanAlternative, PlanNode } from "./plan/plan.js";
import { isAmong } from "./regular/characters.js";
import { Dfa, TooComplex } from "./regular/dfa.js";
import { SchemaError } from "./schema-error.js";

/** So deep it is looked into objects. */
const MAX_DEPTH = 8;

/**
 * A value of `oneOf` may fit one of its alternatives only: of any two it has to be clear that what is written for one of
 * them never fits the other.
 * @throws SchemaError
 */
export function expectDisjoint({ alternatives }: PlanNode): void {
  for (const [i, one] of alternatives.entries()) {
    for (const other of alternatives.slice(0, i)) {
      const choice = one.choices.find(({ pointer, index }) =>
        other.choices.some((taken) => taken.pointer === pointer && taken.index !== index),
      );
      if (choice === undefined || (neverFits(one, other, 0) && neverFits(other, one, 0))) continue;
      const indices = [one, other]
        .map(({ choices }) => choices.find((c) => c.pointer === choice.pointer)!.index)
        .sort();
      const problem = `a value may fit alternatives ${indices.join(" and ")} both: expected "anyOf", or a property that tells`;
      throw new SchemaError(choice.pointer, problem);
    }
  }
}

/** Whether no value that is written for one plan fits the schema of the other. */
function neverFits(written: PlanAlternative, other: PlanAlternative, depth: number): boolean {
  if (written.type === "literals") return written.values.every((value) => isRefused(value, other));
  switch (other.type) {
    case "literals":
      return other.values.every((value) => isRefused(value, written));
    case "quote":
      return written.type !== "quote" && written.type !== "string";
    case "string":
      return written.type === "string" ? haveNothingInCommon(written, other) : written.type !== "quote";
    case "number": {
      if (written.type !== "number") return true;
      const [a, b] = [written.range, other.range];
      const [unitsA, unitsB] = [10n ** BigInt(b.scale), 10n ** BigInt(a.scale)];
      return a.max * unitsA < b.min * unitsB || b.max * unitsB < a.min * unitsA;
    }
    case "array": {
      if (written.type !== "array") return true;
      return written.first
        .slice(0, written.min)
        .some((node, i) => i < other.first.length && nodesNeverFit(node, other.first[i], depth));
    }
    case "object":
      return written.type !== "object" || membersNeverFit(written, other, depth);
  }
}

/** A member that is always written may not fit, or be one too many; or one is missing. */
function membersNeverFit(written: ObjectPlan, other: ObjectPlan, depth: number): boolean {
  const described = new Map(other.members.map(({ key, value }) => [key, value]));
  const isRefusing = written.members.some(({ key, value, isOptional }) => {
    if (isOptional) return false;
    const node = described.get(key);
    return node === undefined ? other.isClosed : nodesNeverFit(value, node, depth);
  });
  const keys = new Set(written.members.map(({ key }) => key));
  return isRefusing || (written.others.length === 0 && [...other.required].some((key) => !keys.has(key)));
}

function nodesNeverFit(written: PlanNode, other: PlanNode, depth: number): boolean {
  if (depth >= MAX_DEPTH) return false;
  return written.alternatives.every((one) => other.alternatives.every((plan) => neverFits(one, plan, depth + 1)));
}

/** Whether a value, whole as it is, does not fit a plan's schema. */
function isRefused(value: unknown, plan: PlanAlternative): boolean {
  switch (plan.type) {
    case "literals":
      return !plan.values.some((one) => JSON.stringify(one) === JSON.stringify(value));
    case "quote":
      return typeof value !== "string";
    case "string":
      return typeof value !== "string" || (plan.isExact && !isAmong(value, plan.characters));
    case "number": {
      if (typeof value !== "number") return true;
      // What readers of JSON do not keep exactly may fit, though it is never written.
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return false;
      const { digits, scale } = toDecimal(value);
      if (plan.range.isInteger && scale > 0) return true;
      const [units, limits] = [10n ** BigInt(plan.range.scale), 10n ** BigInt(scale)];
      return digits * units < plan.range.min * limits || digits * units > plan.range.max * limits;
    }
    case "array":
      return !Array.isArray(value);
    case "object":
      return typeof value !== "object" || value === null || Array.isArray(value);
  }
}

function haveNothingInCommon(
  one: PlanAlternative & { type: "string" },
  other: PlanAlternative & { type: "string" },
): boolean {
  if (!one.isExact || !other.isExact) return false;
  try {
    return Dfa.from(one.characters).intersect(Dfa.from(other.characters)).isEmpty;
  } catch (error) {
    if (error instanceof TooComplex) return false;
    throw error;
  }
}
