/**
 * Plants faults in a copy of the CUDA sources, and expects the emulated programs to find each, in a process of its own,
 * since a faulty kernel may crash or hang.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { environmentWith } from "../../support/planting.js";
import { whileLocked } from "../support/build-lock.js";
import { FaultBuild } from "./fault-build.js";
import { faults, type Program } from "./faults.js";

/** This file is dist/tests/cuda/faults/planted-faults.deep.js. */
const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const patience = 120_000;

/** What finds the faults: a program of tests/cuda, and how much it is to do. */
const RUNS: Record<Program, { source: string; args: readonly string[] }> = {
  differential: { source: "differential", args: ["60000", "20261121"] },
  large: { source: "differential", args: ["4000", "20261121", "large"] },
  graphs: { source: "graphs", args: ["60", "20261121"] },
  failures: { source: "failures", args: [] },
  masked_fill: { source: "masked_fill", args: ["600", "20261121"] },
  sample_allowed: { source: "sample_allowed", args: ["100", "20261121"] },
};
const programs = Object.keys(RUNS) as Program[];

interface Verdict {
  killed: boolean;
  /** How, in one line. */
  how: string;
}

/** Runs a program with a fault, an index of `faults`, or with none. */
function examine(program: Program, fault?: number): Verdict {
  const { source, args } = RUNS[program];
  const { status, signal, stdout, stderr, error } = spawnSync(build.path(source), args, {
    env: environmentWith(fault),
    encoding: "utf8",
    timeout: patience,
    maxBuffer: 1 << 26,
  });
  if (error && (error as NodeJS.ErrnoException).code === "ETIMEDOUT") return { killed: true, how: "hangs" };
  if (error) throw error;
  if (signal) return { killed: true, how: `${signal}: ${stderr.trim().split("\n").at(-1)}` };
  const story = `${stdout}${stderr}`.trim().split("\n");
  const complaint = story.find((line) => /mismatch|expected/i.test(line)) ?? story.at(-1);
  return { killed: status !== 0, how: complaint ?? "" };
}

const test = suite("planted faults in the CUDA sources");
const build = new FaultBuild(repository);

test.after(() => build.remove());

test("every patch fits exactly once", () => build.plant(faults));

test("the programs build", () =>
  whileLocked(() => build.build([...new Set(programs.map((name) => RUNS[name].source))])));

for (const program of programs) {
  test(`the library passes where no fault is chosen: ${program}`, () => {
    const { killed, how } = examine(program);
    assert.not.ok(killed, how);
  });
}

faults.forEach(({ file, effect, program = "differential" }, index) => {
  test(`${file}: ${effect}`, () => {
    const { killed, how } = examine(program, index);
    assert.ok(killed, `the fault survives: ${how}`);
  });
});

test.run();
