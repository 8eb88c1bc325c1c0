/**
 * Sets up the checkout and writes the report of the benchmarks' latest results: build/bench/report/index.html, its
 * charts as files, and those that README shows to docs/charts.
 * Usage: npm run bench:report, after npm run bench
 */
import { setUp } from "../setup.mjs";
import { runCompiled } from "../support/run.mjs";

setUp();
if (!runCompiled("bench/report.ts")) process.exitCode = 1;
