/** A limit that figures are to keep. */
export type Bound = { readonly atLeast: number } | { readonly atMost: number };

export type Verdict = "met" | "short" | "not measured";

/** Whether all of some figures keep a bound; NaN is a figure that was not measured. */
export function judge(figures: readonly number[], bound: Bound): Verdict {
  const measured = figures.filter((value) => !Number.isNaN(value));
  const keeps = (value: number) => ("atLeast" in bound ? value >= bound.atLeast : value <= bound.atMost);
  if (!measured.every(keeps)) return "short";
  return measured.length === 0 || measured.length < figures.length ? "not measured" : "met";
}
