import { below, keysOf } from "./json-pointer.js";
import { type Place, type Schema } from "./keywords.js";
import { SchemaError } from "./schema-error.js";

/** A schema, and where it stands in the root. */
interface Target {
  readonly value: unknown;
  readonly pointer: string;
}

/** What a schema without an `$id` is called: relative references need something to be relative to. */
const UNNAMED = "schema:///";

/** Finds what `$ref` names in one schema: by a JSON pointer, an `$anchor` or an `$id`, all relative to the next `$id`. */
export class References {
  /** By address: what has an `$id` or an `$anchor`; of two that have one name, the first. */
  readonly #named = new Map<string, Target>();
  /** By pointer: the address of what has an `$id`. */
  readonly #addresses = new Map<string, string>();

  constructor(root: unknown) {
    this.#addresses.set("", UNNAMED);
    this.#named.set(UNNAMED, { value: root, pointer: "" });
    this.#collect(root);
  }

  /** @throws SchemaError */
  resolve({ schema: { $ref }, pointer }: Place): Target {
    const place = below(pointer, "$ref");
    if (typeof $ref !== "string") throw new SchemaError(place, "expected a string");
    const [address, fragment] = resolveReference($ref, this.#baseOf(pointer));
    const found = fragment.startsWith("/") ? inside(this.#named.get(address), fragment) : this.#find(address, fragment);
    if (found !== undefined) return found;
    throw new SchemaError(place, `there is no such definition in the schema: ${JSON.stringify($ref)}`);
  }

  #find(address: string, anchor: string): Target | undefined {
    return this.#named.get(anchor === "" ? address : `${address}#${anchor}`);
  }

  /** The address of the innermost schema with an `$id` that a place lies in. */
  #baseOf(pointer: string): string {
    for (let end = pointer.length; end > 0; end = pointer.lastIndexOf("/", end - 1)) {
      const address = this.#addresses.get(pointer.slice(0, end));
      if (address !== undefined) return address;
    }
    return this.#addresses.get("")!;
  }

  #collect(root: unknown): void {
    const open = [{ value: root, pointer: "", base: UNNAMED }];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      const { value, pointer } = one;
      if (typeof value !== "object" || value === null) continue;
      const base = this.#name({ value, pointer }, one.base);
      const members = Object.entries(value).map(([key, member]) => ({
        value: member as unknown,
        pointer: below(pointer, key),
        base,
      }));
      for (const member of members.reverse()) open.push(member);
    }
  }

  /** Adds what a schema is called. @returns the address that references in it are relative to */
  #name(target: Target, base: string): string {
    const { $id, $anchor } = target.value as Schema;
    // Before 2019-09 an `$id` that is only a fragment was an anchor.
    const [address, fragment] = typeof $id === "string" ? resolveReference($id, base) : [base, ""];
    const anchors = [fragment, $anchor].filter((name): name is string => typeof name === "string" && name !== "");
    const names = anchors.map((name) => `${address}#${name}`);
    if (address !== base) {
      names.push(address);
      this.#addresses.set(target.pointer, address);
    }
    for (const name of names) if (!this.#named.has(name)) this.#named.set(name, target);
    return address;
  }
}

function resolveReference(reference: string, base: string): [address: string, fragment: string] {
  const [address, ...fragments] = reference.split("#");
  return [address === "" ? base : resolveAddress(address, base), decodeFragment(fragments.join("#"))];
}

function resolveAddress(address: string, base: string): string {
  try {
    return new URL(address, base).href;
  } catch {
    return address;
  }
}

/** What a JSON pointer leads to from a schema. */
function inside(from: Target | undefined, path: string): Target | undefined {
  if (from === undefined) return undefined;
  let { value } = from;
  for (const key of keysOf(path)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Schema)[key];
  }
  return { value, pointer: from.pointer + path };
}

function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
