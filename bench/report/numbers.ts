/** 131,072 */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Three digits that count, or all before the point: 2.41, 37.2, 1,733. */
export function figure(value: number): string {
  return value.toLocaleString("en-US", {
    maximumSignificantDigits: Math.max(3, Math.round(Math.abs(value)).toString().length),
  });
}

/** 9.4×, 1,733× */
export function times(value: number): string {
  return `${value < 10 ? value.toFixed(1) : count(value)}×`;
}

const units = [
  { unit: "s", nanoseconds: 1e9 },
  { unit: "ms", nanoseconds: 1e6 },
  { unit: "µs", nanoseconds: 1e3 },
];

/** 37 ns, 3.29 µs, 1.2 s */
export function duration(nanoseconds: number): string {
  // From where rounding to three digits would reach the next unit.
  const larger = units.find((one) => nanoseconds >= 0.9995 * one.nanoseconds);
  if (larger !== undefined) return `${figure(nanoseconds / larger.nanoseconds)} ${larger.unit}`;
  return `${nanoseconds < 10 ? figure(nanoseconds) : count(nanoseconds)} ns`;
}

/** M^0.98 */
export function power(base: string, exponent: number): string {
  // No minus sign before 0.00.
  return `${base}^${(Math.round(100 * exponent) / 100 || 0).toFixed(2)}`;
}

/** "a", "a and b", "a, b and c" */
export function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
