/**
 * A short differential run against the addon that VERBATIM_ADDON names; the fault runner starts it in a process of its
 * own, since a faulty addon may crash. Prints the mismatch and exits with 3 where there is one.
 */
import { exploreEngine } from "../differential/engine/explorer.js";
import { explore } from "../differential/explore.js";
import { Mismatch } from "../differential/token-mode/explorer.js";
import { Histogram } from "../differential/histogram.js";
import {
  largeEngines,
  mediumContexts,
  repetitiveEngines,
  smallAlphabets,
  smallEngines,
  undoing,
} from "../differential/suites.js";
import { mismatchExitCode } from "./exit-code.js";

const asked = (steps: number): Parameters<typeof explore>[1] => ({ seed: 1, steps, backends: ["native"] });
const histogram = new Histogram();
try {
  explore(smallAlphabets, asked(20_000), histogram);
  exploreEngine(smallEngines, asked(60_000), histogram);
  exploreEngine(repetitiveEngines, asked(20_000), histogram);
  explore(undoing, asked(20_000), histogram);
  explore(mediumContexts, asked(20_000), histogram);
  exploreEngine({ ...largeEngines, sparse: 0.5 }, asked(6_000), histogram);
  console.log(`no mismatch in ${histogram.steps} steps`);
} catch (error) {
  if (!(error instanceof Mismatch)) throw error;
  console.log(`after ${histogram.steps} steps: ${error.message.split("\n")[0]}`);
  process.exitCode = mismatchExitCode;
}
