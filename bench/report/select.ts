import { select as selectOf } from "../harness/figures.js";
import type { Measurement, Results } from "../harness/results.js";

export type AllResults = ReadonlyMap<string, Results>;

/** The measurements of a benchmark that have all of these fields. */
export function select(results: AllResults, bench: string, wanted: Partial<Measurement>): readonly Measurement[] {
  return selectOf(results.get(bench)?.measurements ?? [], wanted);
}

/** The values of a field, each once, in the order in which they come. */
export function distinct<T>(values: readonly (T | undefined)[]): T[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

export const ways = { rescan: "a rescan", filter: "the paper's filter", verbatim: "Verbatim" } as const;

/** The common texts of some measurements, in their usual order. */
export function textsOf(points: readonly Measurement[]): string[] {
  return commonTexts.filter((name) => points.some(({ text }) => text === name));
}

/** A subject's figures by depth, of common texts, in the largest context that was measured. */
export function byDepth(results: AllResults, subject: string): readonly Measurement[] {
  const all = select(results, "theory", { subject }).filter(
    ({ text, depth }) => depth !== undefined && commonTexts.includes(text ?? ""),
  );
  const largest = Math.max(...all.map(({ tokens }) => tokens ?? 0));
  return all.filter(({ tokens }) => tokens === largest);
}

/** The texts that stand for what people quote from; the others are there to be the worst. */
export const commonTexts = ["natural text", "key–value JSON", "log lines", "source code"];
