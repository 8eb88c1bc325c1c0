/**
 * Plants faults in a copy of the C++ engine and expects a comparison with an oracle or with the other engine to find
 * each, in a process of its own, since a faulty engine may crash. Needs a C++20 compiler ($CXX or g++).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { environmentWith } from "../support/planting.js";
import { AddonBuild } from "./addon-build.js";
import { mismatchExitCode } from "./exit-code.js";
import { type Fault, faults } from "./faults.js";
import { snapFaults } from "./snap-faults.js";
import { textEngineFaults, textFaults } from "./text-faults.js";

/** This file is dist/tests/faults/planted-faults.deep.js. */
const repository = fileURLToPath(new URL("../../../", import.meta.url));
const patience = 120_000;

/** A program that finds faults, and how it says so. */
interface Probe {
  program: string;
  mismatch: number;
  finds: readonly Fault[];
}

/** A test's mismatch is its failure. */
const testFailure = 1;
const probes: readonly Probe[] = [
  { program: "./probe.js", mismatch: mismatchExitCode, finds: faults },
  { program: "../rules/13-snap.test.js", mismatch: testFailure, finds: snapFaults },
  { program: "../engine/native/text.test.js", mismatch: testFailure, finds: textFaults },
  { program: "../differential/engine/text.test.js", mismatch: testFailure, finds: textEngineFaults },
];

interface Verdict {
  killed: boolean;
  /** How, in one line. */
  how: string;
}

/** Runs a probe against the addon with a fault, an index of `allFaults`, or with none. */
function examine({ program, mismatch }: Probe, fault?: number): Verdict {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const env = { ...environmentWith(fault), VERBATIM_ADDON: build.addon, VERBATIM_SHRINK: "0" };
  const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, [path], {
    env,
    encoding: "utf8",
    timeout: patience,
    maxBuffer: 1 << 26,
  });
  const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
  if (status === mismatch) return { killed: true, how: lastLine(stdout) };
  if (status === 0) return { killed: false, how: lastLine(stdout) };
  if (error && (error as NodeJS.ErrnoException).code === "ETIMEDOUT") return { killed: true, how: "hangs" };
  if (signal) return { killed: true, how: `crashes with ${signal}` };
  throw new Error(`The probe failed with ${status}: ${stderr}`);
}

const test = suite("planted faults");
const allFaults = probes.flatMap(({ finds }) => finds);
const folder = mkdtempSync(join(tmpdir(), "verbatim-faults-"));
const build = new AddonBuild(repository, folder);

test.after(() => rmSync(folder, { recursive: true, force: true }));

let isBuilt = false;

test("every patch fits exactly once, and the engine with all of them compiles", () => {
  build.plant(allFaults);
  build.build();
  isBuilt = true;
});

test("the engine passes where no fault is chosen", () => {
  assert.ok(isBuilt, "there is no engine with faults");
  for (const probe of probes) {
    const { killed, how } = examine(probe);
    assert.not.ok(killed, `${probe.program}: ${how}`);
  }
});

for (const probe of probes) {
  for (const fault of probe.finds) {
    test(`rule ${fault.rule}, ${fault.file}: ${fault.effect}`, () => {
      assert.ok(isBuilt, "there is no engine with faults");
      const { killed, how } = examine(probe, allFaults.indexOf(fault));
      assert.ok(killed, `the fault survives: ${how}`);
    });
  }
}

test.run();
