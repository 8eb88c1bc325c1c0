/**
 * Sets up the checkout and runs the tests, tests/**\/*.test.ts, each file in a process of its own. A file's first line
 * may give flags for Node: `// node-flags: --expose-gc`.
 * Usage: npm test [-- part of a file name]
 * The last line is `N passed, N failed`.
 */
import { setUp } from "../setup.mjs";
import { HistogramSum } from "./support/histogram.mjs";
import { runTestFiles } from "./support/test-files.mjs";

let passed = 0;
let failed = 0;
const histogram = new HistogramSum();
try {
  setUp();
  for (const result of await runTestFiles(/\.test\.ts$/, process.argv[2] ?? "")) {
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
