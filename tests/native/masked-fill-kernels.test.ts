import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const SOURCES = [
  "tests/native/masked_fill_kernels.cpp",
  "native/engine/rows/masked_fill/masked_fill.cpp",
  "native/engine/rows/masked_fill/avx2.cpp",
  "native/engine/rows/masked_fill/avx512.cpp",
  "native/engine/rows/masked_fill/portable.cpp",
  "native/engine/api/rows.cpp",
  "native/engine/rows/sampling.cpp",
];

test("every kernel of the masked fill does what a plain loop does", () => {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-"));
  try {
    const program = join(folder, "kernels");
    const flags = ["-std=c++20", "-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all"];
    const build = spawnSync(process.env.CXX ?? "c++", [...flags, ...SOURCES, "-o", program], { encoding: "utf8" });
    assert.is(build.status, 0, build.error?.message ?? build.stderr);
    const run = spawnSync(program, { encoding: "utf8" });
    assert.is(run.status, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /^ok \d{5,}\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
