import { test } from "uvu";
import * as assert from "uvu/assert";
import { runWithEngine } from "./support/engine-program.js";

test("no call of the engine copies a large context where little has changed", () => {
  assert.match(runWithEngine("tests/native/engine_memory.cpp"), /^ok \d\d+\n$/);
});

test("where memory runs out, at whichever allocation of a verb, everything is as it was", () => {
  const [, verbs, failures] = /^ok (\d+) (\d+)\n$/.exec(runWithEngine("tests/native/failing_memory.cpp")) ?? [];
  assert.ok(Number(verbs) > 100, `${verbs} verbs`);
  assert.ok(Number(failures) > 2_000, `${failures} failures`);
});

test.run();
