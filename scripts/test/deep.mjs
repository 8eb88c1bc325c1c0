/**
 * Runs what takes too long for every commit, before a release: the tests in tests/**\/*.deep.ts, long differential runs,
 * the engine under sanitizers, and coverage-guided fuzzing of the C ABI. Needs clang with its runtime library.
 * Usage: npm run test:deep [-- part of a file's or a run's name]
 * VERBATIM_STEPS: differential steps; FUZZ_SECONDS: of each of the two fuzz targets.
 * The last line is `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { setUp } from "../setup.mjs";
import { repository } from "../support/repository.mjs";
import { runTestFiles } from "./support/test-files.mjs";

const steps = process.env.VERBATIM_STEPS ?? "2000000";
const seconds = process.env.FUZZ_SECONDS ?? "120";

const runs = [
  { name: "differential", command: [process.execPath, "dist/tests/differential/long.js"] },
  { name: "sanitize", command: ["scripts/sanitize.sh", "all"] },
  { name: "fuzz-engine", command: ["scripts/fuzz.sh", "engine", seconds] },
  { name: "fuzz-text", command: ["scripts/fuzz.sh", "text", seconds] },
];

function runToEnd({ name, command: [program, ...args] }) {
  console.log(`\n${name}: ${[program, ...args].join(" ")}`);
  const env = { ...process.env, VERBATIM_STEPS: steps };
  const { status, error } = spawnSync(program, args, { cwd: repository, env, stdio: "inherit" });
  if (error !== undefined) console.log(error.message);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name}`);
  return status === 0;
}

const part = process.argv[2] ?? "";
let passed = 0;
let failed = 0;
try {
  setUp();
  const chosen = runs.filter(({ name }) => name.includes(part));
  if (part === "" || chosen.length === 0) {
    for (const result of await runTestFiles(/\.deep\.ts$/, part)) {
      passed += result.passed;
      failed += result.failed;
    }
  }
  for (const run of chosen) {
    if (runToEnd(run)) passed += 1;
    else failed += 1;
  }
} catch (error) {
  console.log(error.message);
  failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
