import { below } from "./json-pointer.js";
import type { Place } from "./keywords.js";
import { SchemaError } from "./schema-error.js";

/** Digits of a number that every reader of JSON keeps. */
export const EXACT_DIGITS = 15;
/** The largest integer that every reader of JSON keeps. */
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * The numbers that a schema allows, as far as all readers of JSON keep them exactly: integers up to 2^53 - 1, others of
 * up to 15 digits. Limits count units of 10^-scale.
 */
export interface NumberRange {
  readonly isInteger: boolean;
  readonly scale: number;
  readonly min: bigint;
  readonly max: bigint;
  /** Numbers are multiples of so many units. */
  readonly step: bigint;
  /** Whether a number may have an exponent: where nothing else is said about it. */
  readonly isFree: boolean;
}

/** A number as an integer and how many of its digits stand behind the point. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const INTEGER_FORMATS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-LARGEST, LARGEST],
  uint64: [0n, LARGEST],
};

/** @throws SchemaError */
export function readNumbers(places: readonly Place[], isInteger: boolean): NumberRange {
  const bounds = places.flatMap(readBounds);
  const steps = places.flatMap(readStep);
  const scale = Math.max(isInteger ? 0 : EXACT_DIGITS, ...[...bounds, ...steps].map(({ value }) => value.scale));
  const unit = isInteger ? 10n ** BigInt(scale) : 1n;
  let [min, max] = largestRange(isInteger, scale);
  const [leasts, mosts] = [bounds.filter(({ isMin }) => isMin), bounds.filter(({ isMin }) => !isMin)];
  for (const { value, isExclusive } of leasts) min = larger(min, unitsOf(value, scale) + (isExclusive ? 1n : 0n));
  for (const { value, isExclusive } of mosts) max = smaller(max, unitsOf(value, scale) - (isExclusive ? 1n : 0n));
  const step = steps.reduce((all, { value }) => leastMultiple(all, unitsOf(value, scale)), unit);
  if (ceilTo(min, step) > max) {
    const { pointer } = [...mosts, ...leasts, ...steps].at(0) ?? { pointer: places[0]?.pointer ?? "" };
    throw new SchemaError(pointer, "no number is left that every reader of JSON keeps exactly");
  }
  return { isInteger, scale, min, max, step, isFree: !isInteger && bounds.length === 0 && steps.length === 0 };
}

/** Whether a given number is as the places say. @throws SchemaError */
export function isWithin(value: number, places: readonly Place[]): boolean {
  const decimal = toDecimal(value);
  const isInside = places.flatMap(readBounds).every(({ value: bound, isMin, isExclusive }) => {
    const beyond = isMin ? compare(decimal, bound) : compare(bound, decimal);
    return isExclusive ? beyond > 0n : beyond >= 0n;
  });
  return isInside && places.flatMap(readStep).every(({ value: step }) => isMultiple(decimal, step));
}

/** The least multiple of `step` that is not less. */
export function ceilTo(value: bigint, step: bigint): bigint {
  const rest = ((value % step) + step) % step;
  return rest === 0n ? value : value + step - rest;
}

/** The digits of a finite number as JavaScript writes it. */
export function toDecimal(value: number): Decimal {
  const [, sign, whole, fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))!;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(sign + whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

interface Bound {
  readonly value: Decimal;
  readonly isMin: boolean;
  readonly isExclusive: boolean;
  readonly pointer: string;
}

function readBounds({ schema, pointer }: Place): Bound[] {
  const bounds: Bound[] = [];
  for (const [inclusive, exclusive, isMin] of [
    ["minimum", "exclusiveMinimum", true],
    ["maximum", "exclusiveMaximum", false],
  ] as const) {
    // In draft 4 the second says whether the first is meant exclusively.
    const isDraft4 = typeof schema[exclusive] === "boolean";
    const limit = readNumber(schema[inclusive], below(pointer, inclusive));
    if (limit !== null) {
      bounds.push({ ...limit, isMin, isExclusive: isDraft4 && schema[exclusive] === true });
    }
    const other = isDraft4 ? null : readNumber(schema[exclusive], below(pointer, exclusive));
    if (other !== null) bounds.push({ ...other, isMin, isExclusive: true });
  }
  const format = typeof schema.format === "string" ? INTEGER_FORMATS[schema.format] : undefined;
  if (format !== undefined) {
    const place = below(pointer, "format");
    format.forEach((digits, i) =>
      bounds.push({ value: { digits, scale: 0 }, isMin: i === 0, isExclusive: false, pointer: place }),
    );
  }
  return bounds;
}

function readStep({ schema, pointer }: Place): { value: Decimal; pointer: string }[] {
  const step = readNumber(schema.multipleOf, below(pointer, "multipleOf"));
  if (step === null) return [];
  if (step.value.digits <= 0n) throw new SchemaError(step.pointer, "expected a number above 0");
  return [step];
}

function readNumber(value: unknown, pointer: string): { value: Decimal; pointer: string } | null {
  if (value === undefined) return null;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new SchemaError(pointer, "expected a number");
  return { value: toDecimal(value), pointer };
}

function largestRange(isInteger: boolean, scale: number): [bigint, bigint] {
  const largest = (isInteger ? LARGEST : 10n ** BigInt(EXACT_DIGITS) - 1n) * 10n ** BigInt(scale);
  return [-largest, largest];
}

function unitsOf({ digits, scale }: Decimal, units: number): bigint {
  return digits * 10n ** BigInt(units - scale);
}

/** The least common multiple. */
export function leastMultiple(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a, b];
  while (rest > 0n) [divisor, rest] = [rest, divisor % rest];
  return (a / divisor) * b;
}

/** Less than 0, 0 or more, as the first is less than the second, equal or more. */
function compare(a: Decimal, b: Decimal): bigint {
  const scale = Math.max(a.scale, b.scale);
  return unitsOf(a, scale) - unitsOf(b, scale);
}

function isMultiple(value: Decimal, step: Decimal): boolean {
  const scale = Math.max(value.scale, step.scale);
  return unitsOf(value, scale) % unitsOf(step, scale) === 0n;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
