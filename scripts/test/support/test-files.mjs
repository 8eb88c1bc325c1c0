import { availableParallelism } from "node:os";
import { filesUnder } from "../../support/files.mjs";
import { inOrder, recordDurations } from "./durations.mjs";
import { runTestFile } from "./test-file.mjs";

const AT_ONCE = Math.min(2, availableParallelism());

/**
 * Runs the files under tests/ whose path matches `pattern` and contains `part`, reports each, and returns the results.
 * @throws Error where there is no such file
 */
export async function runTestFiles(pattern, part) {
  const files = inOrder(filesUnder("tests", pattern).filter((file) => file.includes(part)));
  if (files.length === 0) throw new Error(`No test file's name contains "${part}"`);
  const results = [];
  const worker = async () => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const result = await runTestFile(file);
      results.push(result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  recordDurations(results);
  return results;
}

function report({ file, passed, failed, seconds, problem, lacks, output }) {
  if (lacks !== undefined) return console.log(`skipped ${file}: ${lacks}`);
  const verdict = failed === 0 ? "ok    " : "FAILED";
  console.log(`${verdict} ${file}: ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`);
  if (problem !== undefined) console.log(`       ${problem}`);
  if (failed > 0) for (const line of output.split("\n")) console.log(`       ${line}`);
}
