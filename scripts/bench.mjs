/**
 * Sets up the checkout and runs the benchmarks, bench/*.bench.ts, one after the other.
 * Usage: npm run bench [-- part of a file name] [-- --full]
 */
import { spawnSync } from "node:child_process";
import { setUp } from "./setup.mjs";
import { filesUnder } from "./support/files.mjs";
import { repository } from "./support/repository.mjs";

setUp();
const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const [filter = ""] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const benchmarks = filesUnder("bench", /\.bench\.ts$/).filter((file) => file.includes(filter));
if (benchmarks.length === 0) throw new Error(`No benchmark's name contains "${filter}"`);
for (const benchmark of benchmarks) {
  const compiled = `dist/${benchmark.replace(/\.ts$/, ".js")}`;
  const { status } = spawnSync(process.execPath, [compiled, ...flags], {
    cwd: repository,
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}
