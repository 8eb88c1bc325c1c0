import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../support/repository.mjs";

/** A file that hangs must not keep a run for ever; a machine several times slower than usual must not reach it. */
const TIMEOUT_MINUTES = 60;

/**
 * Runs one test file and reads uvu's totals. What uvu lets pass is a failure here: a file without tests, a skipped
 * test, an end without totals (a promise that never settled), a process that does not end. A file that lacks what it
 * needs prints `skipped: <what>` and runs nothing; that is a failure where `CI` is set.
 */
export async function runTestFile(file) {
  const started = performance.now();
  const { output, ending } = await runToEnd([...flagsOf(file), `dist/${file.replace(/\.ts$/, ".js")}`]);
  const seconds = (performance.now() - started) / 1000;
  const total = totalOf(output, "Total");
  const passed = totalOf(output, "Passed") ?? 0;
  const skipped = totalOf(output, "Skipped") ?? 0;
  const lacks = process.env.CI === undefined && total === undefined ? lackOf(output) : undefined;
  if (ending === "exit code 0" && lacks !== undefined) return { file, passed: 0, failed: 0, seconds, lacks, output };
  const problem = problemOf(ending, total, skipped);
  const notPassed = (total ?? 0) - passed;
  const failed = problem === undefined ? notPassed : Math.max(notPassed, 1);
  return { file, passed, failed, seconds, problem, output };
}

function problemOf(ending, total, skipped) {
  if (ending !== "exit code 0") return `The process ended with ${ending}`;
  if (total === undefined) return "No totals were printed: is test.run() missing, or did a promise never settle?";
  if (total === 0) return "The file ran no test";
  if (skipped > 0) return `${skipped} skipped: a test that does not run does not pass`;
  return undefined;
}

function flagsOf(file) {
  const [firstLine] = readFileSync(join(repository, file), "utf8").split("\n", 1);
  const flags = /^\/\/ node-flags: (.+)$/.exec(firstLine)?.[1];
  return flags === undefined ? [] : flags.trim().split(/\s+/);
}

function lackOf(output) {
  return /^skipped: (.+)$/m.exec(output)?.[1];
}

/** What uvu printed last under `label`. */
function totalOf(output, label) {
  const matches = [...output.matchAll(new RegExp(`^  ${label}:\\s+(\\d+)$`, "gm"))];
  return matches.length === 0 ? undefined : Number(matches.at(-1)[1]);
}

function runToEnd(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: repository,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    }
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, TIMEOUT_MINUTES * 60_000);
    const end = (ending) => {
      clearTimeout(timer);
      resolve({ output, ending });
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => {
      if (timedOut) end(`a timeout after ${TIMEOUT_MINUTES} minutes`);
      else end(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
}
