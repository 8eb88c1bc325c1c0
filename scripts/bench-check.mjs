/**
 * Sets up the checkout and fails where something became slower than bench/baseline.json says, by ratios.
 * Usage: npm run bench:check [-- --update]
 */
import { spawnSync } from "node:child_process";
import { setUp } from "./setup.mjs";
import { repository } from "./support/repository.mjs";

setUp();
const check = ["dist/bench/check.js", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, check, { cwd: repository, stdio: "inherit" });
process.exitCode = status === 0 ? 0 : 1;
