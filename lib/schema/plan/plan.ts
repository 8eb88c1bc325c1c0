import type { Choice } from "../alternatives.js";
import type { Characters } from "../regular/characters.js";
import type { NumberRange } from "../number-range.js";

/** How data is generated for a schema. */
export interface Plan {
  readonly root: PlanNode;
  readonly nodes: readonly PlanNode[];
}

/** A value to be generated: one of the alternatives. Nodes refer to one another, in circles too. */
export interface PlanNode {
  /** Of one plan, each has its own. */
  readonly id: number;
  /** Of the schema, as a JSON pointer. */
  readonly pointer: string;
  alternatives: readonly PlanAlternative[];
}

export type PlanAlternative = (LiteralsPlan | NumberPlan | StringPlan | QuotePlan | ArrayPlan | ObjectPlan) & {
  /** Which alternatives of `oneOf` these values are of. */
  readonly choices: readonly Choice[];
};

/** One of these values, as JSON texts. */
export interface LiteralsPlan {
  readonly type: "literals";
  readonly values: readonly unknown[];
}

export interface NumberPlan {
  readonly type: "number";
  readonly range: NumberRange;
}

/** A string that is not copied. */
export interface StringPlan {
  readonly type: "string";
  readonly characters: Characters;
  /** Whether a string is of these characters exactly where the schema allows it, so that formats play no part. */
  readonly isExact: boolean;
}

/** A string that is copied. Lengths are in characters. */
export interface QuotePlan {
  readonly type: "quote";
  readonly minLength: number;
  readonly maxLength: number;
}

export interface ArrayPlan {
  readonly type: "array";
  /** The first items. */
  readonly first: readonly PlanNode[];
  /** Those after them. */
  readonly items: PlanNode | null;
  readonly min: number;
  readonly max: number;
  /** Where it is said that no two may be equal; `null`: nowhere. */
  readonly uniqueAt: string | null;
}

/** An object whose named members are written in their order, and then others. */
export interface ObjectPlan {
  readonly type: "object";
  readonly members: readonly Member[];
  readonly others: readonly OtherMembers[];
  /** Members of both kinds. */
  readonly min: number;
  readonly max: number;
  /** The keys that an object needs to fit, and the properties that are described. */
  readonly required: ReadonlySet<string>;
  /** Whether no other members than these fit. */
  readonly isClosed: boolean;
}

export interface Member {
  readonly key: string;
  readonly value: PlanNode;
  /** Whether it may be left out: only where its value might never end. */
  isOptional: boolean;
  readonly isRequired: boolean;
}

/** Members whose keys are not known beforehand. */
export interface OtherMembers {
  readonly keys: Characters;
  readonly value: PlanNode;
}
