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

/** An abort signal, and not something that only looks like one. */
export function expectAbortSignal(name: string, value: unknown): AbortSignal {
  try {
    // Looked up when it is needed: not every runtime that loads this file has abort signals.
    getterOf(AbortSignal.prototype, "aborted").call(value);
  } catch {
    throw new TypeError(`Expected "${name}" to be an AbortSignal`);
  }
  return value as AbortSignal;
}

export function expectFunction<Given>(name: string, value: Given): Given {
  if (typeof value !== "function") throw new TypeError(`Expected "${name}" to be a function`);
  return value;
}

/** One of a few names. */
export function expectOneOf<Name extends string>(name: string, value: unknown, names: readonly Name[]): Name {
  const message = `Expected "${name}" to be one of ${names.map((each) => JSON.stringify(each)).join(", ")}`;
  if (typeof value !== "string") throw new TypeError(message);
  if (!names.includes(value as Name)) throw new RangeError(message);
  return value as Name;
}

export function expectArray<Item>(name: string, value: readonly Item[] | undefined): readonly Item[] {
  if (!isArray(value)) throw new TypeError(`Expected "${name}" to be an array`);
  return value;
}

/** An options object; `undefined` stands for one without entries. */
export function expectOptions<Options extends object>(name: string, value: Options | undefined): Partial<Options> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null) throw new TypeError(`Expected "${name}" to be an object`);
  return value;
}

/** The typed array's class name from its internal slot: right for arrays of another realm, and not to be faked. */
export function typedArrayName(value: unknown): string | undefined {
  return readTypedArrayName.call(value) as string | undefined;
}

const typedArrays = Object.getPrototypeOf(Int32Array.prototype) as Int32Array;
const readTypedArrayName = getterOf(typedArrays, Symbol.toStringTag);
const readTypedArrayLength = getterOf(typedArrays, "length");

function getterOf(prototype: object, property: string | symbol): () => unknown {
  return Object.getOwnPropertyDescriptor(prototype, property)!.get!;
}

/** Whether a value is an array; a proxy that was revoked is none. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Integers in [0, high), in an array of their own: neither the caller nor another thread can change what was checked.
 * Reading them may run the caller's code, as getters and proxies do, so state is looked at afterwards.
 */
export function expectIntegers(name: string, values: unknown, high: number): Int32Array {
  switch (typedArrayName(values)) {
    case "Int32Array": {
      const integers = new Int32Array(expectMemory(name, values as Int32Array));
      for (let i = 0; i < integers.length; i++) {
        if (integers[i] >>> 0 >= high) expectInteger(`${name}[${i}]`, integers[i], 0, high);
      }
      return integers;
    }
    case "Uint32Array":
      return copyIntegers(name, new Uint32Array(expectMemory(name, values as Uint32Array)), high);
    case "BigInt64Array":
      return copyIntegers(name, new BigInt64Array(expectMemory(name, values as BigInt64Array)), high);
    default:
      if (isArray(values)) return copyIntegers(name, values, high);
      throw new TypeError(
        `Expected "${name}" to be an Int32Array, a Uint32Array, a BigInt64Array or an array of integers`,
      );
  }
}

/** A copy of an Int32Array; `or` says what else the argument may be. */
export function expectInt32Array(name: string, values: unknown, or = ""): Int32Array {
  if (typedArrayName(values) !== "Int32Array") throw new TypeError(`Expected "${name}" to be an Int32Array${or}`);
  return new Int32Array(expectMemory(name, values as Int32Array));
}

/** A copy of a Uint8Array; `or` and `either` say what else the argument may be. */
export function expectBytes(name: string, values: unknown, { either = "", or = "" } = {}): Uint8Array {
  const type = `${either}a Uint8Array${or}`;
  if (typedArrayName(values) !== "Uint8Array") throw new TypeError(`Expected "${name}" to be ${type}`);
  return new Uint8Array(expectMemory(name, values as Uint8Array));
}

/** The entries of an array, each read once and checked before the next. At most 2^30. */
export function expectEach<Item>(
  name: string,
  values: readonly unknown[],
  expectItem: (name: string, value: unknown) => Item,
): Item[] {
  const length = expectLength(name, values);
  const items: Item[] = [];
  for (let i = 0; i < length; i++) items.push(expectItem(`${name}[${i}]`, values[i]));
  return items;
}

/** A typed array that has its memory; one without looks like one without entries. */
function expectMemory<Values extends Int32Array | Uint32Array | BigInt64Array | Uint8Array>(
  name: string,
  values: Values,
): Values {
  if (readTypedArrayLength.call(values) !== 0) return values;
  try {
    typedArrays.keys.call(values);
    return values;
  } catch {
    throw new RangeError(`Expected "${name}" to have a buffer that is neither detached nor too small for it`);
  }
}

/** A row of logits of at least `width` entries. */
export function expectRow(name: string, row: unknown, width: number): Float32Array {
  if (typedArrayName(row) !== "Float32Array") throw new TypeError(`Expected "${name}" to be a Float32Array`);
  const entries = expectEntries(name, row as Float32Array, width);
  const length = readTypedArrayLength.call(entries) as number;
  // A subclass may say another length than it has: the row is what it has.
  return entries.length === length ? entries : new Float32Array(entries.buffer, entries.byteOffset, length);
}

/** Bitmask words, at least `count` of them. */
export function expectWords(name: string, words: unknown, count: number): Int32Array {
  if (typedArrayName(words) !== "Int32Array") throw new TypeError(`Expected "${name}" to be an Int32Array`);
  return expectEntries(name, words as Int32Array, count);
}

function expectEntries<Entries extends Float32Array | Int32Array>(name: string, entries: Entries, count: number) {
  const length = readTypedArrayLength.call(entries) as number;
  if (length >= count) return entries;
  const hint = length === 0 ? " (it has none: it is empty, or its buffer is detached)" : "";
  throw new RangeError(`Expected "${name}" to have at least ${count} entries${hint}`);
}

/** No more memory is taken for entries than there are, whatever the array says of its length. */
const READ_AHEAD = 1 << 16;

function copyIntegers(name: string, values: ArrayLike<unknown>, high: number): Int32Array {
  const length = expectLength(name, values);
  let integers = new Int32Array(Math.min(length, READ_AHEAD));
  for (let i = 0; i < length; i++) {
    const value = values[i];
    const integer = typeof value === "bigint" ? Number(value) : value;
    const isFit = typeof integer === "number" && integer >>> 0 === integer && integer < high;
    if (!isFit) expectInteger(`${name}[${i}]`, integer, 0, high);
    if (i === integers.length) integers = grown(integers, length);
    integers[i] = integer as number;
  }
  return integers;
}

function grown(integers: Int32Array, limit: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.min(2 * integers.length, limit));
  larger.set(integers);
  return larger;
}

/** What an array says of its length, read once: a proxy may say anything. */
function expectLength(name: string, { length }: ArrayLike<unknown>): number {
  if (Number.isInteger(length) && length >= 0 && length < COUNT_LIMIT) return length;
  throw new RangeError(`Expected "${name}" to have at most ${COUNT_LIMIT - 1} entries`);
}
