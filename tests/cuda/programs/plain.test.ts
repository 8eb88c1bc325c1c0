import { test } from "uvu";
import * as assert from "uvu/assert";
import { whileLocked } from "../support/build-lock.js";
import { buildPrograms, checkHostSources } from "../support/emulated-build.js";
import { run, testPrograms } from "../support/program-runs.js";

testPrograms("plain", 0.2);

test("each of the host's files compiles by itself", () => checkHostSources());

test("the example of the C ABI quotes", async () => {
  const [path] = await whileLocked(() => buildPrograms("plain", ["examples/cuda/quote.c"]));
  const { stdout } = await run(path, []);
  assert.match(stdout, /“ (\S+ )+.*\nThe quote of [1-9]\d* words stands in the text at( \d+)+\n$/);
});

test.run();
