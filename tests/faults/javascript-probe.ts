/**
 * A short differential run of the JavaScript engines beside it; the fault runner starts it in a process of its own.
 * Prints the mismatch and exits with 3 where there is one.
 */
import { exploreEngine } from "../differential/engine/explorer.js";
import { explore } from "../differential/explore.js";
import { Mismatch } from "../differential/token-mode/explorer.js";
import { Histogram } from "../differential/histogram.js";
import { periodicTextEngines, smallAlphabets, smallEngines, smallTextEngines } from "../differential/suites.js";
import { exploreTextEngine } from "../differential/engine/text-explorer.js";
import { exploreTexts } from "../differential/text-mode/explorer.js";
import { smallTexts } from "../differential/text-mode/plans.js";
import { mismatchExitCode } from "./exit-code.js";

const asked = (steps: number): Parameters<typeof explore>[1] => ({ seed: 1, steps, backends: ["javascript"] });
const histogram = new Histogram();
try {
  exploreEngine(smallEngines, asked(150_000), histogram);
  explore(smallAlphabets, asked(20_000), histogram);
  exploreTextEngine(smallTextEngines, asked(30_000), histogram);
  exploreTextEngine(periodicTextEngines, asked(10_000), histogram);
  exploreTexts(smallTexts, asked(10_000), histogram);
  console.log(`no mismatch in ${histogram.steps} steps`);
} catch (error) {
  if (!(error instanceof Mismatch)) throw error;
  console.log(`after ${histogram.steps} steps: ${error.message.split("\n")[0]}`);
  process.exitCode = mismatchExitCode;
}
