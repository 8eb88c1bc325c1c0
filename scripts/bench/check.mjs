/**
 * Sets up the checkout and fails where something became slower than bench/baseline.json says, by ratios.
 * Usage: npm run bench:check [-- --update]
 */
import { setUp } from "../setup.mjs";
import { runCompiled } from "../support/run.mjs";

setUp();
if (!runCompiled("bench/check.ts", process.argv.slice(2))) process.exitCode = 1;
