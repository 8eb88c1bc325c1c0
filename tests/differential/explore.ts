import type { Backend } from "./token-mode/duel.js";
import { play } from "./token-mode/explorer.js";
import { Histogram } from "./histogram.js";
import { plan, type Taste } from "./token-mode/plans.js";

/**
 * What the environment asks for: VERBATIM_SEED (where the random plans begin; 1), VERBATIM_STEPS (how many steps;
 * each suite has its own default), VERBATIM_BACKENDS ("native,javascript").
 */
export interface Settings {
  seed: number;
  steps: number;
  /** Whether these are at least the suite's own number of steps, for which its minima hold. */
  full: boolean;
  backends: readonly Backend[];
}

export function settings(defaultSteps: number): Settings {
  const { VERBATIM_SEED, VERBATIM_STEPS, VERBATIM_BACKENDS } = process.env;
  const backends = (VERBATIM_BACKENDS ?? "native,javascript").split(",");
  for (const backend of backends) {
    if (backend !== "native" && backend !== "javascript") throw new RangeError(`There is no backend "${backend}"`);
  }
  const steps = natural("VERBATIM_STEPS", VERBATIM_STEPS, defaultSteps);
  return {
    seed: natural("VERBATIM_SEED", VERBATIM_SEED, 1),
    steps,
    full: steps >= defaultSteps,
    backends: backends as Backend[],
  };
}

function natural(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`Expected ${name} to be a natural number`);
  return value;
}

/**
 * Plays random plans, one seed after the other, until so many steps were compared.
 * @throws Mismatch
 */
export function explore(
  taste: Taste,
  { seed, steps, backends }: Pick<Settings, "seed" | "steps" | "backends">,
  histogram = new Histogram(),
): Histogram {
  const target = histogram.steps + steps;
  for (let current = seed; histogram.steps < target; current++) {
    play(plan(taste, current), current, backends, histogram);
  }
  return histogram;
}
