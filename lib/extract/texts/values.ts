import { countOthers, isProductive } from "../../schema/productive.js";
import type { ArrayPlan, ObjectPlan, OtherMembers, PlanAlternative, PlanNode } from "../../schema/plan/plan.js";
import { LiteralTexts } from "./literals.js";
import type { Texts } from "./texts.js";
import { TextsOfNumbers } from "./numbers.js";
import { TextsOfStrings } from "./strings.js";
import { TextsWithout } from "./without.js";
import { type Continuation, FixedThread, type Reading, TextThread } from "./threads.js";

/** The bytes of JSON text. */
function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const OPEN_ARRAY = bytesOf("[");
const CLOSE_ARRAY = bytesOf("]");
const OPEN_OBJECT = bytesOf("{");
const CLOSE_OBJECT = bytesOf("}");
const COMMA = bytesOf(",");
const COLON = bytesOf(":");
const QUOTE = bytesOf('"');

/** The end of a value that began at one place, for all that wait for one there. */
class ValueEnd implements Continuation {
  readonly key: string;
  readonly #waiting: Continuation[] = [];

  constructor(id: number) {
    this.key = `v${id}`;
  }

  add(waiting: Continuation): void {
    if (!this.#waiting.some(({ key }) => key === waiting.key)) this.#waiting.push(waiting);
  }

  follow(reading: Reading): void {
    for (const waiting of this.#waiting) waiting.follow(reading, "");
  }
}

/**
 * The values of a plan as JSON text without white space, byte by byte.
 *
 * A node that several ways lead to at one place of the text is read once, for all of them, so that schemas which refer to
 * themselves cost no more than the text is long.
 */
export class Values {
  readonly #productive: ReadonlySet<PlanNode>;
  readonly #isUsable: (plan: PlanAlternative) => boolean;
  readonly #texts = new Map<unknown, Texts>();
  readonly #begun = new WeakMap<Reading, Map<PlanNode, ValueEnd>>();
  readonly #ids = new Map<unknown, number>();
  #ends = 0;

  /** @param productive the nodes that have a value which comes to an end, given what can be quoted */
  constructor(productive: ReadonlySet<PlanNode>, isQuotable: (plan: PlanAlternative & { type: "quote" }) => boolean) {
    this.#productive = productive;
    this.#isUsable = (plan) => isProductive(plan, productive, isQuotable);
  }

  /** Adds the beginnings of a node's values. */
  begin(node: PlanNode, reading: Reading, then: Continuation): void {
    let begun = this.#begun.get(reading);
    if (begun === undefined) this.#begun.set(reading, (begun = new Map<PlanNode, ValueEnd>()));
    const known = begun.get(node);
    if (known !== undefined) return known.add(then);
    const end = new ValueEnd(this.#ends++);
    begun.set(node, end);
    end.add(then);
    for (const plan of node.alternatives) if (this.#isUsable(plan)) this.#beginOne(plan, reading, end);
  }

  /** Each plan has its own. */
  idOf(plan: ArrayPlan | ObjectPlan): number {
    let id = this.#ids.get(plan);
    if (id === undefined) this.#ids.set(plan, (id = this.#ids.size));
    return id;
  }

  has(node: PlanNode): boolean {
    return this.#productive.has(node);
  }

  countOthers(plan: ObjectPlan, limit: number): number {
    return countOthers(plan, this.#productive, limit);
  }

  textsOfKeys(others: OtherMembers): Texts {
    return this.#made(others, () => new TextsOfStrings(others.keys));
  }

  /** The texts of a value that is neither a quote nor made of others. */
  textsOf(plan: PlanAlternative): Texts {
    return this.#made(plan, () => {
      if (plan.type === "string") return new TextsOfStrings(plan.characters);
      if (plan.type === "number") return new TextsOfNumbers(plan.range);
      if (plan.type === "literals") return new LiteralTexts(plan.values.map((value) => JSON.stringify(value)));
      throw new TypeError(`Expected no ${plan.type}`);
    });
  }

  #beginOne(plan: PlanAlternative, reading: Reading, end: ValueEnd): void {
    switch (plan.type) {
      case "quote":
        return reading.add(
          new FixedThread(QUOTE, {
            key: `q${plan.minLength} ${plan.maxLength} ${end.key}`,
            follow: (at) => at.addQuote({ plan, then: end }),
          }),
        );
      case "array":
        return reading.add(new FixedThread(OPEN_ARRAY, new ArrayPlace(this, plan, end, 0, [])));
      case "object":
        return reading.add(new FixedThread(OPEN_OBJECT, new ObjectPlace(this, plan, end, 0, 0, [])));
      default:
        return reading.add(new TextThread(this.textsOf(plan), end, null));
    }
  }

  #made(of: unknown, make: () => Texts): Texts {
    let texts = this.#texts.get(of);
    if (texts === undefined) this.#texts.set(of, (texts = make()));
    return texts;
  }
}

/** Inside an array, behind its first items. */
class ArrayPlace implements Continuation {
  readonly key: string;
  readonly #values: Values;
  readonly #plan: ArrayPlan;
  readonly #end: Continuation;
  readonly #count: number;
  /** Their texts, where no two may be equal. */
  readonly #texts: readonly string[];

