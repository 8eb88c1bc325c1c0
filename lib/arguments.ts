/** Checks of arguments, in one grammar: wrong type `TypeError`, right type but wrong value `RangeError`. */

/** Token ids as callers hold them. */
export type TokenInput = Int32Array | Uint32Array | BigInt64Array | readonly number[] | readonly bigint[];

/** One past the largest count or position an option may name. */
export const COUNT_LIMIT = 2 ** 30 + 1;

/** An integer in [low, high). */
export function expectInteger(name: string, value: unknown, low: number, high: number): number {
  const message = `Expected "${name}" to be an integer in [${low}, ${high})`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!Number.isInteger(value) || value < low || value >= high) throw new RangeError(message);
  return value;
}

/** A token id: a number or a bigint in [0, vocabSize). */
export function expectId(name: string, value: unknown, vocabSize: number): number {
  return expectInteger(name, typeof value === "bigint" ? Number(value) : value, 0, vocabSize);
}

/** A number in [low, high]. */
export function expectNumber(name: string, value: unknown, low: number, high: number): number {
  const message = `Expected "${name}" to be a number in [${low}, ${high}]`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!(value >= low && value <= high)) throw new RangeError(message);
  return value;
}

export function expectBoolean(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new TypeError(`Expected "${name}" to be a boolean`);
  return value;
}

export function expectString(name: string, value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`Expected "${name}" to be a string`);
  return value;
}

/** One of a few names. */
export function expectOneOf<Name extends string>(name: string, value: unknown, names: readonly Name[]): Name {
  const message = `Expected "${name}" to be one of ${names.map((each) => JSON.stringify(each)).join(", ")}`;
  if (typeof value !== "string") throw new TypeError(message);
  if (!names.includes(value as Name)) throw new RangeError(message);
  return value as Name;
}

/** An options object; `undefined` stands for one without entries. */
export function expectArray<Item>(name: string, value: readonly Item[] | undefined): readonly Item[] {
  if (!Array.isArray(value)) throw new TypeError(`Expected "${name}" to be an array`);
  return value;
}

export function expectOptions<Options extends object>(name: string, value: Options | undefined): Partial<Options> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null) throw new TypeError(`Expected "${name}" to be an object`);
  return value;
}

/** The typed array's class name from its internal slot: right for arrays of another realm, and not to be faked. */
export function typedArrayName(value: unknown): string | undefined {
  return readTypedArrayName.call(value) as string | undefined;
}

const readTypedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Int32Array.prototype),
  Symbol.toStringTag,
)!.get!;

/**
 * Integers in [0, high), in an array of their own: neither the caller nor another thread can change what was checked.
 * Reading them may run the caller's code, as getters and proxies do, so state is looked at afterwards.
 */
export function expectIntegers(name: string, values: unknown, high: number): Int32Array {
  const arrayName = typedArrayName(values);
  if (arrayName !== undefined && isDetached(values as Int32Array)) {
    throw new RangeError(`Expected "${name}" to have a buffer that is not detached`);
  }
  switch (arrayName) {
    case "Int32Array": {
      const integers = new Int32Array(values as Int32Array);
      for (let i = 0; i < integers.length; i++) {
        if (integers[i] >>> 0 >= high) expectInteger(`${name}[${i}]`, integers[i], 0, high);
      }
      return integers;
    }
    case "Uint32Array":
    case "BigInt64Array":
      return copyIntegers(name, values as Uint32Array | BigInt64Array, high);
    default:
      if (Array.isArray(values)) return copyIntegers(name, values, high);
      throw new TypeError(
        `Expected "${name}" to be an Int32Array, a Uint32Array, a BigInt64Array or an array of integers`,
      );
  }
}

/** Whether a typed array has lost its memory, which otherwise looks like having no entries. */
function isDetached(array: Int32Array): boolean {
  if (array.byteLength > 0) return false;
  try {
    new Uint8Array(array.buffer);
    return false;
  } catch {
    return true;
  }
}

/** A row of logits of at least `width` entries. */
export function expectRow(name: string, row: unknown, width: number): Float32Array {
  if (typedArrayName(row) !== "Float32Array") throw new TypeError(`Expected "${name}" to be a Float32Array`);
  return expectEntries(name, row as Float32Array, width);
}

/** Bitmask words, at least `count` of them. */
export function expectWords(name: string, words: unknown, count: number): Int32Array {
  if (typedArrayName(words) !== "Int32Array") throw new TypeError(`Expected "${name}" to be an Int32Array`);
  return expectEntries(name, words as Int32Array, count);
}

function expectEntries<Entries extends Float32Array | Int32Array>(name: string, entries: Entries, count: number) {
  if (entries.length >= count) return entries;
  const hint = entries.length === 0 ? " (it has none: it is empty, or its buffer is detached)" : "";
  throw new RangeError(`Expected "${name}" to have at least ${count} entries${hint}`);
}

function copyIntegers(name: string, values: ArrayLike<unknown>, high: number): Int32Array {
  const integers = new Int32Array(values.length);
  for (let i = 0; i < integers.length; i++) {
    const value = values[i];
    const integer = typeof value === "bigint" ? Number(value) : value;
    if (typeof integer === "number" && integer >>> 0 === integer && integer < high) integers[i] = integer;
    else expectInteger(`${name}[${i}]`, integer, 0, high);
  }
  return integers;
}
