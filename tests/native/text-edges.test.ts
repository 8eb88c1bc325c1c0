import { test } from "uvu";
import * as assert from "uvu/assert";
import { runWithEngine } from "./support/engine-program.js";

test("where a caller's edges let quotes start and end, through the C ABI", () => {
  assert.match(runWithEngine("tests/native/text_edges.cpp"), /^ok \d\d+\n$/);
});

test.run();
