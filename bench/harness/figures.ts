import type { Measurement } from "./results.js";

/** The measurements that have all fields of `wanted`. */
export function select(measurements: readonly Measurement[], wanted: Partial<Measurement>): Measurement[] {
  const fields = Object.entries(wanted);
  return measurements.filter((measurement) =>
    fields.every(([key, value]) => measurement[key as keyof Measurement] === value),
  );
}

/** The one figure that has all fields of `wanted`; NaN where there is none. */
export function figure(measurements: readonly Measurement[], wanted: Partial<Measurement>): number {
  const found = select(measurements, wanted);
  if (found.length > 1) throw new Error(`More than one figure is as ${JSON.stringify(wanted)} says`);
  return found[0]?.value ?? NaN;
}

/** As a table shows a figure: with commas, or one decimal where it is small. */
export function show(value: number, decimals = value < 10 ? 1 : 0): string {
  if (Number.isNaN(value)) return "–";
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