  constructor(values: Values, plan: ArrayPlan, end: Continuation, count: number, texts: readonly string[]) {
    this.#values = values;
    this.#plan = plan;
    this.#end = end;
    this.#count = count;
    this.#texts = texts;
    this.key = `a${values.idOf(plan)} ${count} ${end.key}`;
  }

  follow(reading: Reading): void {
    const { first, items, min, max } = this.#plan;
    if (this.#count >= min) reading.add(new FixedThread(CLOSE_ARRAY, this.#end));
    const node = this.#count < first.length ? first[this.#count] : items;
    if (this.#count >= max || node === null || !this.#values.has(node)) return;
    const item: Continuation = { key: `i${this.key}`, follow: (at) => this.#beginItem(node, at) };
    if (this.#count > 0) reading.add(new FixedThread(COMMA, item));
    else item.follow(reading, "");
  }

  #beginItem(node: PlanNode, reading: Reading): void {
    if (this.#plan.uniqueAt === null) return this.#values.begin(node, reading, this.#next(this.#texts));
    for (const plan of node.alternatives) {
      const texts = new TextsWithout(this.#values.textsOf(plan), this.#texts);
      if (texts.isEmpty) continue;
      const then: Continuation = {
        key: `u${this.key}`,
        follow: (at, text) => this.#next([...this.#texts, text]).follow(at),
      };
      reading.add(new TextThread(texts, then, ""));
    }
  }

  #next(texts: readonly string[]): ArrayPlace {
    return new ArrayPlace(this.#values, this.#plan, this.#end, this.#count + 1, texts);
  }
}

/** Inside an object, behind some of its members. */
class ObjectPlace implements Continuation {
  readonly key: string;
  readonly #values: Values;
  readonly #plan: ObjectPlan;
  readonly #end: Continuation;
  /** The next of the named members. */
  readonly #index: number;
  /** Members that are written. */
  readonly #count: number;
  /** The keys of those that are not named. */
  readonly #keys: readonly string[];

  constructor(
    values: Values,
    plan: ObjectPlan,
    end: Continuation,
    index: number,
    count: number,
    keys: readonly string[],
  ) {
    this.#values = values;
    this.#plan = plan;
    this.#end = end;
    this.#index = index;
    this.#count = count;
    this.#keys = keys;
    this.key = `o${values.idOf(plan)} ${index} ${count} ${keys.length} ${end.key}`;
  }

  follow(reading: Reading): void {
    const { members, min, max } = this.#plan;
    for (let i = this.#index; i < members.length; i++) {
      const { key, value, isOptional } = members[i];
      if (isOptional && !this.#values.has(value)) continue;
      const text = bytesOf(`${this.#count > 0 ? "," : ""}${JSON.stringify(key)}:`);
      reading.add(new FixedThread(text, this.#valueOf(value, this.#at(i + 1, this.#keys))));
      if (!isOptional || !this.#reaches(i + 1)) return;
    }
    if (this.#count >= min) reading.add(new FixedThread(CLOSE_OBJECT, this.#end));
    if (this.#count < max) for (const others of this.#plan.others) this.#addOther(others, reading);
  }

  /** Whether there are enough members from the index on, where this many are written. */
  #reaches(index: number): boolean {
    const { members, min } = this.#plan;
    const named = members.slice(index).filter(({ value }) => this.#values.has(value)).length;
    const missing = min - this.#count - named;
    return missing <= 0 || this.#values.countOthers(this.#plan, missing) >= missing;
  }

  #addOther(others: OtherMembers, reading: Reading): void {
    const keys = new TextsWithout(this.#values.textsOfKeys(others), this.#keys);
    if (!this.#values.has(others.value) || keys.isEmpty) return;
    const behindKey: Continuation = {
      key: `k${this.key}`,
      follow: (at, key) => {
        const then = this.#at(this.#plan.members.length, [...this.#keys, key]);
        at.add(new FixedThread(COLON, this.#valueOf(others.value, then)));
      },
    };
    const beforeKey: Continuation = {
      key: `c${keys.id} ${this.key}`,
      follow: (at) => at.add(new TextThread(keys, behindKey, "")),
    };
    if (this.#count > 0) reading.add(new FixedThread(COMMA, beforeKey));
    else beforeKey.follow(reading, "");
  }

  #valueOf(node: PlanNode, then: Continuation): Continuation {
    return { key: `=${node.id} ${then.key}`, follow: (at) => this.#values.begin(node, at, then) };
  }

  #at(index: number, keys: readonly string[]): ObjectPlace {
    return new ObjectPlace(this.#values, this.#plan, this.#end, index, this.#count + 1, keys);
  }
}
