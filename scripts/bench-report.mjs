/**
 * Sets up the checkout and writes the report of the benchmarks' latest results: build/bench/report/index.html, its
 * charts as files, and those that README shows to docs/charts.
 * Usage: npm run bench:report, after npm run bench
 */
import { spawnSync } from "node:child_process";
import { setUp } from "./setup.mjs";
import { repository } from "./support/repository.mjs";

setUp();
const { status } = spawnSync(process.execPath, ["dist/bench/report.js"], { cwd: repository, stdio: "inherit" });
process.exitCode = status === 0 ? 0 : 1;
