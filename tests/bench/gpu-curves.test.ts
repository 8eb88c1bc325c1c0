import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { gpuCurves } from "../../bench/harness/gpu-curves.js";
import { scratch } from "../support/scratch.js";

const step = { text: "prose-like", tokens: 4_096, rows: 8 };
const results = {
  machine: { name: "a GPU" },
  tables: [
    { title: "Masked fill", rows: [{ rows: 8, us: 4 }] },
    { title: "Filter, scatter and step", rows: [{ ...step, step_us: 5.5, goal: "" }] },
    { title: "Step by depth", rows: [{ ...step, k0: 3, k16: 2.5 }] },
  ],
};

test("a GPU's curves are its mean steps, then its steps by depth", () => {
  writeFileSync(join(scratch, "a-gpu.json"), JSON.stringify(results));
  writeFileSync(join(scratch, "a-gpu.md"), "not read");
  const figure = { subject: "step on a GPU", way: "a GPU", ...step, unit: "µs" };
  assert.equal(gpuCurves(scratch), [
    { ...figure, value: 5.5 },
    { ...figure, depth: 0, value: 3 },
    { ...figure, depth: 16, value: 2.5 },
  ]);
});

test("where no GPU has run there are none", () => {
  assert.equal(gpuCurves(join(scratch, "missing")), []);
});

test.run();
