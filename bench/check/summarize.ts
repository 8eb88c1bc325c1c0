import { median } from "../harness/median.js";
import type { Reading, Sample } from "./gauge.js";

/** The readings of some rounds, in the order of the first. @throws Error where a round lacks one */
export function summarize(rounds: readonly (readonly Sample[])[]): Reading[] {
  const [first = []] = rounds;
  return first.map(({ name, isCounted }) => {
    const ratios = rounds.map((round) => {
      const found = round.find((one) => one.name === name);
      if (found === undefined) throw new Error(`A round has no "${name}"`);
      return found.ratio;
    });
    return {
      name,
      median: median(ratios),
      ...confidenceInterval(ratios),
      ...(isCounted === true ? { isCounted } : {}),
    };
  });
}

/** Between two of the samples: how many lie below the median is a matter of tossing coins. */
function confidenceInterval(ratios: readonly number[]): { low: number; high: number } {
  const sorted = [...ratios].sort((a, b) => a - b);
  const outside = Math.max(0, Math.floor((sorted.length - 2 * Math.sqrt(sorted.length)) / 2));
  return { low: sorted[outside]!, high: sorted[sorted.length - 1 - outside]! };
}
