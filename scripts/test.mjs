/**
 * Sets up the checkout and runs the tests, tests/**\/*.test.ts, each file in a process of its own. A file's first line
 * may give flags for Node: `// node-flags: --expose-gc`.
 * Usage: npm test [-- part of a file name]
 * The last line is `N passed, N failed`.
 */
import { availableParallelism } from "node:os";
import { setUp } from "./setup.mjs";
import { filesUnder } from "./support/files.mjs";
import { inOrder, recordDurations } from "./test/durations.mjs";
import { HistogramSum } from "./test/histogram.mjs";
import { runTestFile } from "./test/test-file.mjs";

const AT_ONCE = Math.min(2, availableParallelism());

async function runTests(filter) {
  setUp();
  const files = inOrder(filesUnder("tests", /\.test\.ts$/).filter((file) => file.includes(filter)));
  if (files.length === 0) throw new Error(`No test file's name contains "${filter}"`);
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

let passed = 0;
let failed = 0;
const histogram = new HistogramSum();
try {
  for (const result of await runTests(process.argv[2] ?? "")) {
    passed += result.passed;
    failed += result.failed;
    histogram.addLinesOf(result.output);
  }
  histogram.print();
} catch (error) {
  console.log(error.message);
  failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
