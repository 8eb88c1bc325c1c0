/**
 * Sets up the checkout and runs the benchmarks, bench/*.bench.ts, one after the other; then says what took how long and
 * which goals are met.
 * Usage: npm run bench [-- part of a file name] [-- --full]
 */
import { setUp } from "../setup.mjs";
import { filesUnder } from "../support/files.mjs";
import { runCompiled } from "../support/run.mjs";

setUp();
const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const [filter = ""] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const benchmarks = filesUnder("bench", /\.bench\.ts$/).filter((file) => file.includes(filter));
if (benchmarks.length === 0) throw new Error(`No benchmark's name contains "${filter}"`);
const seconds = new Map();
for (const benchmark of benchmarks) {
  const start = performance.now();
  console.log(`\n## ${benchmark}\n`);
  if (!runCompiled(benchmark, flags)) process.exitCode = 1;
  seconds.set(benchmark, (performance.now() - start) / 1000);
}
console.log("\n## Goals\n");
if (!runCompiled("bench/goals.ts")) process.exitCode = 1;
const total = [...seconds.values()].reduce((sum, value) => sum + value, 0);
for (const [benchmark, value] of seconds) console.log(`${value.toFixed(0).padStart(5)} s  ${benchmark}`);
console.log(`${total.toFixed(0).padStart(5)} s  in all`);
