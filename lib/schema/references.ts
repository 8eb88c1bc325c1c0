import { below, keysOf } from "./json-pointer.js";
import { type Place, type Schema } from "./keywords.js";
import { SchemaError } from "./schema-error.js";

/** Finds what `$ref` names in one schema: by a JSON pointer, an `$anchor` or an `$id`. */
export class References {
  readonly #root: unknown;
  /** By what names it. */
  #named: Map<string, { value: unknown; pointer: string }> | undefined;

  constructor(root: unknown) {
    this.#root = root;
  }

  /** @throws SchemaError */
  resolve({ schema: { $ref }, pointer }: Place): { value: unknown; pointer: string } {
    const place = below(pointer, "$ref");
    if (typeof $ref !== "string") throw new SchemaError(place, "expected a string");
    const { $id } = (this.#root ?? {}) as Schema;
    const reference = typeof $id === "string" && $ref.startsWith(`${$id}#`) ? $ref.slice($id.length) : $ref;
    const found = reference === "#" ? { value: this.#root, pointer: "" } : this.#find(reference);
    if (found !== undefined) return found;
    throw new SchemaError(place, `there is no such definition in the schema: ${JSON.stringify($ref)}`);
  }

  #find(reference: string): { value: unknown; pointer: string } | undefined {
    if (!reference.startsWith("#/")) return (this.#named ??= namesIn(this.#root)).get(reference);
    const pointer = decodeFragment(reference.slice(1));
    let value = this.#root;
    for (const key of keysOf(pointer)) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
      value = (value as Schema)[key];
    }
    return { value, pointer };
  }
}

function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** Everything in a schema that has an `$id` or an `$anchor`; of two that have one name, the first. */
function namesIn(root: unknown): Map<string, { value: unknown; pointer: string }> {
  const named = new Map<string, { value: unknown; pointer: string }>();
  const open: { value: unknown; pointer: string }[] = [{ value: root, pointer: "" }];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { value, pointer } = one;
    if (typeof value !== "object" || value === null) continue;
    const { $id, $anchor } = value as Schema;
    for (const name of [$id, typeof $anchor === "string" ? `#${$anchor}` : undefined]) {
      if (typeof name === "string" && !named.has(name)) named.set(name, one);
    }
    const members = Object.entries(value).map(([key, member]) => ({ value: member, pointer: below(pointer, key) }));
    open.push(...members.reverse());
  }
  return named;
}
