/**
 * Sets up the checkout and loads the packed package with other people's tools.
 * Usage: npm run test:packaging [-- part of a case's name]
 */
import { setUp } from "../setup.mjs";
import { runCompiled } from "../support/run.mjs";

setUp();
if (!runCompiled("tests/packaging/matrix.ts", process.argv.slice(2))) process.exitCode = 1;
