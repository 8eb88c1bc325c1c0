/**
 * The differential suites without an end in sight: `VERBATIM_STEPS=100000000 node dist/tests/differential/long.js`.
 * VERBATIM_SEED says where the random plans begin; by default, at the time of day, so that every run sees new ones.
 */
import { exploreBatches } from "./batch/explorer.js";
import { exploreEngine } from "./engine/explorer.js";
import { explore, settings, type Settings } from "./explore.js";
import { Histogram } from "./histogram.js";
import {
  largeContexts,
  largeEngines,
  largeTextEngines,
  manyDocuments,
  mediumContexts,
  periodicTextEngines,
  repetitiveEngines,
  smallAlphabets,
  smallEngines,
  smallTextEngines,
  undoing,
} from "./suites.js";
import { exploreTextEngine } from "./engine/text-explorer.js";
import { exploreTexts } from "./text-mode/explorer.js";
import { largeTexts, manyTexts, smallTexts } from "./text-mode/plans.js";

const { steps, backends } = settings(20_000_000);
const firstSeed = process.env.VERBATIM_SEED ? settings(0).seed : Math.floor(Date.now() / 1000);

/** Plans of one suite use seeds below the next round's. */
const seedsPerRound = 1_000_000;

const histogram = new Histogram();

for (let round = 0; histogram.steps < steps; round++) {
  const share = (fraction: number): Omit<Settings, "full"> => ({
    seed: firstSeed + round * seedsPerRound,
    steps: Math.ceil(Math.min(1_000_000, steps) * fraction),
    backends,
  });
  explore(smallAlphabets, share(0.5), histogram);
  explore(undoing, share(0.25), histogram);
  exploreEngine(smallEngines, share(0.15), histogram);
  explore(mediumContexts, share(0.03), histogram);
  explore(largeContexts, share(0.01), histogram);
  explore(manyDocuments, share(0.02), histogram);
  exploreEngine(repetitiveEngines, share(0.05), histogram);
  exploreEngine(largeEngines, share(0.01), histogram);
  // Text mode's oracle takes about a hundred times as long, so that its suites have a small share.
  exploreTexts(smallTexts, share(0.05), histogram);
  exploreTexts(largeTexts, share(0.002), histogram);
  exploreTexts(manyTexts, share(0.002), histogram);
  exploreBatches(share(0.01), histogram);
  exploreTextEngine(smallTextEngines, share(0.1), histogram);
  exploreTextEngine(periodicTextEngines, share(0.01), histogram);
  exploreTextEngine(largeTextEngines, share(0.001), histogram);
  console.log(JSON.stringify({ round, seed: firstSeed + round * seedsPerRound, ...histogram.toJSON() }));
}
