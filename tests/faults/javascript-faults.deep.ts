/** Plants faults in a copy of the compiled JavaScript engines and expects the comparison with the oracles to find each. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { environmentWith, javascriptDeclaration, plantAll } from "../support/planting.js";
import { mismatchExitCode } from "./exit-code.js";
import { javascriptFaults } from "./javascript-faults.js";

/** This file is dist/tests/faults/javascript-faults.deep.js. */
const repository = fileURLToPath(new URL("../../../", import.meta.url));
const patience = 120_000;

const folder = mkdtempSync(join(tmpdir(), "verbatim-javascript-faults-"));
const engine = join(folder, "dist/lib/engine");

/** Runs the probe in the copy with a fault, an index of `javascriptFaults`, or with none. */
function examine(fault?: number): { status: number | string | null; how: string } {
  const env = { ...environmentWith(fault), VERBATIM_SHRINK: "0" };
  const options = { env, encoding: "utf8", timeout: patience, maxBuffer: 1 << 26 } as const;
  const probe = join(folder, "dist/tests/faults/javascript-probe.js");
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [probe], options);
  if (error && (error as NodeJS.ErrnoException).code === "ETIMEDOUT") return { status: "hangs", how: "hangs" };
  return { status, how: stdout.trim().split("\n").at(-1) || stderr };
}

const test = suite("planted faults of the JavaScript engines");

test.after(() => rmSync(folder, { recursive: true, force: true }));

let isPlanted = false;

test("every patch fits exactly once", () => {
  cpSync(join(repository, "dist"), join(folder, "dist"), { recursive: true });
  cpSync(join(repository, "package.json"), join(folder, "package.json"));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  const read = (file: string): string => readFileSync(join(engine, file), "utf8");
  for (const [file, text] of plantAll(javascriptFaults, read, javascriptDeclaration)) {
    writeFileSync(join(engine, file), text);
  }
  isPlanted = true;
});

test("the engines pass where no fault is chosen", () => {
  assert.ok(isPlanted, "there are no engines with faults");
  const { status, how } = examine();
  assert.is(status, 0, how);
});

for (const [index, { rule, file, effect }] of javascriptFaults.entries()) {
  test(`rule ${rule}, ${file}: ${effect}`, () => {
    assert.ok(isPlanted, "there are no engines with faults");
    const { status, how } = examine(index);
    assert.ok(status === mismatchExitCode || status === "hangs", `the fault survives: ${how}`);
  });
}

test.run();
