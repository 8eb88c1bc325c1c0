import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";

test("what fuzzing found stays found, with memory that runs out and under the address sanitizer", () => {
  const run = spawnSync("scripts/sanitize.sh", ["address", "60", "1"], { encoding: "utf8" });
  assert.is(run.status, 0, run.error?.message ?? run.stdout + run.stderr);
  assert.is(run.stdout.match(/60 random inputs and \d{2,} files, \d+ quotes: no difference/g)?.length, 2, run.stdout);
});

test.run();
